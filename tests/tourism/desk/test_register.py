"""The guest register: complete, told in time, and emptied in time."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from openpyxl import load_workbook

from marketplace.sellers.models import Member
from tests.factories import RoomTypeFactory, StayFactory, UserFactory
from tests.tourism.desk.conftest import TODAY, act, at, booking_of, person, registered
from tourism.desk import police_form
from tourism.desk.errors import ActConflict, AlreadyReported, NotConfirmed, RegisterFull
from tourism.desk.models import RegisteredGuest, RegisterRule, ReportReminder, Visit
from tourism.desk.rules import register_rule, report_by
from tourism.desk.selectors.register import open_reminders, register_between, unreported
from tourism.desk.services import door, register
from tourism.models import Booking

pytestmark = pytest.mark.django_db


def write(home, booking=None, **facts):
    return register.register(
        guest_id=facts.pop("guest_id", None) or uuid4(),
        booking=booking or home.booking,
        person=person(**facts),
        by=home.host,
        now=at(15),
    )


def test_a_guest_is_written_down_once_with_the_nights_of_the_booking(home):
    guest_id = uuid4()

    first, again = (write(home, guest_id=guest_id) for _ in range(2))

    assert first == again == RegisteredGuest.objects.get()
    assert (first.arrived_on, first.leaves_on, first.registered_by) == (
        TODAY, TODAY + timedelta(days=2), home.host,
    )  # fmt: skip
    with pytest.raises(ActConflict):
        write(home, guest_id=guest_id, name="Ai khác")


def test_no_more_guests_than_were_booked_and_none_before_it_is_paid(home):
    write(home)
    write(home, name="Lù Thị Vân", number="B1234567", paper="passport")

    with pytest.raises(RegisterFull, match="for 2 guests"):
        write(home, name="Người thứ ba")
    with pytest.raises(NotConfirmed):
        write(home, booking_of(home.room, state=Booking.State.HELD))

    assert RegisteredGuest.objects.count() == 2


def test_who_was_reported_is_not_struck_out(home):
    guest, mistaken = write(home), write(home, name="Viết nhầm")
    register.report(guest_ids=[guest.pk], by=home.host, now=at(20))

    register.strike(guest_id=mistaken.pk, booking=home.booking)
    register.strike(guest_id=mistaken.pk, booking=home.booking)
    with pytest.raises(AlreadyReported):
        register.strike(guest_id=guest.pk, booking=home.booking)

    assert list(RegisteredGuest.objects.all()) == [guest]


@pytest.mark.parametrize(
    ("arrived_at", "deadline"),
    [
        (at(14), at(23)),
        (at(22, 59), at(23)),
        (at(23), at(8, days=1)),
        (at(23, 30), at(8, days=1)),
        (at(0, 30, days=1), at(8, days=1)),
        (at(6, days=1), at(23, days=1)),
    ],
)
def test_guests_are_reported_by_23_00_or_by_8_00_of_the_next_day(arrived_at, deadline):
    assert report_by(arrived_at, register_rule(TODAY)) == deadline


def test_what_is_to_report_is_every_guest_in_the_house(home):
    late, gone = booking_of(home.room, guests=3), booking_of(home.room)
    door.note(act(late, "arrived", happened_at=at(23, 10)), by=home.host, now=at(23, 10))
    door.note(act(gone, "no-show", happened_at=at(21)), by=home.host, now=at(21))
    registered(home.booking, reported_at=at(20))

    found = unreported(now=at(23, 30), seller_ids=[home.seller.pk])

    assert [(each.booking, each.missing, each.report_by) for each in found] == [
        (home.booking, 1, at(23)),
        (late, 3, at(8, days=1)),
    ]


def test_who_has_registered_but_not_reported_guests_is_reminded_once_for_each_deadline(home):
    registered(home.booking)

    assert [register.remind(now=at(*moment)) for moment in ((20, 45), (21, 0), (21, 15))] == [0, 1, 0]

    reminder = ReportReminder.objects.get()
    assert (reminder.seller, reminder.guests, reminder.report_by) == (home.seller, 2, at(23))
    (message,) = mail.outbox
    assert message.to == ["pan@example.com"]
    assert "2 of your guests are not reported" in message.body
    assert "23:00" in message.body
    assert "Hà Văn Minh" not in message.body


def test_who_has_reported_all_is_not_reminded_and_a_reminder_ends(home):
    guests = [registered(home.booking), registered(home.booking, name="Lù Thị Vân")]
    register.remind(now=at(21))
    assert len(open_reminders(seller_ids=[home.seller.pk], now=at(21))) == 1

    register.report(guest_ids=[guests[0].pk], by=home.host, now=at(21, 5))
    assert len(open_reminders(seller_ids=[home.seller.pk], now=at(21, 6))) == 1
    assert register.report(guest_ids=[one.pk for one in guests], by=home.host, now=at(21, 10)) == 1

    assert open_reminders(seller_ids=[home.seller.pk], now=at(21, 11)) == []
    assert register.remind(now=at(22)) == 0


def test_without_an_address_the_notice_alone_is_made(home):
    Member.objects.all().delete()
    Member.objects.create(seller=home.seller, user=UserFactory(email=""))

    assert register.remind(now=at(22)) == 1
    assert mail.outbox == []


def test_after_36_months_nothing_says_who_it_was_but_where_from(home):
    old = registered(home.booking, address="Số 5 phố Hàng Mã", province="01", born_on=date(1990, 5, 7))
    kept = registered(home.booking, leaves_on=TODAY + timedelta(days=3), number="B1234567", paper="passport")
    last_day = at(3).replace(year=2029, month=11, day=21)

    assert register.forget(now=last_day) == 0
    assert register.forget(now=last_day + timedelta(days=1)) == 1
    assert register.forget(now=last_day + timedelta(days=1)) == 0

    old.refresh_from_db()
    kept.refresh_from_db()
    assert (old.name, old.number, old.address, old.born_on) == ("", "", "", None)
    assert (old.province, old.country, old.forgotten_at) == ("01", "VN", last_day + timedelta(days=1))
    assert kept.name == "Hà Văn Minh"


def test_a_later_rule_keeps_them_shorter(home):
    registered(home.booking)
    RegisterRule.objects.update(valid_to=date(2027, 1, 1))
    RegisterRule.objects.create(
        valid_from=date(2027, 1, 1), report_until="22:00", late_report_until="07:00", keep_months=2,
        review_days=7, source="thử",
    )  # fmt: skip

    assert register.forget(now=at(3, days=60)) == 0
    assert register.forget(now=at(3, days=64)) == 1
    with pytest.raises(IntegrityError, match="one_register_rule_a_day"), transaction.atomic():
        RegisterRule.objects.create(
            valid_from=date(2028, 1, 1), report_until="22:00", late_report_until="07:00", keep_months=2,
            review_days=7, source="thử",
        )  # fmt: skip


def test_the_database_keeps_no_name_of_who_was_forgotten(home):
    guest = registered(home.booking)

    with pytest.raises(IntegrityError, match="forgotten_guest_has_no_name"), transaction.atomic():
        RegisteredGuest.objects.filter(pk=guest.pk).update(forgotten_at=at(3))
    with pytest.raises(IntegrityError, match="registered_guest_has_a_name_and_a_paper"), transaction.atomic():
        RegisteredGuest.objects.filter(pk=guest.pk).update(number="")


def test_the_police_s_form_is_a_workbook_and_a_csv_that_no_spreadsheet_runs(home):
    registered(home.booking, name="=HYPERLINK(1)", province="01", address="Số 5", reported_at=at(22))
    guests = register_between(seller_ids=[home.seller.pk], first=TODAY, last=TODAY)
    call = {
        "provinces": {"01": "Hà Nội"},
        "house": "Hộ bà Pản, Xã Mường Phăng",
        "first": TODAY,
        "last": TODAY,
    }

    table = load_workbook(BytesIO(police_form.as_file(guests, form="xlsx", **call))).active
    text = police_form.as_file(guests, form="csv", **call).decode("utf-8-sig")

    rows = [[cell.value for cell in row] for row in table.iter_rows()]
    assert rows[0][0] == "NOTICE OF GUESTS STAYING OVERNIGHT"
    assert rows[1][0] == "Hộ bà Pản, Xã Mường Phăng"
    assert rows[5] == [
        "1", "'=HYPERLINK(1)", None, "VN", "identity card or number", "011090001234", "Số 5, Hà Nội",
        "travel", "20/11/2026", "22/11/2026", "Nhà sàn Che Căn", "20/11/2026",
    ]  # fmt: skip
    assert "'=HYPERLINK(1)" in text
    assert "011090001234" in text


def test_nobody_reads_the_register_of_another_house(home):
    registered(home.booking)
    elsewhere = RoomTypeFactory(stay=StayFactory())
    registered(booking_of(elsewhere), name="Người nhà khác")

    guests = register_between(seller_ids=[home.seller.pk], first=TODAY, last=TODAY)

    assert [guest.name for guest in guests] == ["Hà Văn Minh"]


def test_what_is_to_report_costs_two_queries(home, django_assert_num_queries):
    for _ in range(4):
        Visit.objects.create(booking=booking_of(home.room))

    with django_assert_num_queries(2):
        assert len(unreported(now=at(20))) == 5
