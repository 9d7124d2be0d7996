"""The pages of a post point's parcels: taking in, sending on, receiving, handing out."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import Throttled

from marketplace import json_body
from marketplace.delivery import codes, selectors
from marketplace.delivery import services as delivery
from marketplace.delivery.errors import TooManyTries
from marketplace.delivery.models import HandOver, Shipment
from marketplace.errors import ShopError
from marketplace.fulfilment import services as fulfilment
from marketplace.sellers.models import SubOrder
from marketplace.tries import limited

from .errors import NoSuchParcel
from .parcel_forms import ActForm, TakeInForm
from .views import CounterView

Kind, State = HandOver.Kind, Shipment.State
WRONG_NUMBERS_PER_HOUR = 30  # of one agent
# What can be done with a parcel here, by its state; the first is the usual.
POSSIBLE: dict[str, list[str]] = {
    State.ON_WAY: [Kind.RECEIVED],
    State.READY: [Kind.TO_BUYER, Kind.BACK],
    State.WITH_CARRIER: [Kind.TO_BUYER, Kind.BACK],
    State.RETURNING: [Kind.TO_SELLER],
}


def possible(shipment: Shipment, office_pk: int) -> list[str]:
    """Return what the agents of an office can do with a parcel."""
    if shipment.state == State.AT_POST and shipment.office_id == office_pk:
        is_target = shipment.target_id == office_pk
        return [Kind.TO_CARRIER, Kind.TO_BUYER] if is_target else [Kind.TO_BUYER]
    if shipment.state == State.RETURNING and shipment.office_id != office_pk:
        return [Kind.RECEIVED]
    return POSSIBLE.get(shipment.state, [])


class ParcelsView(CounterView):
    """GET: what lies here, what comes, and where to take a parcel in. POST: take one in, by its number."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(_take_in())

    def post(self, request: HttpRequest) -> HttpResponse:
        if json_body.is_json(request):
            return answer(self, request)
        form = TakeInForm(request.POST)
        if not form.is_valid():
            return self._show(form, status=422)
        try:
            noted = _note(self, form, _typed_part(self, form.cleaned_data["number"]))
        except ShopError as error:
            field = getattr(error, "field", None)
            form.add_error(field if field in form.fields else None, str(error))
            return self._show(form, status=error.status)
        messages.success(request, said(noted))
        return redirect("counter:parcels")

    def _show(self, form: TakeInForm, *, status: int = 200) -> HttpResponse:
        lying = list(selectors.parcels_at(self.office))
        context = {
            "form": form,
            "ready": [row for row in lying if row.state in (State.READY, State.WITH_CARRIER)],
            "lying": [row for row in lying if row.state == State.AT_POST],
            "returning": [row for row in lying if row.state == State.RETURNING],
            "coming": selectors.coming_to(self.office),
            "today": timezone.localdate(),
        }
        return self.page("counter/parcels.html", context, status=status)


class ParcelView(CounterView):
    """GET: one parcel, and what can be done with it here."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return show_parcel(self, parcel_here(self, number))


class ScanView(CounterView):
    """GET: whose QR code this is, on a label or on a buyer's phone. POST: what it proves is noted."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        part, kind = self._read(key)
        context = {"part": part, "kind": kind, "form": ActForm(initial={"kind": kind}), "key": key}
        context["shipment"] = Shipment.objects.select_related("office").filter(part=part).first()
        return self.page("counter/scan.html", context)

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        part, kind = self._read(key)
        form = ActForm(request.POST)
        if not kind or not form.is_valid() or form.cleaned_data["kind"] != kind:
            return redirect("counter:scan", key=key)
        try:
            messages.success(request, said(_note(self, form, part, was_scanned=True)))
        except ShopError as error:
            messages.error(request, str(error))
        return redirect("counter:parcels")

    def _read(self, key: str) -> tuple[SubOrder, str]:
        """The part, and what scanning it here and now means; "" if nothing. 404 if it is no code of ours."""
        of_buyer, of_label = codes.part_of_buyer(key), codes.part_of_label(key)
        part = SubOrder.objects.select_related("seller", "order").filter(pk=of_buyer or of_label or 0).first()
        if part is None:
            raise Http404
        shipment = Shipment.objects.filter(part=part).first()
        state = shipment.state if shipment is not None else State.WITH_SELLER
        if of_buyer:
            is_here = shipment is not None and shipment.office_id == self.office.pk
            can = is_here and state in (State.AT_POST, State.READY, State.WITH_CARRIER)
            return part, Kind.TO_BUYER.value if can else ""
        if state == State.WITH_SELLER:
            return part, Kind.TO_POST.value
        return part, Kind.RECEIVED.value if state == State.ON_WAY else ""


