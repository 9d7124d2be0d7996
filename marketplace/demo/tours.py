"""Tours in the shop: organisers, schedules, and half a year of departures with some guests on them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.sellers.models import Origin
from payments.money import to_decimal
from tourism.tours import schedules
from tourism.tours.models import Departure, Schedule, SeatBooking, Tour, Waiting

from . import words, words_en
from .art.batch import Job
from .art.studio import tour_motif
from .atlas import Atlas, Place
from .errors import RowRefused
from .reading import DATA_DIR
from .sellers import Draft, Sellers
from .shelves import product_class, search_text

Product = get_model("catalogue", "Product")
StockRecord = get_model("partner", "StockRecord")

FILE = "tours.csv"
FOLDER = "demo"
GROUP = "tour"
# The tours of the demo's host.
HOSTS_TOURS = frozenset({"leo-dinh-pu-huot-tu-che-can", "muong-phang-che-can-2-ngay-1-dem"})
OPEN_DAYS = 180
# Guests are on the departures of so many days.
BUSY_DAYS = 45
GUIDES = ("Lò Văn Mẫu", "Vàng A Mẫu", "Quàng Thị Mẫu", "Pờ Gia Mẫu")


@dataclass(frozen=True, kw_only=True)
class TourRow:
    """One tour of the file. Prices are whole đồng a person."""

    slug: str
    title: str
    name_en: str
    start: str
    commune_code: str  # of today
    days: int
    is_half_day: bool
    min_group: int
    capacity: int
    adult_vnd: int
    child_percent: int
    stops: tuple[str, ...]
    months: tuple[int, ...]


@dataclass(eq=False)
class Trip:
    """A tour before it is in the database."""

    row: TourRow
    draft: Draft
    place: Place
    listed_at: datetime
    product: Any = None
    tour: Any = None


def read_tours(folder: Path = DATA_DIR) -> list[TourRow]:
    """Read the tours in the order of the file. Raises RowRefused."""
    with (folder / FILE).open(encoding="utf-8", newline="") as file:
        return [_row(row) for row in csv.DictReader(file)]


def _row(row: dict[str, str]) -> TourRow:
    low_vnd, price_vnd, high_vnd = (int(row[name]) for name in ("price_min", "price_adult_vnd", "price_max"))
    if not 0 < low_vnd <= price_vnd <= high_vnd:
        raise RowRefused(
            file=FILE,
            slug=row["slug"],
            column="price_adult_vnd",
            found=row["price_adult_vnd"],
            wanted=f"a price from {low_vnd} to {high_vnd}",
        )
    months = tuple(int(month) for month in row["months"].split(","))
    return TourRow(
        slug=row["slug"],
        title=row["name_vi"],
        name_en=row["name_en"],
        start=row["start_unit"],
        commune_code=row["start_code_2025"],
        days=max(1, int(float(row["days"]))),
        is_half_day=row["days"] == "0.5",
        min_group=int(row["min_pax"]),
        capacity=int(row["max_pax"]),
        adult_vnd=price_vnd,
        child_percent=int(row["child_percent"]),
        stops=tuple(stop.strip() for stop in row["stops"].split(";")),
        months=() if len(set(months)) == 12 else months,
    )


def plan(*, atlas: Atlas, sellers: Sellers, host: Draft, random: Random, now: datetime) -> list[Trip]:
    """Decide who organises every tour, and since when it is listed. One organiser a commune."""
    organisers: dict[str, Draft] = {}
    trips = []
    for row in read_tours():
        parts = atlas.parts_of(row.commune_code)
        place = next((part for part in parts if part.unit.full_name == row.start), parts[0])
        if row.slug in HOSTS_TOURS:
            draft = host
        elif row.commune_code in organisers:
            draft = organisers[row.commune_code]
        else:
            draft = sellers.cooperative(place, early=True, about="du lịch")
            organisers[row.commune_code] = draft
        draft.works.append(GROUP)
        day = draft.joined_on + timedelta(days=random.randint(0, 14))
        listed_at = min(timezone.make_aware(datetime.combine(day, time(9))), now - timedelta(days=1))
        trips.append(Trip(row, draft, place, listed_at))
    return trips


def jobs_of(trip: Trip) -> list[Job]:
    return [Job(f"{FOLDER}/{trip.row.slug}", "tour", tour_motif(trip.row.slug), trip.row.slug)]


def save(trips: Sequence[Trip], *, random: Random, now: datetime) -> None:
    """Write the tours, whose sellers are saved, and their departures from ``now`` on."""
    shelf = product_class("tour")
    products = Product.objects.bulk_create(
        Product(
            title=trip.row.title,
            slug=trip.row.slug,
            description=words.tour_text(trip.row.stops, trip.place),
            product_class=shelf,
        )
        for trip in trips
    )
    for trip, product in zip(trips, products, strict=True):
        trip.product = product
    Origin.objects.bulk_create(_origin(trip) for trip in trips)
    StockRecord.objects.bulk_create(
        StockRecord(
            product=trip.product,
            partner=trip.draft.saved.partner,
            partner_sku=trip.row.slug,
            price_currency="VND",
            price=to_decimal(trip.row.adult_vnd),
        )
        for trip in trips
    )
    tours = Tour.objects.bulk_create(_tour(trip) for trip in trips)
    for trip, tour in zip(trips, tours, strict=True):
        trip.tour = tour
    _open(trips, random=random, now=now)


def _tour(trip: Trip) -> Tour:
    row = trip.row
    return Tour(
        product=trip.product,
        days=row.days,
        is_half_day=row.is_half_day,
        stops=list(row.stops),
        months=list(row.months),
        adult_vnd=row.adult_vnd,
        child_vnd=row.adult_vnd * row.child_percent // 100 // 1_000 * 1_000,
        capacity=row.capacity,
        min_group=row.min_group,
        cut_off_hours=24 if row.days == 1 else 72,
        meeting_point=f"Nhà văn hóa, {trip.place.commune.full_name}",
        policy="flexible" if row.days == 1 else "moderate",
    )


def _origin(trip: Trip) -> Origin:
    row, seller = trip.row, trip.draft.saved
    return Origin(
        product=trip.product,
        seller=seller,
        unit=trip.place.unit,
        commune=trip.place.commune,
        kind=Origin.Kind.SEATS,
        group=GROUP,
        name_en=row.name_en,
        description_en=words_en.tour_text(row.stops, trip.place),
        search_text=search_text(f"{row.title} {' '.join(row.stops)}", row.name_en, GROUP, seller, trip.place),
        listed_at=trip.listed_at,
    )


def _rule(row: TourRow) -> str:
    if row.is_half_day:
        return "FREQ=DAILY"
    if row.days == 1:
        return "FREQ=WEEKLY;BYDAY=TU,TH,SA,SU"
    return "FREQ=WEEKLY;BYDAY=SA" if row.days <= 3 else "FREQ=WEEKLY;BYDAY=WE"


def _open(trips: Sequence[Trip], *, random: Random, now: datetime) -> None:
    today = timezone.localdate(now)
    rules = Schedule.objects.bulk_create(
        Schedule(
            tour=trip.tour,
            rule=_rule(trip.row),
            first_on=today,
            starts_at_time=time(7, 30) if trip.row.days > 1 else time(8),
            guide=random.choice(GUIDES),
        )
        for trip in trips
    )
    last = today + timedelta(days=OPEN_DAYS)
    departures = [
        departure
        for schedule in rules
        for departure in schedules.departures_of(schedule, first=today, last=last)
        if departure.cut_off_at > now
    ]
    bookings = _guests(departures, random=random, until=today + timedelta(days=BUSY_DAYS))
    Departure.objects.bulk_create(departures, batch_size=2_000)
    SeatBooking.objects.bulk_create(bookings)
    _queue(departures, now=now)


def _guests(departures: Sequence[Departure], *, random: Random, until: date) -> list[SeatBooking]:
    """Put guests who telephoned on the departures of the next weeks: most have their group, some are full."""
    bookings = []
    for departure in departures:
        if departure.starts_at.date() > until:
            continue
        for _party in range(random.choice((0, 0, 1, 2, 3, 6))):
            adults = random.randint(1, 5)
            if departure.taken + adults > departure.capacity:
                break
            departure.taken += adults
            bookings.append(
                SeatBooking(
                    departure=departure,
                    channel=SeatBooking.Channel.HOST,
                    state=SeatBooking.State.CONFIRMED,
                    adults=adults,
                    guest_name="Khách mẫu",
                    note=words.SAMPLE,
                    amount_vnd=departure.price_vnd(adults=adults, children=0),
                )
            )
        if departure.taken >= departure.min_group:
            departure.state = Departure.State.GOES
    return bookings


def _queue(departures: Sequence[Departure], *, now: datetime) -> None:
    """Fill the host's second departure, and let somebody wait for it."""
    hosts = [each for each in departures if each.tour.product.slug in HOSTS_TOURS]
    full = hosts[1]
    left = full.capacity - full.taken
    if left:
        SeatBooking.objects.create(
            departure=full,
            channel=SeatBooking.Channel.HOST,
            state=SeatBooking.State.CONFIRMED,
            adults=left,
            guest_name="Đoàn khách mẫu",
            note=words.SAMPLE,
            amount_vnd=full.price_vnd(adults=left, children=0),
        )
        Departure.objects.filter(pk=full.pk).update(taken=full.capacity, state=Departure.State.GOES)
    Waiting.objects.create(
        departure=full,
        name="Khách mẫu chờ chỗ",
        phone="+84399000001",
        adults=2,
        secret=f"demo-{full.pk}",
        asked_at=now,
    )
