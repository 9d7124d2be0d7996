"""OCTO's objects: what a product, a time and a booking look like as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from tourism.desk.codes import door_key

from . import content
from .endpoint import CONTENT, PRICING
from .items import Item, Option, Party, Place, Slot, Unit
from .models import ResellerBooking
from .states import CANCELLED, CONFIRMED, EXPIRED, ON_HOLD, redeemed_at, refund_of, status_of
from .units import net_of

JSON = dict[str, Any]
CURRENCY = "VND"
DELIVERY_FORMAT, DELIVERY_METHOD, REDEMPTION = "QRCODE", "VOUCHER", "MANIFEST"
CONTACT_FIELDS = (
    "fullName",
    "firstName",
    "lastName",
    "emailAddress",
    "phoneNumber",
    "postalCode",
    "country",
    "notes",
)


@dataclass(frozen=True)
class View:
    """What one request gets to see: its capabilities, and the reseller's part of a price."""

    capabilities: frozenset[str]
    commission_bp: int

    @property
    def has_content(self) -> bool:
        return CONTENT in self.capabilities

    @property
    def has_pricing(self) -> bool:
        return PRICING in self.capabilities

    def net_vnd(self, retail_vnd: int) -> int:
        """Return what the reseller owes of a price; what is rounded is rounded for us."""
        return net_of(retail_vnd, self.commission_bp)


def product(item: Item, view: View, *, is_booked: bool = False) -> JSON:
    options = [option(item, each, view, is_booked=is_booked) for each in item.options.values()]
    shape: JSON = {
        "id": item.id,
        "internalName": item.title,
        "reference": None,
        "locale": content.language(),
        "timeZone": settings.TIME_ZONE,
        "allowFreesale": False,
        "instantConfirmation": True,
        "instantDelivery": True,
        "availabilityRequired": True,
        "availabilityType": "START_TIME",
        "deliveryFormats": [DELIVERY_FORMAT],
        "deliveryMethods": [DELIVERY_METHOD],
        "redemptionMethod": REDEMPTION,
        "options": options,
    }
    if view.has_pricing:
        shape |= {"defaultCurrency": CURRENCY, "availableCurrencies": [CURRENCY], "pricingPer": "UNIT"}
    return shape | content.of_product(item) if view.has_content else shape


def option(item: Item, option: Option, view: View, *, is_booked: bool = False) -> JSON:
    units = list(item.units.values())
    shape: JSON = {
        "id": option.id,
        "default": option.is_default,
        "internalName": option.title,
        "reference": None,
        "availabilityLocalStartTimes": list(item.start_times),
        "cancellationCutoff": str(item.policy.get("text", "")),
        "cancellationCutoffAmount": _cut_off_hours(item),
        "cancellationCutoffUnit": "hour",
        "requiredContactFields": ["firstName"],
        "restrictions": {"minUnits": 1, "maxUnits": max(unit.most for unit in units)},
        "units": [unit(each, view, option.from_vnd, is_booked=is_booked) for each in units],
    }
    if view.has_pricing:
        shape["pricing" if is_booked else "pricingFrom"] = [pricing(min(option.from_vnd.values()), view)]
    return shape | content.of_option(item, option) if view.has_content else shape


def unit(unit: Unit, view: View, prices_vnd: Mapping[str, int], *, is_booked: bool = False) -> JSON:
    shape: JSON = {
        "id": unit.id,
        "internalName": unit.title,
        "reference": None,
        "type": unit.type,
        "restrictions": {
            "minAge": unit.min_age,
            "maxAge": unit.max_age,
            "idRequired": False,
            "minQuantity": None,
            "maxQuantity": unit.most,
            "paxCount": unit.people,
            "accompaniedBy": list(unit.goes_with),
        },
        "requiredContactFields": [],
    }
    if view.has_pricing:
        shape["pricing" if is_booked else "pricingFrom"] = [pricing(prices_vnd[unit.id], view)]
    return shape | content.of_unit(unit) if view.has_content else shape


def availability(place: Place, party: Party, view: View) -> JSON:
    """One time. With a ``party`` it is available if the whole party fits, and its price is theirs."""
    slot, wanted = place.slot, sum(party.values())
    shape: JSON = {
        "id": slot.id,
        "localDateTimeStart": slot.starts_at.isoformat(timespec="seconds"),
        "localDateTimeEnd": slot.ends_at.isoformat(timespec="seconds"),
        "utcCutoffAt": utc(slot.cut_off_at),
        "allDay": False,
        "available": slot.is_available(wanted),
        "status": slot.status(wanted),
        "vacancies": 0 if slot.is_closed else slot.left,
        "capacity": slot.capacity,
        "maxUnits": 0 if slot.is_closed else slot.left,
        "openingHours": [],
    }
    if view.has_pricing:
        shape |= {"unitPricing": _unit_pricing(slot, view), "pricing": _party_pricing(slot, party, view)}
    return shape | content.of_availability(place.item, place.option) if view.has_content else shape


def day(day: date, slots: list[Slot], party: Party, view: View) -> JSON:
    """One day of a calendar: the best of its times. A day without one is closed."""
    wanted = sum(party.values())
    best = max(slots, key=lambda slot: (slot.is_available(wanted), slot.left), default=None)
    shape: JSON = {
        "localDate": day.isoformat(),
        "available": best is not None and best.is_available(wanted),
        "status": best.status(wanted) if best else "CLOSED",
        "vacancies": 0 if best is None or best.is_closed else best.left,
        "capacity": best.capacity if best else 0,
        "openingHours": [],
    }
    if view.has_pricing:
        open_slots = [slot for slot in slots if slot.is_available(wanted)]
        cheapest = min(open_slots, key=lambda slot: min(slot.prices_vnd.values()), default=None)
        shape["unitPricingFrom"] = _unit_pricing(cheapest, view) if cheapest else []
        if cheapest:
            shape["pricingFrom"] = _party_pricing(cheapest, party, view)
    return shape


