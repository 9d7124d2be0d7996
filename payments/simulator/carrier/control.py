"""The carrier's calls for shops, and the panel that moves its parcels on. There is no password."""

import secrets

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from payments.simulator.carrier.models import Event, Parcel
from payments.simulator.carrier.story import KINDS, next_of
from payments.simulator.errors import InvalidInput
from payments.simulator.panel import ControlView, read_body, read_text

LENGTHS = {"name": 255, "phone": 30, "address": 400}


class ParcelsView(ControlView):
    """POST ``{reference, name?, phone?, address?}``: 201 ``{tracking_number}``; again: 200, the same.

    GET: the newest parcels with what was told of them.
    """

    def post(self, request: HttpRequest) -> HttpResponse:
        values = read_body(request)
        reference = read_text(values, "reference")
        if not 0 < len(reference) <= 60:
            raise InvalidInput("reference must have 1 to 60 characters.")
        facts = {name: str(values.get(name, ""))[:most].replace("\x00", "") for name, most in LENGTHS.items()}
        now = timezone.now()
        with transaction.atomic():
            parcel, is_new = Parcel.objects.get_or_create(
                reference=reference,
                defaults=facts | {"taken_at": now, "tracking_number": f"SIM{secrets.randbelow(10**9):09d}VN"},
            )
        return JsonResponse({"tracking_number": parcel.tracking_number}, status=201 if is_new else 200)

    def get(self, request: HttpRequest) -> HttpResponse:
        parcels = Parcel.objects.prefetch_related("events").order_by("-pk")[:50]
        return JsonResponse({"parcels": [_shape(parcel) for parcel in parcels]})


class ParcelView(ControlView):
    """GET: what was told of a parcel. POST ``{kind?, place?}``: the next thing happens, or this one."""

    def get(self, request: HttpRequest, tracking_number: str) -> HttpResponse:
        return JsonResponse(_shape(_parcel(tracking_number)))

    def post(self, request: HttpRequest, tracking_number: str) -> HttpResponse:
        values = read_body(request)
        with transaction.atomic():
            parcel = _parcel(tracking_number, lock=True)
            told = list(parcel.events.values_list("kind", flat=True))
            usual = next_of(told)
            kind = read_text(values, "kind", default=usual[0] if usual else "")
            if kind not in KINDS or kind in told or usual is None:
                raise InvalidInput(f"This cannot happen to the parcel now. Told so far: {', '.join(told)}.")
            place = read_text(values, "place", default=usual[1])[:120]
            now = timezone.now()
            url = settings.SANDBOX_CARRIER["url"]
            Event.objects.create(
                parcel=parcel, kind=kind, place=place, url=url, created_at=now, next_try_at=now
            )
        return JsonResponse(_shape(parcel), status=201)


def _parcel(tracking_number: str, *, lock: bool = False) -> Parcel:
    rows = Parcel.objects.select_for_update() if lock else Parcel.objects.all()
    parcel = rows.filter(tracking_number=tracking_number).first()
    if parcel is None:
        raise Http404
    return parcel


def _shape(parcel: Parcel) -> dict[str, object]:
    events = sorted(parcel.events.all(), key=lambda event: event.pk)
    return {
        "tracking_number": parcel.tracking_number,
        "reference": parcel.reference,
        "events": [event.shape for event in events],
    }