class ParcelActView(CounterView):
    """POST: a parcel changes hands: a form, or JSON of a phone that kept it while it had no signal.

    4xx with JSON: it cannot be noted, and will never be.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        shipment = parcel_here(self, number)
        if json_body.is_json(request):
            return answer(self, request, shipment.part)
        status, message = _act(self, ActForm(request.POST), shipment.part)
        if status == 200:
            messages.success(request, message)
            return redirect("counter:parcels")
        messages.error(request, message)
        return show_parcel(self, shipment, status=status)


def answer(view: CounterView, request: HttpRequest, part: SubOrder | None = None) -> HttpResponse:
    """Answer a phone that kept a hand-over: ``{"noted": bool, "message": str}``."""
    status, message = _act(view, ActForm(json_body.fields(request)), part)
    return JsonResponse({"noted": status == 200, "message": message}, status=status)


def _act(view: CounterView, form: ActForm, part: SubOrder | None) -> tuple[int, str]:
    """Note what a form says; return the status of the answer and what became of it, in words."""
    if not form.is_valid():
        return 422, " ".join(str(line) for lines in form.errors.values() for line in lines)
    try:
        # A parcel that is not here yet is known by its number; its seller's digits must be right then.
        if part is None and form.cleaned_data["kind"] != Kind.TO_POST:
            raise NoSuchParcel
        return 200, said(_note(view, form, part or _typed_part(view, form.cleaned_data["number"])))
    except ShopError as error:
        return error.status, str(error)


def parcel_here(view: CounterView, number: str) -> Shipment:
    """The parcel, if it lies at this office or comes here. To this counter there are no others."""
    shipment = selectors.parcel_at(view.office, number)
    if shipment is None:
        raise Http404
    return shipment


def show_parcel(view: CounterView, shipment: Shipment, *, status: int = 200) -> HttpResponse:
    """Render the page of a parcel."""
    acts = [(kind, Kind(kind).label, _act_form(kind)) for kind in possible(shipment, view.office.pk)]
    context = {
        "shipment": shipment,
        "part": shipment.part,
        "acts": acts,
        "with_code": (Kind.TO_BUYER.value, Kind.TO_SELLER.value),
        "track": selectors.tracks([shipment.part_id])[shipment.part_id],
        "is_unpaid": shipment.part.status == SubOrder.Status.ON_HANDOVER,
    }
    return view.page("counter/parcel.html", context, status=status)


def _act_form(kind: str) -> ActForm:
    form = ActForm(initial={"kind": kind}, auto_id=f"{kind}-%s")
    of_buyer = kind == Kind.TO_BUYER
    form.fields["code"].label = _("The buyer's four digits") if of_buyer else _("The seller's four digits")
    form.fields["code"].required = True
    return form


def said(noted: delivery.Noted) -> str:
    """What became of a hand-over, in words for who noted it."""
    if noted.is_repeated:
        return _("This was noted before.")
    return _("%(number)s: %(state)s.") % {
        "number": noted.shipment.part.number,
        "state": noted.shipment.get_state_display(),
    }


def _note(view: CounterView, form: ActForm, part: SubOrder, *, was_scanned: bool = False) -> delivery.Noted:
    now, given = timezone.now(), form.cleaned_data
    act = delivery.Act(
        id=given["id"],
        part_id=part.pk,
        kind=given["kind"],
        happened_at=given["happened_at"] or now,
        office=view.office,
        code=given["code"],
        was_scanned=was_scanned,
    )
    return fulfilment.hand_over(act, by=view.agent, now=now)


def _typed_part(view: CounterView, number: str) -> SubOrder:
    """The part of a number an agent typed. Raises NoSuchParcel; TooManyTries, so that none can be found."""
    try:
        with limited(f"parcels-of-{view.agent.pk}", most=WRONG_NUMBERS_PER_HOUR, refusal=NoSuchParcel):
            part = SubOrder.objects.filter(number=number, order__destination__isnull=False).first()
            if part is None:
                raise NoSuchParcel
    except Throttled as error:
        raise TooManyTries from error
    return part


def _take_in() -> TakeInForm:
    return TakeInForm(initial={"kind": Kind.TO_POST}, auto_id="take-%s")
