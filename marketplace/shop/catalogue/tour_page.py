"""What stands in the list of tours and on the page of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.utils import timezone
from django.utils.translation import get_language
from oscar.core.loading import get_model

from marketplace.places.models import Commune
from marketplace.sellers.models import Origin, Seller
from tourism import policies
from tourism.tours import selectors
from tourism.tours.models import Tour
from tourism.tours.selectors import Row

from .cards import address_of, description_of, name_of
from .month_grid import month_after

ProductImage = get_model("catalogue", "ProductImage")

PAGE_SIZE = 24
ADULTS_USUALLY = 2
TOURS_AT_HOME = 3
MONTHS_AHEAD = 17  # departures are opened for eighteen months


@dataclass(frozen=True)
class TourCard:
    """One tour in a list, with its next departure that has the seats."""

    id: int
    url: str
    name: str
    image: str | None
    place: str
    days: int
    is_half_day: bool
    next_at: datetime
    from_vnd: int


@dataclass(frozen=True)
class TourList:
    page: Page
    cards: list[TourCard]


def tour_list(
    *,
    page_number: int,
    now: datetime,
    guests: int = 1,
    first_on: date | None = None,
    last_on: date | None = None,
    commune: Commune | None = None,
) -> TourList:
    """Return one page of the tours that can take ``guests``, the next to go first. At most three queries."""
    tours = selectors.tours_going(
        now=now,
        persons=guests,
        first=_start_of(first_on) if first_on else None,
        last=_end_of(last_on) if last_on else None,
        commune_id=commune.pk if commune else None,
    )
    paginator = Paginator(tours.select_related("product__origin__commune"), PAGE_SIZE)
    page = paginator.page(max(1, min(page_number, paginator.num_pages)))
    return TourList(page, tour_cards(page.object_list))


def next_tours(*, now: datetime) -> list[TourCard]:
    """Return the few tours that go next, for the home page. Two queries."""
    tours = selectors.tours_going(now=now).select_related("product__origin__commune")
    return tour_cards(tours[:TOURS_AT_HOME])


def tour_cards(tours: Any) -> list[TourCard]:
    """Return cards of tours from ``selectors.tours_going``, with their products. Two queries."""
    rows = list(tours)
    images = ProductImage.objects.filter(product__in=[tour.product_id for tour in rows])
    # The last of a product stays in the dict: its first picture.
    pictures = dict(images.order_by("-display_order", "-pk").values_list("product", "original"))
    return [_card(tour, pictures.get(tour.product_id)) for tour in rows]


def _card(tour: Any, image: str | None) -> TourCard:
    product = tour.product
    return TourCard(
        id=product.pk,
        url=address_of(product.slug, product.pk),
        name=name_of(product.title, product.origin.name_en),
        image=image,
        place=product.origin.commune.full_name,
        days=tour.days,
        is_half_day=tour.is_half_day,
        next_at=tour.next_at,
        from_vnd=tour.from_vnd,
    )


@dataclass(frozen=True)
class TourPage:
    product: Any
    tour: Tour
    origin: Origin
    seller: Seller
    name: str
    other_name: str
    images: list[Any]
    month: date
    departures: list[Row]
    links: dict[int, str]  # to choose a departure, by its id
    chosen: Row | None
    adults: int
    children: int
    earlier: str
    later: str
    policy: policies.Frozen
    steps: list[policies.DatedStep]

    @property
    def words(self) -> str:
        """What its seller says of it, in the reader's language where there is such a text."""
        return description_of(self.product)

    @property
    def total_vnd(self) -> int:
        assert self.chosen is not None
        return self.chosen.departure.price_vnd(adults=self.adults, children=self.children)

    @property
    def persons(self) -> int:
        return self.adults + self.children

    @property
    def is_enough(self) -> bool:
        """Whether the chosen departure has seats for the party."""
        return self.chosen is not None and self.chosen.left >= self.persons

    @property
    def rows(self) -> list[tuple[Row, str]]:
        return [(row, self.links[row.departure.pk]) for row in self.departures]


def tour_page(
    product: Any,
    *,
    now: datetime,
    month: date | None,
    departure_id: int | None,
    adults: int,
    children: int,
) -> TourPage:
    """Gather the page of a tour from ``pages.product_of``. Five queries at most.

    Without a month that of the chosen departure is shown, or of the next.
    """
    tour, today = product.tour, timezone.localdate(now)
    asked = _asked(tour, departure_id, now=now)
    if month is None:
        moment = asked.departure.starts_at if asked else selectors.next_departure(tour.pk, now=now)
        month = timezone.localdate(moment) if moment else today
    this_month = today.replace(day=1)
    last_month = month_after(this_month, MONTHS_AHEAD)
    first_on = min(max(month.replace(day=1), this_month), last_month)
    departures = selectors.departures_between(
        tour.pk,
        first=max(_start_of(first_on), now),
        last=_start_of(month_after(first_on, 1)) - timedelta(microseconds=1),
        now=now,
    )
    party = {"adults": adults, "children": children}
    chosen = asked or next((row for row in departures if row.left >= sum(party.values())), None)
    policy = _policy(tour, today)
    name = name_of(product.title, product.origin.name_en)
    return TourPage(
        product=product,
        tour=tour,
        origin=product.origin,
        seller=product.origin.seller,
        name=name,
        other_name="" if name == product.title else product.title,
        images=list(product.images.order_by("display_order", "pk")),
        month=first_on,
        departures=departures,
        links=_links(departures, party),
        chosen=chosen,
        **party,
        earlier=_month_link(month_after(first_on, -1), party) if first_on > this_month else "",
        later=_month_link(month_after(first_on, 1), party) if first_on < last_month else "",
        policy=policy,
        steps=_steps(policy, chosen, now),
    )


def _asked(tour: Any, departure_id: int | None, *, now: datetime) -> Row | None:
    """Return the departure somebody asks for, if it is one of this tour."""
    asked = selectors.departure_row(departure_id, now=now) if departure_id else None
    return asked if asked is not None and asked.departure.tour_id == tour.pk else None


def _links(departures: list[Row], party: dict[str, int]) -> dict[int, str]:
    ids = [row.departure.pk for row in departures]
    return {pk: f"?{urlencode({'departure': pk, **party})}#book" for pk in ids}


def _steps(policy: policies.Frozen, chosen: Row | None, now: datetime) -> list[policies.DatedStep]:
    if chosen is None:
        return []
    return policies.steps_with_dates(policy, starts_at=chosen.departure.starts_at, after=now)


def _policy(tour: Tour, today: date) -> policies.Frozen:
    """What is agreed when somebody books the tour today; empty for a code that no policy has."""
    terms = policies.policies_on([tour.policy], on=today).get(tour.policy)
    return policies.frozen(terms, language=get_language() or "vi") if terms else {}


def _month_link(month: date, party: dict[str, int]) -> str:
    return f"?{urlencode({'month': f'{month:%Y-%m}', **party})}#departures"


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.max))
