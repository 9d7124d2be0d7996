"""Tours as OCTO's products: one option, adults and children as its units, a time for each departure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tourism import policies
from tourism.errors import HoldEnded
from tourism.tours import seats
from tourism.tours.models import Departure, SeatBooking, Tour

from .items import Guest, Item, Option, Party, Place, Shelf, Slot, Unit

OPTION = "DEFAULT"
ADULT, CHILD = "adult", "child"
DAY_MINUTES = 24 * 60
HALF_DAY_MINUTES, DAYTIME_MINUTES = 4 * 60, 9 * 60
DAY_ENDS = time(17)
USUAL_START = "08:00"


class Trips(Shelf):
    prefix = "tour-"

    def find(self, pks: Collection[int] | None = None, *, only_sold: bool = True) -> list[Item]:
        rows = Tour.objects.select_related(
            "product__origin__seller", "product__origin__commune"
        ).prefetch_related("product__images", "schedules")
        if pks is not None:
            rows = rows.filter(pk__in=pks)
        if only_sold:
            rows = rows.filter(product__is_public=True)
        tours = list(rows.order_by("pk"))
        codes = {tour.policy for tour in tours}
        agreed = policies.policies_on(codes, on=timezone.localdate()) if codes else {}
        language = get_language() or "vi"
        return [
            self._item(
                tour, policies.frozen(agreed[tour.policy], language=language) if tour.policy in agreed else {}
            )
            for tour in tours
        ]

    def slots(self, item: Item, option: Option, *, first: date, last: date, now: datetime) -> list[Slot]:
        begins = timezone.make_aware(datetime.combine(first, time.min))
        ends = timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min))
        departures = seats.with_queue(
            Departure.objects.filter(tour=item.row, starts_at__gte=begins, starts_at__lt=ends)
        )
        return [_slot(item, departure, now) for departure in departures.order_by("starts_at")]

    def day_of(self, slot_id: str) -> date | None:
        moment = _moment_of(slot_id)
        return timezone.localdate(moment) if moment else None

    def places(self, taken: Collection[Any], *, now: datetime) -> dict[int, Place]:
        departures = Departure.objects.in_bulk({row.departure_id for row in taken})
        tours = self.find({departure.tour_id for departure in departures.values()}, only_sold=False)
        items = {item.row.pk: item for item in tours}
        found = {}
        for row in taken:
            departure = departures[row.departure_id]
            item = items[departure.tour_id]
            found[row.pk] = Place(item, item.options[OPTION], _slot(item, departure, now))
        return found

    def starts_at(self, taken: Any) -> datetime:
        starts_at: datetime = taken.departure.starts_at
        return starts_at

    def reserve(
        self,
        place: Place,
        party: Party,
        *,
        guest: Guest,
        amount_vnd: int,
        hold_until: datetime | None,
        now: datetime,
    ) -> SeatBooking:
        departure = Departure.objects.get(tour=place.item.row, starts_at=place.slot.starts_at)
        booking = seats.book(
            departure_id=departure.pk,
            adults=party.get(ADULT, 0),
            children=party.get(CHILD, 0),
            channel=SeatBooking.Channel.RESELLER,
            guest_name=guest.name,
            guest_phone=guest.phone,
            note=guest.note,
            hold_until=hold_until,
            now=now,
        )
        booking.amount_vnd, booking.policy = amount_vnd, dict(place.item.policy)
        booking.save(update_fields=["amount_vnd", "policy"])
        return booking

    def lock(self, places: Collection[Place]) -> None:
        wanted = Q(pk__in=[])
        for place in places:
            wanted |= Q(tour=place.item.row, starts_at=place.slot.starts_at)
        list(Departure.objects.filter(wanted).order_by("pk").select_for_update().values_list("pk", flat=True))

    def confirm(self, taken: Any) -> None:
        seats.confirm([taken])
        taken.refresh_from_db(fields=["state"])
        if taken.state != SeatBooking.State.CONFIRMED:
            raise HoldEnded

    def extend(self, taken: Any, *, hold_until: datetime) -> None:
        seats.extend(taken.pk, hold_until)

    def cancel(self, taken: Any) -> None:
        seats.cancel(taken.pk)

    def name(self, taken: Any, *, guest: Guest) -> None:
        SeatBooking.objects.filter(pk=taken.pk).update(
            guest_name=guest.name, guest_phone=guest.phone, note=guest.note
        )

    def _item(self, tour: Tour, policy: Mapping[str, Any]) -> Item:
        product = tour.product
        is_english = (get_language() or "").startswith("en")
        starts = sorted({f"{schedule.starts_at_time:%H:%M}" for schedule in tour.schedules.all()})
        minutes = HALF_DAY_MINUTES if tour.is_half_day else (tour.days - 1) * DAY_MINUTES + DAYTIME_MINUTES
        option = Option(
            id=OPTION,
            title=_("Tour"),
            minutes=minutes,
            from_vnd={ADULT: tour.adult_vnd, CHILD: tour.child_vnd},
        )
        most = min(tour.capacity, seats.PARTY_MAX)
        oldest = tour.child_age_max
        units = [
            Unit(ADULT, "ADULT", _("Adult"), people=1, most=most, min_age=oldest + 1),
            Unit(CHILD, "CHILD", _("Child"), people=1, most=most, max_age=oldest, goes_with=(ADULT,)),
        ]
        return Item(
            id=f"{self.prefix}{tour.pk}",
            row=tour,
            product=product,
            title=(is_english and product.origin.name_en) or product.get_title(),
            text=str(product.description or ""),
            options={OPTION: option},
            units={unit.id: unit for unit in units},
            start_times=tuple(starts) or (USUAL_START,),
            policy=policy,
        )


def _slot(item: Item, departure: Departure, now: datetime) -> Slot:
    starts_at = timezone.localtime(departure.starts_at)
    return Slot(
        id=starts_at.isoformat(),
        starts_at=starts_at,
        ends_at=_ends_at(item, departure, starts_at),
        cut_off_at=departure.cut_off_at,
        capacity=departure.capacity,
        # Those who wait for seats come before whoever asks now.
        left=0 if getattr(departure, "is_spoken_for", False) else departure.left,
        is_closed=departure.cut_off_at <= now or departure.state not in seats.ON_SALE,
        prices_vnd={ADULT: departure.adult_vnd, CHILD: departure.child_vnd},
    )


def _ends_at(item: Item, departure: Departure, starts_at: datetime) -> datetime:
    """The afternoon of the last day; of half a day, half a day later."""
    if item.row.is_half_day:
        return starts_at + timedelta(minutes=HALF_DAY_MINUTES)
    evening = timezone.make_aware(datetime.combine(departure.last_day, DAY_ENDS))
    return max(evening, starts_at + timedelta(hours=1))


def _moment_of(slot_id: str) -> datetime | None:
    try:
        moment = parse_datetime(slot_id)
    except ValueError:
        return None
    if moment is None or timezone.is_naive(moment) or not 2000 <= moment.astimezone(UTC).year <= 2199:
        return None
    return moment
