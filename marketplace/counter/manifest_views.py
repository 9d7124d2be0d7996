"""Lists of parcels that travel together: made where they leave, received where they arrive, on paper."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from frontend import pdf
from marketplace.delivery import codes, selectors
from marketplace.delivery.models import Manifest, PostOffice
from marketplace.delivery.services import manifests
from marketplace.errors import ShopError

from .parcel_forms import ReceiveForm, SendForm
from .views import CounterView

SHOWN = 20


class ManifestsView(CounterView):
    """GET: what goes on from here, what comes, what was sent. POST: send parcels on; their list is made."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show()

    def post(self, request: HttpRequest) -> HttpResponse:
        shown = [each.part_id for load in manifests.loads(self.office) for each in load.shipments]
        asked = [int(pk) for pk in request.POST.getlist("parts") if pk.isdecimal() and len(pk) < 18]
        form = SendForm(request.POST, shown=[*shown, *asked])
        to_office = PostOffice.objects.filter(code=request.POST.get("to_office", "")[:6]).first()
        if not form.is_valid() or to_office is None:
            messages.error(request, _("Tick the parcels that go on."))
            return self._show(status=422)
        try:
            manifest = manifests.send(
                office=self.office,
                to_office=to_office,
                part_ids=form.cleaned_data["parts"],
                manifest_id=form.cleaned_data["manifest_id"],
                by=self.agent,
                now=timezone.now(),
            )
        except ShopError as error:
            messages.error(request, str(error))
            return self._show(status=error.status)
        messages.success(request, _("Sent. Print the list and put it into the bag."))
        return redirect("counter:manifest", number=manifest.number)

    def _show(self, *, status: int = 200) -> HttpResponse:
        loads = manifests.loads(self.office)
        context = {
            "loads": [(load, SendForm(shown=[], auto_id=f"{load.to_office.code}-%s")) for load in loads],
            "coming": selectors.coming_to(self.office),
            "sent": selectors.sent_from(self.office, most=SHOWN),
        }
        return self.page("counter/manifests.html", context, status=status)


class ManifestView(CounterView):
    """GET: one list. POST: it arrived here: the four digits on its paper, and what was missing."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return self._show(self._manifest(number))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        manifest = self._manifest(number)
        if manifest.to_office_id != self.office.pk:
            raise Http404
        rows = selectors.parcels_of(manifest)
        form = ReceiveForm(request.POST, shown=[row.shipment.part_id for row in rows])
        if not form.is_valid():
            return self._show(manifest, form, status=422)
        try:
            manifests.receive(
                manifest=manifest,
                code=form.cleaned_data["code"],
                missing=form.cleaned_data["missing"],
                by=self.agent,
                now=timezone.now(),
            )
        except ShopError as error:
            form.add_error("code" if getattr(error, "field", "") == "code" else None, str(error))
            return self._show(manifest, form, status=error.status)
        messages.success(request, _("The parcels are here. Buyers who collect here get an SMS."))
        return redirect("counter:parcels")

    def _manifest(self, number: str) -> Manifest:
        manifest = selectors.manifest_for(self.office, number)
        if manifest is None:
            raise Http404
        return manifest

    def _show(
        self, manifest: Manifest, form: ReceiveForm | None = None, *, status: int = 200
    ) -> HttpResponse:
        may_receive = manifest.to_office_id == self.office.pk and manifest.received_at is None
        context = {
            "manifest": manifest,
            "rows": selectors.parcels_of(manifest),
            "form": (form or ReceiveForm(shown=[])) if may_receive else None,
            "code": codes.manifest_code(manifest.pk) if manifest.office_id == self.office.pk else "",
        }
        return self.page("counter/manifest.html", context, status=status)


class ManifestPaperView(ManifestView):
    """GET: the list as PDF, for the office it leaves: its four digits are on it."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        manifest = self._manifest(number)
        if manifest.office_id != self.office.pk:
            raise Http404
        return pdf.as_response(manifest_paper(manifest), name=manifest.number)


def manifest_paper(manifest: Manifest) -> pdf.Paper:
    """Return the list on paper: where it goes, what is in the bag, and what is said on arrival."""
    rows = selectors.parcels_of(manifest)
    title = _("List of parcels %(number)s") % {"number": manifest.number}
    paper = pdf.Paper(title=title, made_at=manifest.made_at, footer=title)
    paper.heading(title)
    sent = timezone.localtime(manifest.made_at)
    paper.facts(
        [
            (_("From"), f"{manifest.office.name} ({manifest.office.code})"),
            (_("To"), f"{manifest.to_office.name} ({manifest.to_office.code})"),
            (_("Sent"), f"{sent:%H:%M %d/%m/%Y}"),
            (_("Parcels"), str(len(rows))),
            (_("On arrival say"), codes.manifest_code(manifest.pk)),
        ]
    )
    paper.space(4)
    paper.table(
        [
            pdf.Column(_("Parcel"), share=3),
            pdf.Column(_("Seller"), share=4),
            pdf.Column(_("Goes to"), share=4),
        ],
        [
            [
                row.shipment.part.number,
                row.shipment.part.seller.name,
                row.shipment.target.name if row.shipment.target else "",
            ]
            for row in rows
        ],
    )
    return paper
