"""Nights, guests and where they come from, as much of it as may be published."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from marketplace.accounts.selectors import OfficialScope
from marketplace.accounts.services import grant_role
from marketplace.delivery.models import Province
from marketplace.statistics import tourism
from marketplace.statistics.periods import Period
from tests.factories import RoomTypeFactory, StayFactory, UserFactory, commune_named
from tests.statistics.releases.test_services import release
from tourism.desk.models import RegisteredGuest, Visit
from tourism.models import Booking, RoomNight

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("province")]
FIRST, LAST = date(2026, 9, 1), date(2026, 9, 10)
PERIOD = Period("custom", FIRST, LAST)
TODAY = date(2026, 10, 1)
PROVINCE = OfficialScope(whole_province=True, commune_codes=frozenset())


def house(commune: str, **facts: Any) -> Any:
    """A house with two rooms on sale all of the period; each has a seller of its own."""
    stay = StayFactory(commune=commune_named(commune))
    return RoomTypeFactory(stay=stay, sleeps=4, rooms=2, open_from=FIRST, open_to=LAST, **facts)


def sleep(room: Any, first_night: date, nights: int, *, guests: int = 2, **facts: Any) -> Booking:
    """Guests who booked by telephone, with their nights taken."""
    facts = {"channel": "host", "state": "confirmed", "amount_vnd": 0} | facts
    booking = Booking.objects.create(
        room_type=room, first_night=first_night, nights=nights, rooms=1, guests=guests, **facts
    )
    days = (first_night, first_night + timedelta(days=nights - 1))
    for night in RoomNight.objects.filter(room_type=room, night_on__range=days):
        night.taken += 1
        night.save()
    return booking


def register(booking: Booking, country: str = "VN", province: str = "") -> None:
    RegisteredGuest.objects.create(
        id=uuid.uuid4(),
        booking=booking,
        name="Nguyễn Văn Mẫu",
        paper="identity",
        number="011099000001",
        country=country,
        province=province,
        arrived_on=booking.first_night,
        leaves_on=booking.leaves_on,
        arrived_at=timezone.now(),
    )


def figures(scope: OfficialScope = PROVINCE, **changes: Any) -> tourism.StayFigures:
    return tourism.stays(**({"period": PERIOD, "today": TODAY, "scope": scope} | changes))


def test_nights_guests_and_occupancy_are_counted_where_the_house_is():
    room = house("Mường Phăng")
    sleep(room, date(2026, 9, 3), 2, guests=3)
    sleep(room, date(2026, 9, 5), 1, guests=2)
    house("Sín Thầu")

    row = figures().row_of("03325")

    assert (row.name, row.hosts) == ("Mường Phăng", 1)
    assert (row.nights, row.open_nights, row.occupancy_percent) == (3, 20, 15)
    assert (row.guests, row.guest_nights) == (5, 8)
    total = figures().total
    assert (total.hosts, total.nights, total.open_nights, total.guests) == (2, 3, 40, 5)


def test_only_nights_within_the_period_count_and_guests_on_their_arrival():
    room = house("Mường Phăng")
    sleep(room, date(2026, 8, 30), 4)  # two nights of it
    sleep(room, date(2026, 9, 9), 5)  # two nights of it

    row = figures().row_of("03325")

    assert (row.nights, row.guests, row.guest_nights) == (4, 2, 8)


def test_nights_that_are_not_over_yet_do_not_count():
    room = house("Mường Phăng")
    sleep(room, date(2026, 9, 3), 4)

    row = figures(today=date(2026, 9, 5)).row_of("03325")

    assert (row.nights, row.open_nights, row.guest_nights) == (2, 8, 4)
    assert figures(today=FIRST).total.open_nights == 0
    assert figures(today=FIRST).total.occupancy_percent is None


def test_who_did_not_come_who_was_freed_and_who_is_only_blocked_elsewhere_is_no_guest():
    room = house("Mường Phăng")
    absent = sleep(room, date(2026, 9, 3), 1)
    Visit.objects.create(booking=absent, no_show_at=timezone.now())
    sleep(room, date(2026, 9, 4), 1, state="released")
    sleep(room, date(2026, 9, 5), 1, channel="calendar")

    row = figures().row_of("03325")

    assert (row.guests, row.guest_nights) == (0, 0)
    assert row.nights == 3  # nobody else could have the rooms


def test_what_a_host_closed_was_not_for_sale():
    room = house("Mường Phăng")
    sleep(room, date(2026, 9, 3), 1)
    RoomNight.objects.filter(night_on__gte=date(2026, 9, 3)).update(is_closed=True)

    row = figures().row_of("03325")

    assert (row.nights, row.open_nights) == (1, 5)


def test_figures_of_fewer_than_three_hosts_are_withheld_with_one_more_to_protect_them():
    for name, hosts in (("Mường Phăng", 1), ("Sín Thầu", 3), ("Sín Chải", 4)):
        for _ in range(hosts):
            sleep(house(name), date(2026, 9, 3), 1, guests=hosts)

    public = figures(OfficialScope(whole_province=False, commune_codes=frozenset()))
    own = figures(OfficialScope(whole_province=False, commune_codes=frozenset({"03325"})))

    hidden = {row.name for row in public.rows if row.suppressed}
    assert hidden == {"Mường Phăng", "Sín Thầu"}  # the total would tell the one from the others
    assert public.total.nights == 8
    assert {row.name for row in own.rows if row.suppressed} == {"Sín Thầu"}
    assert not any(row.suppressed for row in figures().rows)
    assert [row.name for row in public.rows[:3]] == ["Sín Chải", "Mường Phăng", "Sín Thầu"]


def test_guests_come_from_provinces_and_countries_of_the_registers():
    Province.objects.update_or_create(code="01", defaults={"name": "Thành phố Hà Nội", "zone": "Z5"})
    room = house("Mường Phăng")
    booking = sleep(room, date(2026, 9, 3), 2, guests=4)
    for home in ({"province": "01"}, {"province": "01"}, {"country": "FR"}, {}):
        register(booking, **home)

    found = figures()

    assert [(home.name, home.guests, home.percent) for home in found.homes] == [
        ("Thành phố Hà Nội", 2, 50),
        ("France", 1, 25),
        ("Việt Nam, province not known", 1, 25),
    ]
    assert found.registered == 4


def test_where_guests_of_one_or_two_houses_come_from_is_for_officials():
    nobody = OfficialScope(whole_province=False, commune_codes=frozenset())
    for number in range(3):
        assert figures(nobody).homes == []
        register(sleep(house("Mường Phăng"), date(2026, 9, 3 + number), 1), country="FR")

    assert [home.guests for home in figures(nobody).homes] == [3]


def test_the_homes_of_one_commune_s_guests_are_its_official_s():
    register(sleep(house("Mường Phăng"), date(2026, 9, 3), 1), country="FR")
    register(sleep(house("Sín Thầu"), date(2026, 9, 3), 1), country="LA")
    own = OfficialScope(whole_province=False, commune_codes=frozenset({"03325"}))

    assert [home.name for home in figures(own, commune="03325").homes] == ["France"]
    assert figures(own, commune="03158").homes == []


@pytest.mark.parametrize("houses", [1, 6])
def test_the_figures_cost_the_same_queries_however_many_houses_there_are(houses, django_assert_num_queries):
    for _ in range(houses):
        register(sleep(house("Mường Phăng"), date(2026, 9, 3), 1))

    with django_assert_num_queries(6):
        figures()


def test_the_page_withholds_and_shows_as_the_reader_may_see(client):
    sleep(house("Mường Phăng"), date(2026, 9, 3), 2, guests=3)
    address = "/statistics/tourism/?from=2026-09-01&to=2026-09-10"
    client.cookies["django_language"] = "en"

    public = client.get(address).content.decode()
    official = UserFactory()
    grant_role(user=official, role="province-official")
    client.force_login(official)
    full = client.get(address).content.decode()

    assert "withheld" in public
    assert "You see every figure of the province" in full
    assert "10 %" in full
    assert "6 guest nights" in full


def test_the_figures_can_be_taken_along_as_csv_with_hidden_ones_empty(client):
    sleep(house("Mường Phăng"), date(2026, 9, 3), 2, guests=3)
    release(FIRST)

    response = client.get("/statistics/tourism/?from=2026-09-01&to=2026-09-30&format=csv")

    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(response.content.decode()))}
    assert len(rows) == 45
    assert (rows["03325"]["suppressed"], rows["03325"]["nights"]) == ("True", "")
    assert (rows["03158"]["suppressed"], rows["03158"]["nights"]) == ("False", "0")


def test_a_period_that_makes_no_sense_is_named_and_replaced(client):
    client.cookies["django_language"] = "en"

    response = client.get("/statistics/tourism/?from=2026-09-10&to=2026-09-01")

    assert response.status_code == 200
    assert "The last twelve months are shown instead." in response.content.decode()
