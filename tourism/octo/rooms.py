"""Room types as OCTO's products: an option for each number of nights, a time for each evening of arrival."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from marketplace.errors import Invalid
from tourism import bookings, policies, rules
from tourism.models import Booking, BookingRule, RoomNight, RoomType

from .items import Guest, Item, Option, Party, Place, Shelf, Slot, Unit

# A product names an option for each number of nights up to this; longer stays are the market's own.
NIGHTS_MOST = 14
DAY_MINUTES = 24 * 60
OPTION = "nights-"


class Rooms(Shelf):
    """Stays whose host is asked first are left out: a reservation over OCTO holds at once."""

    prefix = "room-"

    def find(self, pks: Collection[int] | None = None, *, only_sold: bool = True) -> list[Item]:
        rows = RoomType.objects.select_related(
            "product", "stay__product__origin__seller", "stay__product__origin__commune"
        ).prefetch_related("stay__product__images")
        if pks is not None:
            rows = rows.filter(pk__in=pks)
        if only_sold:
            rows = rows.filter(stay__product__is_public=True, stay__asks_first=False)
        room_types = list(rows.order_by("stay_id", "price_vnd", "pk"))
        codes = {room_type.stay.policy for room_type in room_types}
        agreed = policies.policies_on(codes, on=timezone.localdate()) if codes else {}
        language = get_language() or "vi"
        return [
            self._item(
                room_type,
                policies.frozen(agreed[room_type.stay.policy], language=language)
                if room_type.stay.policy in agreed
                else {},
            )
            for room_type in room_types
        ]

    def slots(self, item: Item, option: Option, *, first: date, last: date, now: datetime) -> list[Slot]:
        nights = RoomNight.objects.filter(
            room_type=item.row, night_on__range=(first, last + timedelta(days=option.nights - 1))
        )
        by_day = {night.night_on: night for night in nights}
        asked = list(BookingRule.objects.filter(stay=item.row.stay))
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        slots = [_slot(item, option.nights, day, by_day, now) for day in days]
        return [_kept_to(asked, item, option.nights, slot, now) for slot in slots if slot is not None]

    def day_of(self, slot_id: str) -> date | None:
        try:
            day = parse_date(slot_id)
        except ValueError:
            return None
        return day if day and day.isoformat() == slot_id and 2000 <= day.year <= 2199 else None

    def places(self, taken: Collection[Any], *, now: datetime) -> dict[int, Place]:
        """The nights of moved and shortened bookings are as they are now."""
        items = {
            item.row.pk: item for item in self.find({row.room_type_id for row in taken}, only_sold=False)
        }
        wanted = Q(pk__in=[])
        for row in taken:
            nights = Q(night_on__gte=row.first_night, night_on__lt=row.leaves_on)
            wanted |= Q(room_type=row.room_type_id) & nights
        nights_of: dict[int, dict[date, RoomNight]] = {}
        for night in RoomNight.objects.filter(wanted):
            nights_of.setdefault(night.room_type_id, {})[night.night_on] = night
        asked = list(BookingRule.objects.filter(stay__in={item.row.stay_id for item in items.values()}))
        found = {}
        for row in taken:
            item = items[row.room_type_id]
            slot = _slot(item, row.nights, row.first_night, nights_of.get(row.room_type_id, {}), now)
            assert slot is not None, row.pk  # nights that were booked are never deleted
            mine = [rule for rule in asked if rule.stay_id == item.row.stay_id]
            kept_to = _kept_to(mine, item, row.nights, slot, now)
            found[row.pk] = Place(item, option_of(item.row, row.nights), kept_to)
        return found

    def starts_at(self, taken: Any) -> datetime:
        return policies.begins_at(taken.room_type.stay, taken.first_night)

    def reserve(
        self,
        place: Place,
        party: Party,
        *,
        guest: Guest,
        amount_vnd: int,
        hold_until: datetime | None,
        now: datetime,
    ) -> Booking:
        room_type: RoomType = place.item.row
        rooms = sum(party.values())
        # Holds that are over have been ended by whoever found the place.
        return bookings.write(
            room_type_id=room_type.pk,
            first_night=place.slot.day,
            nights=place.option.nights,
            rooms=rooms,
            # OCTO counts rooms here; as many may come as sleep in them.
            guests=rooms * room_type.sleeps,
            channel=Booking.Channel.RESELLER,
            guest_name=guest.name,
            guest_phone=guest.phone,
            note=guest.note,
            amount_vnd=amount_vnd,
            hold_until=hold_until,
            policy=dict(place.item.policy),
            now=now,
        )

    def lock(self, places: Collection[Place]) -> None:
        wanted = Q(pk__in=[])
        for place in places:
            last = place.slot.day + timedelta(days=place.option.nights - 1)
            wanted |= Q(room_type=place.item.row, night_on__range=(place.slot.day, last))
        rows = RoomNight.objects.filter(wanted).order_by("room_type_id", "night_on")
        list(rows.select_for_update().values_list("pk", flat=True))

    def confirm(self, taken: Any) -> None:
        bookings.confirm(taken.pk)

    def extend(self, taken: Any, *, hold_until: datetime) -> None:
        bookings.extend(taken.pk, hold_until)

    def cancel(self, taken: Any) -> None:
        bookings.cancel(taken.pk)

    def name(self, taken: Any, *, guest: Guest) -> None:
        Booking.objects.filter(pk=taken.pk).update(
            guest_name=guest.name, guest_phone=guest.phone, note=guest.note
        )

    def _item(self, room_type: RoomType, policy: Mapping[str, Any]) -> Item:
        product = room_type.stay.product
        unit = unit_of(room_type)
        is_english = (get_language() or "").startswith("en")
        house = (is_english and product.origin.name_en) or product.get_title()
        kind = room_type.get_kind_display() if is_english else room_type.product.get_title()
        options = [option_of(room_type, nights) for nights in range(1, NIGHTS_MOST + 1)]
        return Item(
            id=f"{self.prefix}{room_type.pk}",
            row=room_type,
            product=product,
            title=f"{house} – {kind}",
            text=str(product.description or ""),
            options={option.id: option for option in options},
            units={unit.id: unit},
            start_times=(f"{room_type.stay.check_in_from:%H:%M}",),
            policy=policy,
        )


def unit_of(room_type: RoomType) -> Unit:
    """A room, a house or a sleeping place: what is counted, and what has a price."""
    if room_type.kind == RoomType.Kind.FLOOR and room_type.sleeps == 1:
        return Unit("place", "ADULT", _("Sleeping place"), people=1, most=room_type.rooms)
    title = _("House") if room_type.kind == RoomType.Kind.HOUSE else _("Room")
    return Unit("room", "OTHER", title, people=room_type.sleeps, most=room_type.rooms)


def option_of(room_type: RoomType, nights: int) -> Option:
    stay = room_type.stay
    arrives, leaves = (time_.hour * 60 + time_.minute for time_ in (stay.check_in_from, stay.check_out_until))
    return Option(
        id=f"{OPTION}{nights}",
        title=ngettext("%(n)d night", "%(n)d nights", nights) % {"n": nights},
        minutes=nights * DAY_MINUTES + leaves - arrives,
        from_vnd={unit_of(room_type).id: room_type.price_vnd * nights},
        nights=nights,
        is_default=nights == 1,
    )


def _slot(item: Item, number: int, day: date, by_day: Mapping[date, RoomNight], now: datetime) -> Slot | None:
    """Return ``number`` nights from the evening of ``day``; None unless all of them have been put on sale."""
    days = [day + timedelta(days=n) for n in range(number)]
    if not all(each in by_day for each in days):
        return None
    nights = [by_day[each] for each in days]
    stay = item.row.stay
    starts_at = policies.begins_at(stay, day)
    return Slot(
        id=day.isoformat(),
        starts_at=starts_at,
        ends_at=_moment(day + timedelta(days=number), stay.check_out_until),
        cut_off_at=starts_at,
        capacity=min(night.capacity for night in nights),
        left=min(night.left for night in nights),
        is_closed=starts_at <= now or any(night.is_closed for night in nights),
        prices_vnd={unit.id: sum(night.price_vnd for night in nights) for unit in item.units.values()},
    )


def _kept_to(asked: list[BookingRule], item: Item, number: int, slot: Slot, now: datetime) -> Slot:
    """The same time, closed where the host's rules do not allow it."""
    if not asked:
        return slot
    terms = rules.terms_of(item.row, first_night=slot.day, rules=asked)
    cut_off_at = slot.starts_at - timedelta(hours=terms.lead_hours or 0)
    try:
        rules.check(item.row, first_night=slot.day, nights=number, now=now, rules=asked)
    except Invalid:
        return replace(slot, cut_off_at=cut_off_at, is_closed=True)
    return replace(slot, cut_off_at=cut_off_at)


def _moment(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))
