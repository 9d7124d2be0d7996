"""The pages of the desk: who sees what, what a phone may send, and how many questions the day asks."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.sellers.models import Member
from tests.factories import RoomTypeFactory, UserFactory
from tests.tourism.desk.conftest import booking_of, registered, signed_in, village_of
from tourism.desk import codes
from tourism.desk.models import BillItem, DoorAct, House, RegisteredGuest, Review, Turn, Visit
from tourism.desk.selectors import day
from tourism.desk.services import villages
from tourism.models import AddOn, Booking, BookingExtra

pytestmark = pytest.mark.django_db


@pytest.fixture
def coming(home) -> Booking:
    return booking_of(home.room, first_night=timezone.localdate(), guest_name="Trần Thu Hà")


@pytest.fixture
def host(home) -> Client:
    return signed_in(home.host)


def door_of(booking: Booking) -> str:
    return reverse("desk:door", args=[booking.pk])


def sent(kind: str = "arrived", **facts) -> dict:
    return {"id": str(uuid4()), "kind": kind, "knows_guest": True} | facts


def send(client: Client, booking: Booking, **facts):
    return client.post(door_of(booking), json.dumps(sent(**facts)), content_type="application/json")


def a_person(**facts) -> dict:
    return {
        "guest_id": str(uuid4()), "name": "Hà Văn Minh", "paper": "identity", "number": "011 090 001 234",
        "country": "VN", "province": "01", "reason": "travel",
    } | facts  # fmt: skip


# --- Who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["desk:today", "desk:register", "desk:village"])
def test_strangers_sign_in_and_who_hosts_nobody_hears_how_to_begin(name):
    assert Client().get(reverse(name)).url == f"/accounts/login/?next={reverse(name)}"
    assert signed_in(UserFactory()).get(reverse(name)).status_code == 403


def test_another_host_finds_none_of_it(home, coming):
    village_of(4)
    stranger = UserFactory()
    Member.objects.create(seller=RoomTypeFactory().stay.product.origin.seller, user=stranger)
    client = signed_in(stranger)
    guest = registered(coming)

    assert "Trần Thu Hà" not in client.get(reverse("desk:today")).content.decode()
    assert client.get(reverse("desk:guest", args=[coming.pk])).status_code == 404
    assert client.get(reverse("desk:scan", args=[codes.door_key(coming.pk)])).status_code == 404
    assert client.get(reverse("desk:village")).status_code == 404
    for name in ("door", "register-guest", "bill", "pay", "strike", "review"):
        assert client.post(reverse(f"desk:{name}", args=[coming.pk])).status_code == 404
    client.post(reverse("desk:register"), {"guest": [str(guest.pk)]})
    guest.refresh_from_db()
    assert guest.reported_at is None
    assert b"011090001234" not in client.get(reverse("desk:register-file", args=["csv"])).content


def test_the_pages_are_kept_nowhere(home, coming, host):
    for address in (reverse("desk:today"), reverse("desk:guest", args=[coming.pk]), reverse("desk:register")):
        assert host.get(address)["Cache-Control"] == "no-store"


# --- The day ------------------------------------------------------------------------------------


def test_the_day_shows_who_comes_leaves_and_stays_and_what_to_cook(home, host):
    today = timezone.localdate()
    arriving = booking_of(home.room, first_night=today, nights=2, guests=3)
    leaving = booking_of(home.room, first_night=today - timedelta(days=1), nights=1)
    staying = booking_of(home.room, first_night=today - timedelta(days=1), nights=2)
    booking_of(home.room, first_night=today, state=Booking.State.HELD)
    for booking in (arriving, leaving, staying):
        for kind in ("dinner", "breakfast"):
            BookingExtra.objects.create(
                booking=booking, kind=kind, per=AddOn.Per.GUEST_NIGHT, name=kind,
                quantity=booking.guests * booking.nights, amount_vnd=0,
            )  # fmt: skip
    BookingExtra.objects.create(
        booking=arriving, kind="lunch", per=AddOn.Per.GUEST, name="lunch", quantity=3, amount_vnd=0
    )

    found = day.day_of(day.desk_of(home.host), today)

    assert [row.booking for row in found.arrivals] == [arriving]
    assert [row.booking for row in found.departures] == [leaving]
    assert [row.booking for row in found.staying] == [staying]
    assert (found.dinners, found.breakfasts, found.lunches, found.sleeping) == (5, 4, 0, 5)
    tomorrow = day.day_of(day.desk_of(home.host), today + timedelta(days=1))
    assert (tomorrow.dinners, tomorrow.breakfasts, tomorrow.lunches) == (3, 5, 3)
    assert "Meals to cook" in host.get(reverse("desk:today")).content.decode()


def test_the_day_costs_as_much_for_many_guests_as_for_one(home, host, coming, django_assert_num_queries):
    for number in range(5):
        booking = booking_of(home.room, first_night=timezone.localdate(), guest_name=f"Khách {number}")
        registered(booking)
        Visit.objects.create(booking=booking, arrived_at=timezone.now())
    desk = day.desk_of(home.host)

    with django_assert_num_queries(4):  # no order is among them, so no parts of orders
        found = day.day_of(desk, timezone.localdate())

    assert len(found.arrivals) == 6


def test_another_day_is_asked_for_by_its_address(home, host):
    page = host.get(reverse("desk:today"), {"day": "2026-11-20"}).content.decode()

    assert "Hà Văn Minh" in page
    assert "The house on 20/11/2026" in page
    assert host.get(reverse("desk:today"), {"day": "nonsense"}).status_code == 200


# --- The door -----------------------------------------------------------------------------------


def test_a_phone_sends_an_arrival_as_often_as_it_likes(home, host, coming):
    body = sent(code=codes.door_code(coming.pk), knows_guest=False)

    answers = [
        host.post(door_of(coming), json.dumps(body), content_type="application/json").json() for _ in range(3)
    ]

    assert [answer["noted"] for answer in answers] == [True] * 3
    assert [answer["repeated"] for answer in answers] == [False, True, True]
    assert DoorAct.objects.count() == 1


def test_what_a_phone_sends_is_dated_by_when_it_was_typed(home, host):
    yesterday = timezone.now() - timedelta(days=1)
    booking = booking_of(home.room, first_night=timezone.localdate(yesterday))

    send(host, booking, happened_at=yesterday.isoformat())

    assert Visit.objects.get().arrived_at == yesterday


@pytest.mark.parametrize("body", ["[]", "{}", '{"id": 1, "kind": "dance"}', "\x00"])
def test_what_cannot_be_read_is_said_so(home, host, coming, body):
    answer = host.post(door_of(coming), body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"


def test_a_refusal_says_why_in_both_ways(home, host, coming):
    wrong = f"{(int(codes.door_code(coming.pk)) + 1) % 10_000:04d}"

    told = send(host, coming, code=wrong)
    shown = host.post(door_of(coming), sent(code=wrong))

    assert (told.status_code, told.json()["code"]) == (422, "wrong_code")
    assert shown.status_code == 422
    assert "This is not the code of these guests" in shown.content.decode()
    assert not DoorAct.objects.exists()


def test_the_code_stands_on_no_page_of_the_host(home, host, coming):
    code = codes.door_code(coming.pk)

    for address in (reverse("desk:today"), reverse("desk:guest", args=[coming.pk])):
        page = host.get(address).content.decode()
        assert f">{code}<" not in page
        assert codes.guest_key(coming.pk) not in page


def test_a_scanned_qr_code_lets_them_in(home, host, coming):
    address = reverse("desk:scan", args=[codes.door_key(coming.pk)])
    assert "Trần Thu Hà" in host.get(address).content.decode()
    assert not DoorAct.objects.exists()

    for _ in range(2):
        host.post(address, sent())

    visit = Visit.objects.get()
    assert visit.arrived_at is not None
    assert visit.with_code
    assert DoorAct.objects.count() == 1


# --- The register and the bill ------------------------------------------------------------------


def test_a_guest_is_written_down_and_reported_by_the_pages(home, host, coming):
    host.post(reverse("desk:register-guest", args=[coming.pk]), a_person())
    guest = RegisteredGuest.objects.get()
    assert (guest.number, guest.province, guest.registered_by) == ("011090001234", "01", home.host)

    host.post(reverse("desk:register"), {"guest": [str(guest.pk)]})

    guest.refresh_from_db()
    assert guest.reported_by == home.host
    file = host.get(reverse("desk:register-file", args=["csv"]))
    assert "Hà Văn Minh" in file.content.decode()
    assert file["Content-Disposition"].startswith('attachment; filename="luu-tru-')
    assert host.get(reverse("desk:register-file", args=["pdf"])).status_code == 404


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"number": "12"}, "A personal number has 12 digits"),
        ({"paper": "passport", "number": "?"}, "A passport number has 6 to 12 letters and digits"),
        ({"province": ""}, "Choose the province the guest comes from"),
        ({"country": "??"}, "Select a valid choice"),
        ({"name": ""}, "This field is required"),
    ],
)
def test_what_the_register_cannot_take_is_said_at_the_field(home, host, coming, facts, words):
    answer = host.post(reverse("desk:register-guest", args=[coming.pk]), a_person(**facts))

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not RegisteredGuest.objects.exists()


def test_the_bill_is_kept_by_the_pages(home, host, coming):
    item = {"item_id": str(uuid4()), "title": "Rượu ngô", "quantity": 2, "unit": "40.000"}
    for _ in range(2):
        host.post(reverse("desk:bill", args=[coming.pk]), item)

    page = host.get(reverse("desk:guest", args=[coming.pk])).content.decode()
    assert "80.000\xa0₫" in page
    host.post(reverse("desk:pay", args=[coming.pk]), {"how": "cash"})

    assert BillItem.objects.get().paid_how == "cash"
    assert host.post(reverse("desk:pay", args=[coming.pk]), {"how": "cash"}).status_code == 422
    assert host.post(reverse("desk:bill", args=[coming.pk]), item | {"unit": "4,5"}).status_code == 422


# --- The guest's own page -----------------------------------------------------------------------


def page_of(booking: Booking) -> str:
    return reverse("my-stay", args=[codes.guest_key(booking.pk)])


def guest_client() -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def test_a_guest_finds_the_code_and_writes_down_who_comes(home, coming):
    page = guest_client().get(page_of(coming))
    assert codes.door_code(coming.pk) in page.content.decode()
    assert page["Referrer-Policy"] == "no-referrer"

    guest_client().post(page_of(coming), a_person())

    assert RegisteredGuest.objects.get().registered_by is None
    again = guest_client().get(page_of(coming)).content.decode()
    assert "1 / 2" in again
    assert "011090001234" not in again
    assert Client().get(page_of(coming)[:-2] + "x/").status_code == 404


def test_a_guest_writes_a_review_after_the_stay_and_reads_the_host_s_then(home):
    today = timezone.localdate()
    booking = booking_of(home.room, first_night=today - timedelta(days=3), nights=2)
    client = guest_client()

    client.post(page_of(booking), {"stars": "4", "words": "Cơm ngon"})
    Review.objects.create(
        booking=booking, side="host", stars=5, words="Khách quý", written_at=timezone.now(),
        shown_on=today + timedelta(days=9),
    )  # fmt: skip

    assert Review.objects.get(side="guest").stars == 4
    assert "Khách quý" in client.get(page_of(booking)).content.decode()
    stay = client.get(home.stay.product.get_absolute_url()).content.decode()
    assert "Cơm ngon" in stay
    assert "Khách quý" in stay


def test_before_the_stay_there_is_nothing_to_review(home, coming):
    assert "How was it?" not in guest_client().get(page_of(coming)).content.decode()
    assert guest_client().post(page_of(coming), {"stars": "5"}).status_code == 409


# --- The village --------------------------------------------------------------------------------


@pytest.fixture
def village():
    place = village_of(4, 4)
    place.elder, place.neighbour = UserFactory(name="Lò Văn Pâng"), UserFactory(name="Cà Thị Ún")
    Member.objects.create(seller=place.seller, user=place.elder)
    House.objects.filter(pk=place.houses[0].pk).update(user=place.neighbour)
    today = timezone.localdate()
    place.bookings = [
        booking_of(place.room, first_night=today, guest_name=name) for name in ("Khách một", "Khách hai")
    ]
    villages.share_out(now=timezone.now())
    return place


def test_a_house_sees_its_own_guests_and_the_elder_sees_all(village):
    own, elders = (
        signed_in(user).get(reverse("desk:today")).content.decode()
        for user in (village.neighbour, village.elder)
    )

    assert ("Khách một" in own, "Khách hai" in own) == (True, False)
    assert ("Khách một" in elders, "Khách hai" in elders) == (True, True)


def test_a_house_refuses_its_own_guests_and_nobody_else_s(village):
    mine, theirs = Turn.objects.order_by("pk")
    client = signed_in(village.neighbour)

    assert client.post(reverse("desk:refuse", args=[theirs.pk])).status_code == 404
    client.post(reverse("desk:refuse", args=[mine.pk]))

    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.state, theirs.state) == ("refused", "given")
    assert Turn.objects.get(booking=mine.booking, state="given").house == village.houses[1]


def test_the_elder_lets_houses_join_rest_and_be_away(village):
    client, today = signed_in(village.elder), timezone.localdate()

    client.post(reverse("desk:village"), {"name": "Nhà mới", "sleeps": 6, "phone": "0399 000 777"})
    joined = House.objects.get(name="Nhà mới")
    assert (joined.sleeps, str(joined.phone), joined.credit) == (6, "+84399000777", 1)
    same = client.post(reverse("desk:village"), {"name": "Nhà mới", "sleeps": 6})
    assert same.status_code == 422
    client.post(
        reverse("desk:house", args=[joined.pk]),
        {"first_night": today.isoformat(), "last_night": (today + timedelta(days=2)).isoformat()},
    )
    assert joined.away.count() == 1
    client.post(reverse("desk:house", args=[joined.pk]), {"rests": "yes"})
    joined.refresh_from_db()
    assert not joined.is_active

    neighbour = signed_in(village.neighbour)
    assert neighbour.post(reverse("desk:village"), {"name": "Nhà khác", "sleeps": 6}).status_code == 404
    assert neighbour.post(reverse("desk:house", args=[joined.pk]), {"rests": "no"}).status_code == 404


def test_the_page_of_the_village_says_whose_turn_it_is(village):
    page = signed_in(village.elder).get(reverse("desk:village")).content.decode()

    assert "Whose turn it is" in page
    assert page.index("Nhà 1") < page.index("Nhà 2")


def test_what_a_house_says_wrongly_is_told_at_its_own_form(village):
    today = timezone.localdate()
    answer = signed_in(village.elder).post(
        reverse("desk:house", args=[village.houses[1].pk]),
        {"first_night": today.isoformat(), "last_night": (today - timedelta(days=1)).isoformat()},
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("Choose a first day before the last") == 1
    for house in village.houses:
        assert page.count(f'id="house-{house.pk}-first_night"') == 1
    assert not village.houses[1].away.exists()
