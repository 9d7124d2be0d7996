"""When a parcel arrives: reckoned from the days of the routes, the same for everybody who asks."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from marketplace.delivery.models import (
    Destination,
    HandlingRule,
    OpeningHours,
    PostOffice,
    Route,
    RouteStop,
)
from marketplace.delivery.promises import Leg, Network, prepared_on, promise
from tests.factories import CommuneFactory

pytestmark = pytest.mark.django_db

RULE = HandlingRule(valid_from=date(2025, 1, 1), cut_off=time(15), preparation_days=1)
MON, TUE, WED, THU, FRI, SAT, SUN = range(7)


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=timezone.get_default_timezone())


def office(code: str, *, hub: PostOffice | None = None, days: tuple[int, ...] = (), **facts) -> PostOffice:
    made = PostOffice.objects.create(
        code=code, name=f"Bưu cục {code}", commune=CommuneFactory(), hub=hub, **facts
    )
    if hub is not None:
        route = Route.objects.create(code=f"R{code}", name=code, office=hub, weekdays=list(days))
        RouteStop.objects.create(route=route, place=1, office=made)
    return made


@pytest.fixture
def network(db):
    """Sín Chải – (Tue, Fri) – Tủa Chùa – (Mon to Sat) – the centre – (Mon, Wed, Fri) – Mường Phăng."""
    centre = office("380000")
    hub = office("382790", hub=centre, days=(MON, TUE, WED, THU, FRI, SAT))
    office("384500", hub=hub, days=(TUE, FRI))
    office("381900", hub=centre, days=(MON, WED, FRI))
    return Network()


def point(code: str) -> PostOffice:
    return PostOffice.objects.get(code=code)


def promised(network, *, to: Destination, now: datetime, start: str = "384500", **facts):
    origin = point(start).commune
    call = {"origin_commune_id": origin.pk, "origin_unit_id": None, "rate_days": 4, "rule": RULE}
    return promise(network=network, destination=to, now=now, **(call | facts))


def collect_at(code: str) -> Destination:
    return Destination(method="post-office", post_office=point(code), commune=point(code).commune)


def test_each_route_takes_a_parcel_on_its_next_day(network):
    found = promised(network, to=collect_at("381900"), now=at(23, 9))

    # Ordered on Monday morning, handed in on Tuesday; the route of that day has left.
    assert found.sends_on == date(2026, 11, 24)
    assert found.legs == [
        Leg("384500", "382790", date(2026, 11, 27)),  # Friday
        Leg("382790", "380000", date(2026, 11, 28)),  # Saturday
        Leg("380000", "381900", date(2026, 11, 30)),  # Monday
    ]
    assert found.reaches_on == date(2026, 11, 30)
    assert found.days_on_road == 6


def test_after_the_cut_off_a_day_is_lost(network):
    early = promised(network, to=collect_at("381900"), now=at(25, 14), start="380000")
    late = promised(network, to=collect_at("381900"), now=at(25, 15), start="380000")

    assert (early.sends_on, early.reaches_on) == (date(2026, 11, 26), date(2026, 11, 27))
    assert (late.sends_on, late.reaches_on) == (date(2026, 11, 27), date(2026, 11, 30))


def test_a_harvest_to_come_is_waited_for(network):
    found = promised(
        network, to=collect_at("381900"), now=at(23, 9), start="380000", ready_on=date(2026, 12, 10)
    )

    assert (found.sends_on, found.reaches_on) == (date(2026, 12, 11), date(2026, 12, 14))


def test_a_closed_office_hands_out_on_the_next_day_it_is_open(network):
    for day in (TUE, THU):
        OpeningHours.objects.create(office=point("381900"), weekday=day, opens=time(8), closes=time(16))

    found = promised(Network(), to=collect_at("381900"), now=at(23, 9), start="380000")

    assert found.legs[-1].on == date(2026, 11, 25)  # Wednesday
    assert found.reaches_on == date(2026, 11, 26)


def test_to_the_door_the_postman_goes_the_day_after_and_not_on_sunday(network):
    door = Destination(method="home", commune=point("382790").commune, detail="bản Bon")

    found = promised(network, to=door, now=at(26, 9), start="380000")

    assert found.legs == [Leg("380000", "382790", date(2026, 11, 28))]  # Saturday
    assert found.reaches_on == date(2026, 11, 30)


def test_to_other_provinces_the_days_of_the_rate_count_from_the_centre(network):
    door = Destination(method="home", detail="5 Hàng Mã")

    found = promised(network, to=door, now=at(23, 9))

    assert found.legs[-1] == Leg("382790", "380000", date(2026, 11, 28))
    assert found.reaches_on == date(2026, 12, 2)


def test_in_the_same_office_it_is_there_at_once(network):
    found = promised(network, to=collect_at("384500"), now=at(23, 9))

    assert (found.sends_on, found.reaches_on, found.legs) == (date(2026, 11, 24), date(2026, 11, 24), [])


def test_where_no_route_is_known_the_days_of_the_rate_count(network):
    lost = PostOffice.objects.create(code="399999", name="Mới", commune=CommuneFactory())

    found = promised(Network(), to=collect_at(lost.code), now=at(23, 9))

    assert (found.reaches_on, found.legs) == (date(2026, 11, 28), [])


@given(
    today=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    hour=st.integers(0, 23),
    wait=st.integers(0, 60),
)
def test_nothing_is_promised_before_it_is_prepared(today, hour, wait):
    now = datetime.combine(today, time(hour), tzinfo=timezone.get_default_timezone())
    ready_on = date.fromordinal(today.toordinal() + wait)

    handed_in = prepared_on(now=now, rule=RULE, ready_on=ready_on)

    assert handed_in > today
    assert handed_in > ready_on
