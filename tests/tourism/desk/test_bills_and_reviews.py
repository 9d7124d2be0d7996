"""What is paid in the house, and what both sides say of each other afterwards."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.tourism.desk.conftest import TODAY, act, at, booking_of
from tourism.desk.errors import ActConflict, AlreadyPaid, AlreadyReviewed, CannotReview, NothingOnTheBill
from tourism.desk.models import BillItem, Review, Visit
from tourism.desk.selectors.day import bill_of
from tourism.desk.selectors.reviews import reviews_of_booking, reviews_of_stay
from tourism.desk.services import bills, door, reviews
from tourism.models import Booking

pytestmark = pytest.mark.django_db


def add(home, **facts):
    facts = {"item_id": uuid4(), "title": "Rượu ngô", "quantity": 2, "unit_vnd": 40_000} | facts
    return bills.add(booking=home.booking, by=home.host, now=at(19), **facts)


def write(booking, side, *, stars=5, words="Rất vui", now=None):
    return reviews.write(booking=booking, side=side, stars=stars, words=words, now=now or at(13, days=2))


def test_a_bill_is_noted_paid_and_stays(home):
    item_id = uuid4()
    add(home, item_id=item_id)
    add(home, item_id=item_id)
    mistaken = add(home, title="Viết nhầm", quantity=1)
    bills.strike(item_id=mistaken.pk, booking=home.booking, now=at(19))

    assert bills.pay(booking=home.booking, how="cash", now=at(9, days=2)) == 80_000

    (item,) = bill_of(home.booking)
    assert (item.total_vnd, item.paid_at, item.paid_how) == (80_000, at(9, days=2), "cash")
    with pytest.raises(AlreadyPaid):
        bills.strike(item_id=item_id, booking=home.booking, now=at(10, days=2))
    with pytest.raises(NothingOnTheBill):
        bills.pay(booking=home.booking, how="cash", now=at(10, days=2))
    with pytest.raises(ActConflict):
        add(home, item_id=item_id, quantity=3)


def test_nothing_is_struck_from_the_bill_of_others(home):
    item = add(home)

    with pytest.raises(BillItem.DoesNotExist):
        bills.strike(item_id=item.pk, booking=booking_of(home.room), now=at(19))


def test_a_review_is_for_who_came_and_left_and_only_for_a_while(home):
    gone = booking_of(home.room)
    door.note(act(gone, "no-show", happened_at=at(21)), by=home.host, now=at(21))

    for booking, now in (
        (home.booking, at(11, 59, days=2)),
        (home.booking, at(0, 30, days=16)),
        (gone, at(13, days=2)),
        (booking_of(home.room, state=Booking.State.RELEASED), at(13, days=2)),
        (booking_of(home.room, channel=Booking.Channel.HOST), at(13, days=2)),
    ):
        with pytest.raises(CannotReview):
            write(booking, "guest", now=now)

    assert not Review.objects.exists()
    write(home.booking, "guest", now=at(23, 59, days=15))


def test_who_has_left_early_may_write_at_once(home):
    Visit.objects.create(booking=home.booking, arrived_at=at(15), left_at=at(8, days=1))

    assert write(home.booking, "guest", now=at(9, days=1)).shown_on == TODAY + timedelta(days=16)


def test_each_side_writes_once(home):
    write(home.booking, "guest")

    write(home.booking, "guest")
    with pytest.raises(AlreadyReviewed):
        write(home.booking, "guest", stars=1)

    assert Review.objects.get().stars == 5


def test_reviews_are_read_when_both_have_written(home):
    after = TODAY + timedelta(days=3)
    write(home.booking, "guest", stars=4, words="Cơm ngon")
    assert reviews_of_stay(home.stay.pk, today=after).pairs == []
    assert reviews_of_booking(home.booking, today=after)[1] is False

    write(home.booking, "host", stars=5, words="Khách quý")

    shown = reviews_of_stay(home.stay.pk, today=after)
    (pair,) = shown.pairs
    assert (pair.guest.words, pair.host.words, pair.guest_name) == ("Cơm ngon", "Khách quý", "Minh")
    assert (shown.number, shown.average) == (1, 4.0)
    assert reviews_of_booking(home.booking, today=after)[1] is True


def test_one_side_alone_is_read_when_the_time_is_over(home):
    write(home.booking, "guest")

    assert reviews_of_stay(home.stay.pk, today=TODAY + timedelta(days=15)).pairs == []
    (pair,) = reviews_of_stay(home.stay.pk, today=TODAY + timedelta(days=16)).pairs
    assert pair.host is None


def test_what_the_staff_hide_is_read_by_nobody(home):
    write(home.booking, "guest")
    write(home.booking, "host")
    Review.objects.filter(side="guest").update(is_hidden=True)

    shown = reviews_of_stay(home.stay.pk, today=TODAY + timedelta(days=30))

    assert shown.number == 0
    assert [(pair.guest, pair.host.side) for pair in shown.pairs] == [(None, "host")]


def test_reviews_of_a_stay_cost_three_queries(home, django_assert_num_queries):
    for _ in range(4):
        booking = booking_of(home.room)
        write(booking, "guest")
        write(booking, "host")

    with django_assert_num_queries(3):
        assert len(reviews_of_stay(home.stay.pk, today=TODAY + timedelta(days=3)).pairs) == 4
