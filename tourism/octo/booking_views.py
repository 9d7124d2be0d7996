"""Reserving and all that follows: one address for each thing a reseller may do with a booking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from . import bodies, catalogue, selectors, services, shapes
from .errors import BadRequest
from .models import ResellerBooking
from .states import CANCELLED, status_of
from .views import SellingEndpoint


class BookingEndpoint(SellingEndpoint):
    def shown(self, rows: Sequence[ResellerBooking]) -> list[dict[str, Any]]:
        """Return bookings as OCTO's objects, in a constant number of queries."""
        now, view = timezone.now(), self.looked_at()
        places = catalogue.places_of(rows, now=now)
        return [shapes.booking(row, places[row.pk], view, now=now) for row in rows]

    def answer(self, row: ResellerBooking) -> Response:
        return Response(self.shown([row])[0])


class BookingsView(BookingEndpoint):
    """GET: the reseller's bookings by a reference or by days. POST: reserve; the same uuid reserves once."""

    def get(self, request: Request) -> Response:
        asked = {name: str(value) for name, value in request.query_params.items() if value}
        asked_days = {name: asked[name] for name in bodies.DAYS if name in asked}
        days = bodies.days_of(bodies.read(bodies.DaysBody, asked_days))
        references = (asked.get("resellerReference"), asked.get("supplierReference"))
        if days is None and references == (None, None):
            raise BadRequest(
                _("Name resellerReference, supplierReference, localDate, or localDateStart and localDateEnd.")
            )
        if any("\0" in reference for reference in references if reference):
            return Response([])
        rows = selectors.bookings_of(
            self.reseller, reseller_reference=references[0], supplier_reference=references[1], days=days
        )
        return Response(self.shown(_as_they_are(rows)))

    def post(self, request: Request) -> Response:
        body = bodies.read(bodies.ReservationBody, request.data)
        return self.answer(services.reserve(reseller=self.reseller, body=body, now=timezone.now()))


class BookingView(BookingEndpoint):
    """GET: one booking. PATCH: change it."""

    def get(self, request: Request, uuid: str) -> Response:
        row = selectors.known_booking(self.reseller, uuid)
        return self.answer(_as_they_are([row])[0])

    def patch(self, request: Request, uuid: str) -> Response:
        body = bodies.read(bodies.UpdateBody, request.data)
        row = services.update(reseller=self.reseller, uuid=uuid, body=body, now=timezone.now())
        return self.answer(row)


class ConfirmView(BookingEndpoint):
    def post(self, request: Request, uuid: str) -> Response:
        body = bodies.read(bodies.ConfirmationBody, request.data)
        row = services.confirm(reseller=self.reseller, uuid=uuid, body=body, now=timezone.now())
        return self.answer(row)


class ExtendView(BookingEndpoint):
    def post(self, request: Request, uuid: str) -> Response:
        body = bodies.read(bodies.ExtensionBody, request.data)
        row = services.extend(reseller=self.reseller, uuid=uuid, body=body, now=timezone.now())
        return self.answer(row)


class CancelView(BookingEndpoint):
    def post(self, request: Request, uuid: str) -> Response:
        body = bodies.read(bodies.CancellationBody, request.data)
        row = services.cancel(reseller=self.reseller, uuid=uuid, body=body, now=timezone.now())
        return self.answer(row)


def _as_they_are(rows: Sequence[ResellerBooking]) -> list[ResellerBooking]:
    """The bookings, after it has been written down which of them their host gave up."""
    now = timezone.now()
    given_up = [row.pk for row in rows if row.cancelled_at is None and status_of(row, now=now) == CANCELLED]
    if given_up and services.notice_released(now=now, pks=given_up):
        fresh = selectors.with_taken().in_bulk(given_up)
        return [fresh.get(row.pk, row) for row in rows]
    return list(rows)