def booking(row: ResellerBooking, place: Place, view: View, *, now: datetime) -> JSON:
    status = status_of(row, now=now)
    ended = status in (EXPIRED, CANCELLED)
    shape: JSON = {
        "id": row.reference,
        "uuid": str(row.uuid),
        "testMode": False,
        "resellerReference": row.reseller_reference or None,
        "supplierReference": row.reference,
        "status": status,
        "utcCreatedAt": utc(row.created_at),
        "utcUpdatedAt": utc(row.updated_at),
        "utcExpiresAt": utc(row.expires_at),
        "utcRedeemedAt": utc(redeemed_at(row)),
        "utcConfirmedAt": utc(row.confirmed_at),
        "productId": place.item.id,
        "product": product(place.item, view, is_booked=True),
        "optionId": place.option.id,
        "option": option(place.item, place.option, view, is_booked=True),
        "cancellable": status in (ON_HOLD, CONFIRMED) and now < place.slot.starts_at,
        "cancellation": _cancellation(row),
        "freesale": False,
        "availabilityId": place.slot.id,
        "availability": availability(place, {}, view),
        "contact": contact(row.contact),
        "notes": row.notes or None,
        "deliveryMethods": [DELIVERY_METHOD],
        "voucher": _voucher(row) if row.confirmed_at and not ended else None,
        "unitItems": [_unit_item(each, row, place, status, view) for each in row.unit_items],
    }
    if view.has_pricing:
        shape["pricing"] = _price(row.retail_vnd, row.net_vnd)
    return shape


def contact(facts: Mapping[str, Any]) -> JSON:
    shape: JSON = {name: facts.get(name) or None for name in CONTACT_FIELDS}
    return shape | {"locales": list(facts.get("locales") or [])}


def pricing(retail_vnd: int, view: View) -> JSON:
    return _price(retail_vnd, view.net_vnd(retail_vnd))


def utc(moment: datetime | None) -> str | None:
    """A moment as OCTO writes it: 2027-03-13T07:00:00Z."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else None


def _price(retail_vnd: int, net_vnd: int) -> JSON:
    return {
        "original": retail_vnd,
        "retail": retail_vnd,
        "net": net_vnd,
        "currency": CURRENCY,
        "currencyPrecision": 0,  # the đồng has no smaller unit
        "includedTaxes": [],
    }


def _unit_pricing(slot: Slot, view: View) -> list[JSON]:
    return [{"unitId": unit_id} | pricing(price, view) for unit_id, price in slot.prices_vnd.items()]


def _party_pricing(slot: Slot, party: Party, view: View) -> JSON:
    """The price of all that are wanted, each unit's net price rounded by itself, as it is booked."""
    wanted = {unit_id: number for unit_id, number in party.items() if number}
    if not wanted:
        wanted = {min(slot.prices_vnd, key=lambda unit_id: slot.prices_vnd[unit_id]): 1}
    prices = [(slot.prices_vnd[unit_id], number) for unit_id, number in wanted.items()]
    return _price(
        sum(price * number for price, number in prices),
        sum(view.net_vnd(price) * number for price, number in prices),
    )


def _unit_item(facts: Mapping[str, Any], row: ResellerBooking, place: Place, status: str, view: View) -> JSON:
    unit_id = facts["unitId"]
    shape: JSON = {
        "uuid": facts["uuid"],
        "resellerReference": facts.get("resellerReference") or None,
        "supplierReference": None,
        "unitId": unit_id,
        "unit": unit(place.item.units[unit_id], view, {unit_id: facts["retail_vnd"]}, is_booked=True),
        "status": status,
        "utcRedeemedAt": utc(redeemed_at(row)),
        "contact": contact(facts.get("contact") or {}),
        "ticket": None,
    }
    if view.has_pricing:
        shape["pricing"] = _price(facts["retail_vnd"], facts["net_vnd"])
    return shape


def _cancellation(row: ResellerBooking) -> JSON | None:
    if row.cancelled_at is None:
        return None
    return {
        "refund": refund_of(row),
        "reason": row.cancel_reason or None,
        "utcCancelledAt": utc(row.cancelled_at),
    }


def _voucher(row: ResellerBooking) -> JSON:
    """Of a stay what its host scans at the door, of a tour our reference; either is found by the name too."""
    value = row.reference
    if row.stay_booking_id is not None:
        value = content.absolute(reverse("desk:scan", args=[door_key(row.stay_booking_id)]))
    return {
        "redemptionMethod": REDEMPTION,
        "utcRedeemedAt": utc(redeemed_at(row)),
        "deliveryOptions": [{"deliveryFormat": DELIVERY_FORMAT, "deliveryValue": value}],
    }


def _cut_off_hours(item: Item) -> int:
    """Hours before it begins until which all is given back; where all never is, until which anything is."""
    steps = item.policy.get("steps", [])
    free = [step["hours_before"] for step in steps if step["refund_percent"] == 100]
    return min(free) if free else max((step["hours_before"] for step in steps), default=0)
