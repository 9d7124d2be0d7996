"""What is for sale and when: the supplier, the products and their times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from . import bodies, catalogue, content, shapes
from .endpoint import CAPABILITIES, CONTENT, PRICING, OctoEndpoint
from .errors import BadRequest, InvalidUnit
from .items import Item, Party, Place
from .selectors import commission_bp

SUPPLIER = "muongthen"


class SellingEndpoint(OctoEndpoint):
    def looked_at(self) -> shapes.View:
        """Return what this request gets to see. Without prices nobody asks for the terms."""
        part = commission_bp(self.reseller, on=timezone.localdate()) if PRICING in self.capabilities else 0
        return shapes.View(self.capabilities, part)


class CapabilitiesView(OctoEndpoint):
    """GET: which of OCTO's capabilities there are here. Anybody may know: OCTO describes no refusal."""

    authentication_classes = ()
    needs_capabilities = False

    def get(self, request: Request) -> Response:
        facts = {"revision": 1, "required": False, "dependencies": [], "docs": None}
        return Response([{"id": name} | facts for name in CAPABILITIES])


class SupplierView(OctoEndpoint):
    """GET: the market. Its sellers are named with what they sell."""

    def get(self, request: Request) -> Response:
        shape = {
            "id": SUPPLIER,
            "name": settings.OSCAR_SHOP_NAME,
            "endpoint": content.absolute("/octo"),
            "contact": {
                "website": content.absolute("/"),
                "email": None,
                "telephone": None,
                "address": "Điện Biên, Việt Nam",
            },
        }
        if CONTENT in self.capabilities:
            shape |= {"shortDescription": str(settings.OSCAR_SHOP_TAGLINE), "media": []}
        return Response(shape)


class ProductsView(SellingEndpoint):
    """GET: everything that is sold, in a constant number of queries."""

    def get(self, request: Request) -> Response:
        view = self.looked_at()
        return Response([shapes.product(item, view) for item in catalogue.products()])


class ProductView(SellingEndpoint):
    def get(self, request: Request, product_id: str) -> Response:
        return Response(shapes.product(catalogue.product(product_id), self.looked_at()))


class AvailabilityView(SellingEndpoint):
    """POST: each time at which an option begins, of some days or of some ids, also where it is sold out."""

    def post(self, request: Request) -> Response:
        body = bodies.read(bodies.AvailabilityBody, request.data)
        item = catalogue.product(body["productId"])
        option = catalogue.option(item, body["optionId"])
        party = _party(item, body)
        days, now = bodies.days_of(body), timezone.now()
        if days is not None:
            slots = catalogue.slots(item, option, first=days[0], last=days[1], now=now)
            if "availabilityIds" in body:
                slots = [slot for slot in slots if slot.id in body["availabilityIds"]]
        elif "availabilityIds" in body:
            slots = catalogue.slots_of_ids(item, option, body["availabilityIds"], now=now)
        else:
            raise BadRequest(_("Name localDate, localDateStart and localDateEnd, or availabilityIds."))
        view = self.looked_at()
        return Response([shapes.availability(Place(item, option, slot), party, view) for slot in slots])


class CalendarView(SellingEndpoint):
    """POST: one object for each day, of the best of its times."""

    def post(self, request: Request) -> Response:
        body = bodies.read(bodies.CalendarBody, request.data)
        item = catalogue.product(body["productId"])
        option = catalogue.option(item, body["optionId"])
        party = _party(item, body)
        days = bodies.days_of(body)
        if days is None:
            raise BadRequest(_("Name localDateStart and localDateEnd."))
        first, last = days
        slots = catalogue.slots(item, option, first=first, last=last, now=timezone.now())
        by_day: dict[Any, list[Any]] = {}
        for slot in slots:
            by_day.setdefault(slot.day, []).append(slot)
        view = self.looked_at()
        each_day = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return Response([shapes.day(day, by_day.get(day, []), party, view) for day in each_day])


def _party(item: Item, body: Mapping[str, Any]) -> Party:
    """How many of which units are asked for. Raises InvalidUnit for one the product does not have."""
    wanted = bodies.quantities_of(body)
    for unit_id in wanted:
        if unit_id not in item.units:
            raise InvalidUnit(unit_id)
    return wanted
