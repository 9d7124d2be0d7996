"""What resellers owe, and the pages of the staff."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO

import pytest
from django.utils import timezone

from tests.factories import UserFactory
from tests.tourism.octo.conftest import Octo, in_days, make_reseller, room_wish, seat_wish
from tourism import bookings
from tourism.models import Booking
from tourism.octo import keys, statements
from tourism.octo.models import ResellerBooking, ResellerKey, ResellerTerms

pytestmark = pytest.mark.django_db


def statement_of(reseller, day: date):
    return statements.statement(reseller=reseller, first=day, last=day, now=timezone.now())


@pytest.fixture
def staff(client):
    client.force_login(UserFactory(is_staff=True))
    return client


def test_a_statement_has_what_was_confirmed_and_begins_in_its_days(octo, room, departure):
    stay = octo.booked(room_wish(room, day=10, nights=2), resellerReference="V-1")
    tour = octo.booked(seat_wish(departure, adults=2, children=1))
    octo.reserve(room_wish(room, day=10))
    octo.booked(room_wish(room, day=11, nights=1))

    found = statement_of(octo.reseller, in_days(10))

    owed = {line.booking.reference: line.owed_vnd for line in found.lines}
    assert owed == {stay["supplierReference"]: 510_000, tour["supplierReference"]: 1_377_000}
    assert (found.retail_vnd, found.owed_vnd) == (2_220_000, 1_887_000)


@pytest.mark.parametrize(("percent", "owed_vnd"), [(100, 0), (50, 255_000), (0, 510_000)])
def test_of_what_was_cancelled_only_what_is_not_given_back_is_owed(octo, room, percent, owed_vnd):
    booking = octo.booked(room_wish(room, day=10, nights=2))
    steps = [{"hours_before": 0, "refund_percent": percent}]
    ResellerBooking.objects.update(policy={"steps": steps})
    octo.post(f"bookings/{booking['uuid']}/cancel")

    (line,) = statement_of(octo.reseller, in_days(10)).lines
    (row,) = statements.resellers_of_month(first=in_days(10), last=in_days(10), now=timezone.now())

    assert (line.status, line.owed_vnd) == ("CANCELLED", owed_vnd)
    assert (row.bookings_number, row.owed_vnd) == (1, owed_vnd)


def test_what_its_host_gave_up_is_not_owed_even_if_nobody_has_looked(octo, room):
    octo.booked(room_wish(room, day=10))
    bookings.cancel(Booking.objects.get().pk)

    assert statement_of(octo.reseller, in_days(10)).owed_vnd == 0


def test_terms_hold_from_their_day_on_and_not_for_what_was_sold_before(octo, room):
    octo.booked(room_wish(room, day=10, nights=1))
    ResellerTerms.objects.create(
        reseller=octo.reseller, valid_from=in_days(0), commission_bp=1_000, source="Contract 2"
    )
    octo.booked(room_wish(room, day=10, nights=1))

    lines = statement_of(octo.reseller, in_days(10)).lines

    assert sorted(line.owed_vnd for line in lines) == [255_000, 270_000]


def test_what_is_rounded_is_rounded_for_the_market(octo, room):
    ResellerTerms.objects.update(commission_bp=1_234)
    room.nights.update(price_vnd=333_333)

    booking = octo.reserve(room_wish(room, nights=1, rooms=3)).json()

    assert booking["pricing"]["net"] == 3 * (333_333 - 41_133)


def test_a_statement_costs_the_same_queries_however_long_it_is(room, departure, django_assert_num_queries):
    octo = Octo(make_reseller())
    for _n in range(2):
        octo.booked(room_wish(room, day=10))
        octo.booked(seat_wish(departure))

    with django_assert_num_queries(2):
        assert len(statement_of(octo.reseller, in_days(10)).lines) == 4


def test_the_file_of_a_statement_has_no_formulas(octo, room):
    octo.booked(room_wish(room, day=10, nights=1), resellerReference="=1+1")

    text = statements.as_csv(statement_of(octo.reseller, in_days(10))).decode("utf-8-sig")

    header, line, total = csv.reader(StringIO(text))
    assert tuple(header) == statements.COLUMNS
    assert line[1:3] == ["'=1+1", str(in_days(10))]
    assert (line[-4:], total[-1]) == (["300000", "255000", "0", "255000"], "255000")


@pytest.mark.parametrize("path", ["", "1/", "1/2027-03.csv"])
def test_only_the_staff_see_resellers(client, path):
    assert client.get(f"/staff/resellers/{path}").status_code == 302
    client.force_login(UserFactory())
    assert client.get(f"/staff/resellers/{path}").status_code == 403


def test_the_staff_see_who_owes_what_for_a_month(staff, octo, room):
    octo.booked(room_wish(room, day=10, nights=1))
    month = f"{in_days(10):%Y-%m}"

    everybody = staff.get("/staff/resellers/", {"month": month}).content.decode()
    one = staff.get(f"/staff/resellers/{octo.reseller.pk}/", {"month": month}).content.decode()
    file = staff.get(f"/staff/resellers/{octo.reseller.pk}/{month}.csv")

    assert "Du lịch Mẫu" in everybody
    assert "255.000" in everybody
    assert "Nhà sàn Che Căn – Phòng đôi" in one
    assert "Keeps 15" in one
    assert file.headers["Content-Disposition"].endswith(f'reseller-{octo.reseller.pk}-{month}.csv"')


@pytest.mark.parametrize("month", ["2027-13", "x", "../etc"])
def test_a_month_that_is_none_is_the_month_of_today(staff, month):
    assert staff.get("/staff/resellers/", {"month": month}).status_code == 200


def test_a_key_is_shown_once_and_can_be_revoked(staff, reseller):
    made = staff.post(f"/staff/resellers/{reseller.pk}/keys/")
    row = ResellerKey.objects.get()
    (secret,) = (made.context["secret"],)

    assert keys.reseller_of(secret) == reseller
    assert secret in made.content.decode()
    assert secret not in staff.get(f"/staff/resellers/{reseller.pk}/").content.decode()
    staff.post(f"/staff/resellers/{reseller.pk}/keys/{row.pk}/")
    assert keys.reseller_of(secret) is None


def test_resellers_are_entered_with_their_terms_and_never_deleted(client, octo, room):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    octo.booked(room_wish(room))

    assert client.get("/admin/octo/reseller/add/").status_code == 200
    assert "Contract 1" in client.get(f"/admin/octo/reseller/{octo.reseller.pk}/change/").content.decode()
    assert client.get(f"/admin/octo/reseller/{octo.reseller.pk}/delete/").status_code == 403
    assert client.get("/admin/octo/resellerbooking/").status_code == 200
    assert client.get("/admin/octo/resellerbooking/add/").status_code == 403
