"""Fills an empty market with the demo's people, sellers, things for sale and past sales."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sites.models import Site
from django.db import transaction
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.sellers.models import Seller
from marketplace.statistics import summaries

from . import (
    accounts,
    board,
    calendars,
    certificates,
    departments,
    desk,
    goods,
    harvests,
    joining,
    listing,
    packages,
    packing,
    parcels,
    pictures,
    reading,
    regulars,
    releases,
    resellers,
    rolling,
    stays,
    tours,
    traces,
)
from .atlas import Atlas
from .errors import NotEmpty
from .goods import Listing
from .history import WAITING, History
from .payments import Purses
from .sellers import Sellers
from .shelves import Shelves
from .stays import House

Country = get_model("address", "Country")
Order = get_model("order", "Order")

SEED = "muong-then"
T = TypeVar("T")
Track = Callable[[Sequence[T], str], Iterator[T]]


@dataclass(frozen=True)
class Loaded:
    """What fill() has made, as numbers."""

    sellers: int
    produce: int
    stays: int
    room_types: int
    pictures: int
    orders: int


def fill(*, now: datetime, with_pictures: bool, orders: int, track: Track) -> Loaded:
    """Load the whole demo, or nothing of it. ``track(items, unit)`` passes items on and shows how far it is.

    Needs the communes and the post offices. The same day gives the same sellers, goods, prices and sales;
    order numbers and secrets always differ. Raises NotEmpty if there is a seller or an order, RowRefused
    for a row that makes no sense.
    """
    refuse_unless_empty()
    with transaction.atomic():
        _name_the_site()
        story = _Story(now)
        shown = story.shown()
        jobs = [job for _, jobs in shown for job in jobs]
        # Drawing takes two processes as long as the rest takes this one.
        with pictures.drawn_meanwhile(jobs) if with_pictures else nullcontext() as drawing:
            story.save()
            placed = story.live(track, orders)
            if drawing is not None:
                drawing.result()
                pictures.save_rows([(one.product, jobs) for one, jobs in shown])
        story.go_on()
        summaries.keep()
        board.live(now=now)
        releases.publish(now=now)
        return Loaded(
            sellers=len(story.sellers.drafts),
            produce=len(story.listings),
            stays=len(story.houses),
            room_types=sum(len(house.rooms) for house in story.houses),
            pictures=len(jobs) if with_pictures else 0,
            orders=placed,
        )


def refuse_unless_empty() -> None:
    """Raise NotEmpty if there is a seller or an order: what is real must not be mixed with samples."""
    orders, sellers = Order.objects.count(), Seller.objects.count()
    if orders or sellers:
        raise NotEmpty(orders=orders, sellers=sellers)


def _name_the_site() -> None:
    """Say which country and which site this is."""
    Country.objects.get_or_create(
        iso_3166_1_a2="VN",
        defaults={"printable_name": "Việt Nam", "name": "Việt Nam", "is_shipping_country": True},
    )
    address = urlsplit(settings.PUBLIC_BASE_URL)
    Site.objects.update_or_create(
        pk=settings.SITE_ID, defaults={"name": settings.OSCAR_SHOP_NAME, "domain": address.netloc}
    )
    Site.objects.clear_cache()


class _Story:
    """Everything that is invented: first on paper, then saved, then lived through."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._today = timezone.localdate(now)
        self.atlas = Atlas()
        produce_rows, stay_rows = reading.read_produce(), reading.read_stays()
        self.sellers = Sellers(random=_random("sellers"), today=self._today, hamlets=_hamlets(stay_rows))
        self.farmer = self._household(
            accounts.FARMER,
            self._unit_of(produce_rows, goods.FARMERS_TEA),
            hamlet=stays.hamlet_of(next(row for row in stay_rows if row.slug == stays.FARMERS_NEIGHBOUR)),
        )
        self.host = self._household(
            accounts.HOST,
            self._unit_of(stay_rows, stays.HOSTS_HOUSE),
            hamlet=stays.hamlet_of(next(row for row in stay_rows if row.slug == stays.HOSTS_HOUSE)),
        )
        self.houses: list[House] = stays.plan(
            stay_rows,
            atlas=self.atlas,
            sellers=self.sellers,
            host=self.host,
            random=_random("stays"),
            now=now,
        )
        self.listings: list[Listing] = goods.plan(
            produce_rows,
            atlas=self.atlas,
            sellers=self.sellers,
            farmer=self.farmer,
            random=_random("goods"),
            now=now,
        )
        self.trips = tours.plan(
            atlas=self.atlas, sellers=self.sellers, host=self.host, random=_random("tours"), now=now
        )

    def shown(self) -> list[tuple[Any, list[Any]]]:
        """Return everything for sale with the pictures it needs."""
        return [
            *((one, pictures.jobs_of(one)) for one in self.listings),
            *((house, pictures.jobs_of_house(house)) for house in self.houses),
            *((trip, tours.jobs_of(trip)) for trip in self.trips),
        ]

    def save(self) -> None:
        self.sellers.save()
        shelves = Shelves()
        goods.save(self.listings, shelves=shelves)
        stays.save(self.houses, shelves=shelves, today=self._today)
        tours.save(self.trips, random=_random("departures"), now=self._now)
        packages.save(trips=self.trips, houses=self.houses, listings=self.listings)
        commune = self.atlas.places[accounts.OFFICIALS_COMMUNE].commune
        self._users = accounts.save(
            sellers={accounts.FARMER: self.farmer.saved, accounts.HOST: self.host.saved}, commune=commune
        )
        certified = (self._users[accounts.FARMER], self._users[accounts.PROVINCE_OFFICIAL])
        certificates.save(self.listings, farmer=self.farmer.saved, users=certified, now=self._now)
        joining.save(
            self.farmer.saved,
            farmer=self._users[accounts.FARMER],
            agent=self._users[accounts.AGENT],
            cooperative=next(one for one in self.sellers.drafts if one.kind == Seller.Kind.COOPERATIVE).saved,
            now=self._now,
        )
        resellers.save(now=self._now)
        departments.save(now=self._now)
        rolling.save(
            province=self._users[accounts.PROVINCE_OFFICIAL],
            commune=self._users[accounts.COMMUNE_OFFICIAL],
            now=self._now,
        )
        desk.save(
            self.houses,
            elder=self._users[accounts.ELDER],
            elders_house=stays.VILLAGES_HOUSE,
            host=self._users[accounts.HOST],
        )

    def live(self, track: Track, orders: int) -> int:
        purses = Purses(now=self._now, random=_random("payments"))
        history = History(
            listings=self.listings,
            houses=self.houses,
            buyer=self._users[accounts.BUYER],
            now=self._now,
            random=_random("history"),
            purses=purses,
        )
        placed = history.place(track(history.moments(orders), "order"))
        history.bank_all()
        purses.settle()
        history.leave_waiting(min(WAITING, orders))
        parcels.live(agent=self._users[accounts.AGENT], random=_random("parcels"), now=self._now)
        traces.live(self.farmer.saved, by=self._users[accounts.FARMER], now=self._now)
        harvests.live(self.listings, self.farmer.saved, now=self._now)
        hosts_house = next(house for house in self.houses if house.row.slug == stays.HOSTS_HOUSE)
        desk.live(hosts_house, host=self._users[accounts.HOST], now=self._now)
        villages_house = next(house for house in self.houses if house.row.slug == stays.VILLAGES_HOUSE)
        people = {"host": self._users[accounts.HOST], "buyer": self._users[accounts.BUYER]}
        calendars.live(hosts_house, villages_house, **people, now=self._now)
        listing.live(self.farmer.saved, by=self._users[accounts.FARMER], now=self._now)
        farmer = {"farmer": self.farmer.saved, "member": self._users[accounts.FARMER]}
        packing.live(**farmer, buyer=self._users[accounts.BUYER], now=self._now)
        return placed

    def go_on(self) -> None:
        """Do what needs the pictures."""
        users = self._users
        people = {"buyer": users[accounts.BUYER], "member": users[accounts.FARMER]}
        regulars.live(**people, farmer=self.farmer.saved, random=_random("regulars"), now=self._now)

    def _household(self, person: accounts.Person, unit_code: str, hamlet: str = "") -> Any:
        place = self.atlas.places[unit_code]
        wallet = accounts.wallet_of(person)
        return self.sellers.household(place, early=True, name=person.name, hamlet=hamlet, **wallet)

    @staticmethod
    def _unit_of(rows: Sequence[Any], slug: str) -> str:
        return next(row.unit_code for row in rows if row.slug == slug)


def _hamlets(rows: Sequence[reading.StayRow]) -> dict[str, list[str]]:
    """Return the hamlets that are known by name, by the code of their unit."""
    known: dict[str, list[str]] = {}
    for row in rows:
        hamlet = stays.hamlet_of(row)
        if hamlet and hamlet not in known.setdefault(row.unit_code, []):
            known[row.unit_code].append(hamlet)
    return known


def _random(topic: str) -> Random:
    """A source of its own for each topic: more stays do not change who grows rice."""
    return Random(f"{SEED} {topic}")  # noqa: S311 (nothing here is a secret)
