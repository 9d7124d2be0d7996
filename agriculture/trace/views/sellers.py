"""A seller's certificates, what its packs say, and its labels. For its members and its helpers."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from agriculture.harvests.models import Lot
from agriculture.trace import papers, printing, selectors, services
from agriculture.trace.errors import NothingToPrint
from agriculture.trace.forms import CertificateForm
from agriculture.trace.models import Certificate, Mistake
from frontend import pdf
from marketplace.errors import Invalid
from marketplace.sellers.models import Mandate, Seller, SubOrder
from marketplace.sellers.pages import SellerPage

Product = get_model("catalogue", "Product")
MISTAKES_SHOWN = 10
# What nobody packs any more, or not yet.
WITHOUT_LABELS = (
    SubOrder.Status.AWAITING_PAYMENT,
    SubOrder.Status.CANCELLED,
    SubOrder.Status.REFUNDING,
    SubOrder.Status.REFUNDED,
)


class SellerView(SellerPage):
    """Pages of one seller: ``?seller=`` is its slug, the person's first without it. Others are not there."""

    scope = Mandate.Scope.LISTING
    seller: Seller

    def may_enter(self) -> bool:
        if not super().may_enter():
            return False
        slug = self.request.GET.get("seller", "")
        chosen = [seller for seller in self.sellers if slug in ("", seller.slug)]
        if not chosen:
            raise Http404
        self.seller = chosen[0]
        return True

    def shared(self) -> dict[str, Any]:
        return {"seller": self.seller, **super().shared()}

    def here(self, name: str = "certificates:list") -> str:
        return f"{reverse(name)}?seller={self.seller.slug}"


class CertificatesView(SellerView):
    """GET: the seller's certificates and how they stand, what its packs say, and what readers reported."""

    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        found = [(each, each.holds_on(today)) for each in selectors.certificates_of(self.seller)]
        mistakes = Mistake.objects.filter(seller=self.seller).select_related("product")
        return self.page(
            "trace/certificates.html",
            {
                "certificates": found,
                "today": today,
                "consent": selectors.who_shows_hamlet(self.seller),
                "mistakes": mistakes.order_by("-reported_at", "-pk")[:MISTAKES_SHOWN],
            },
        )


class AskView(SellerView):
    """GET: the form. POST: sends the paper in; the same form twice asks once."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._form(self._bound(None, None, initial={"certificate_id": uuid.uuid4()}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._bound(request.POST, request.FILES)
        if not form.is_valid():
            return self._form(form, status=422)
        try:
            services.ask(
                certificate_id=form.cleaned_data["certificate_id"],
                seller=self.seller,
                wish=form.wish(),
                paper=papers.readable(form.cleaned_data["paper"]),
                by=self.user,
                now=timezone.now(),
            )
        except Invalid as error:
            form.add_error(error.field, ValidationError(str(error), code=error.code))
            return self._form(form, status=422)
        messages.success(
            request, _("Sent in. An official of your commune looks at it; then the badge shows.")
        )
        return redirect(self.here())

    def _bound(self, data: Any, files: Any, **more: Any) -> CertificateForm:
        own = Product.objects.filter(origin__seller=self.seller, produce__isnull=False).order_by(
            "title", "pk"
        )
        form = CertificateForm(data, files, products=list(own), **more)
        form.expires_in(timezone.localdate())
        return form

    def _form(self, form: CertificateForm, *, status: int = 200) -> HttpResponse:
        return self.page("trace/ask.html", {"form": form}, status=status)


class HamletView(SellerView):
    """POST ``shows=yes|no``: whether readers of a pack's code learn the hamlet."""

    def post(self, request: HttpRequest) -> HttpResponse:
        shows = request.POST.get("shows") == "yes"
        services.show_hamlet(seller=self.seller, shows=shows, by=self.user, now=timezone.now())
        said = _("Your packs now say your hamlet.") if shows else _("Your packs no longer say your hamlet.")
        messages.success(request, said)
        return redirect(self.here())


class PaperView(SellerView):
    """GET: the paper of an own certificate."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        own = Certificate.objects.filter(pk=pk, seller__in=self.sellers).select_related("paper").first()
        return paper_response(own)


def paper_response(certificate: Certificate | None) -> HttpResponse:
    """Return the paper for those who may see it. 404 without one."""
    paper = getattr(certificate, "paper", None)
    if certificate is None or paper is None:
        raise Http404(_("There is no such paper."))
    response = HttpResponse(bytes(paper.content), content_type=paper.content_type)
    ending = "pdf" if paper.content_type == papers.PDF else "webp"
    # Somebody sent it: the browser keeps it as a file, and does nothing it says.
    kind = "attachment" if ending == "pdf" else "inline"
    response["Content-Disposition"] = f'{kind}; filename="{certificate.pk}.{ending}"'
    response["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


class LabelsView(SellerView):
    """GET: labels for a part of an order, as PDF; ``?paper=a4`` puts eight on a sheet."""

    scope = Mandate.Scope.ORDERS
    name = "labels"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        on_a4 = request.GET.get("paper", "") == "a4"
        paper = printing.labels(self._labels(number), now=timezone.now(), on_a4=on_a4)
        return pdf.as_response(paper, name=f"{self.name}-{number}")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except NothingToPrint as error:
            messages.warning(request, str(error))
            return redirect("sell")

    def _labels(self, number: str) -> selectors.Labels:
        parts = SubOrder.objects.filter(number=number, seller__in=self.sellers)
        part = parts.select_related("seller__unit", "order__placement").first()
        if part is None:
            raise Http404(_("There is no such order of yours."))
        if part.status in WITHOUT_LABELS:
            raise NothingToPrint(number=number)
        codes = services.codes_of_part(part=part, now=timezone.now())
        if not codes:
            raise NothingToPrint(number=number)
        return selectors.labels_of(part=part, codes=codes)


class LotLabelsView(SellerView):
    """GET: labels of an own lot for packs nobody has ordered yet, as PDF; ``?paper=a4`` gives eight."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        lots = Lot.objects.filter(code=code, seller__in=self.sellers)
        lot = lots.select_related("seller__unit", "product__produce").first()
        if lot is None:
            raise Http404
        on_a4 = request.GET.get("paper", "") == "a4"
        pack = lot.product.produce.pack
        return pdf.as_response(
            printing.lot_labels(lot, pack=pack, now=timezone.now(), on_a4=on_a4), name=f"labels-{code}"
        )


class SlipView(LabelsView):
    """GET: the packing slip of a part of an order, as PDF."""

    name = "slip"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        paper = printing.slip(self._labels(number), now=timezone.now())
        return pdf.as_response(paper, name=f"{self.name}-{number}")
