"""Officials close and open their communes on the board; guests choose on a page nobody else can find."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from marketplace.accounts.services import grant_role
from marketplace.board import selectors
from tests.board.conftest import WORDS, close, only_offer, order_of
from tests.factories import CommuneFactory, UserFactory
from tests.shop.conftest import in_days
from tourism.closures.models import Closure, Offer
from tourism.models import Booking

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def board(visitor: Client, official: Any) -> Client:
    visitor.force_login(official)
    return visitor


def wish(commune: Any, **changes: Any) -> dict[str, Any]:
    filled = {"commune": commune.code, "first_night": in_days(9), "last_night": in_days(12)}
    return filled | {"cause": "flood", "words": WORDS} | changes


def test_strangers_sign_in_and_others_hear_who_may_enter(visitor, db):
    assert visitor.get("/board/closures/").url == "/accounts/login/?next=/board/closures/"

    visitor.force_login(UserFactory())
    response = visitor.get("/board/")

    assert response.status_code == 403
    assert "Only officials of a commune or of the province may enter." in response.content.decode()


def test_an_official_closes_the_own_commune_after_seeing_who_is_affected(board, booked, commune, official):
    asked = board.post("/board/closures/new/", wish(commune))
    assert "Close Xã Mường Thử?" in asked.content.decode()
    assert asked.context["affected"].bookings == [booked.booking]
    assert not Closure.objects.exists()

    closed = board.post("/board/closures/new/", wish(commune, confirmed="yes"), follow=True)

    closure = Closure.objects.get()
    assert closed.redirect_chain == [(f"/board/closures/{closure.pk}/", 302)]
    page = closed.content.decode()
    assert "Everybody affected has been offered other days or their money." in page
    assert "Closed by Lường Thị Xuân at" in page
    assert "Nhà sàn Che Căn" in page
    assert (closure.opened_by, closure.words) == (official, WORDS)
    assert only_offer().booking == booked.booking


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"first_night": "2020-01-01"}, "The first night has passed. Close from today on."),
        ({"first_night": "soon"}, "The first night is not a date. Write it as 2026-03-31."),
        ({"last_night": "2020-01-01"}, "The last closed night is before the first."),
        ({"words": ""}, "This field is required."),
        ({"cause": "war"}, "Select a valid choice."),
    ],
)
def test_what_makes_no_sense_is_named_and_nothing_is_closed(board, commune, changes, complaint):
    response = board.post("/board/closures/new/", wish(commune, confirmed="yes", **changes))

    assert response.status_code == 422
    assert complaint in response.content.decode()
    assert not Closure.objects.exists()


def test_an_official_cannot_close_or_see_another_commune(board, commune, official):
    other = CommuneFactory(full_name="Xã Khác")
    theirs = close(other, by=UserFactory())

    response = board.post("/board/closures/new/", wish(other, confirmed="yes"))

    assert "Choose one of the communes you answer for." in response.content.decode()
    assert board.get(f"/board/closures/{theirs.pk}/").status_code == 404
    assert board.post(f"/board/closures/{theirs.pk}/lift/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.lifted_at is None


def test_an_official_of_the_province_may_close_every_commune(visitor, commune, official):
    person = UserFactory()
    grant_role(user=person, role="province-official")
    visitor.force_login(person)

    visitor.post("/board/closures/new/", wish(commune, confirmed="yes"))

    assert Closure.objects.get().opened_by == person


def test_lifting_and_refunding_are_acts_of_the_closure_s_page(board, booked, commune, official):
    closure = close(commune, by=official)

    refunded = board.post(f"/board/closures/{closure.pk}/refund/", follow=True).content.decode()
    lifted = board.post(f"/board/closures/{closure.pk}/lift/", follow=True).content.decode()

    assert "1 booking is refunded." in refunded
    assert "600.000\u00a0₫" in refunded
    assert "Xã Mường Thử is open again." in lifted
    assert "opened again by Lường Thị Xuân" in lifted
    assert "The way is free: open it again" not in lifted


@pytest.mark.parametrize("others", [0, 3])
def test_the_page_of_a_closure_costs_the_same_however_many_it_affects(
    board, booked, commune, official, others, django_assert_num_queries
):
    for number in range(others):
        order_of(booked.room, in_so_many_days=20 + 3 * number)
    closure = close(commune, by=official, last=40)
    board.get("/board/")

    with django_assert_num_queries(10):
        board.get(f"/board/closures/{closure.pk}/")


# --- Guests -----------------------------------------------------------------------------------------


def guest_page(visitor: Client, booked: Any) -> str:
    """The address of the guests' page, as the page of their order links to it."""
    order = booked.order
    page = visitor.get(f"/orders/{order.number}/?key={order.placement.secret}").content.decode()
    assert "Come on other days, or have your money back" in page
    return re.search(r'href="(/closures/[^"]+/)"', page)[1]


def test_the_order_s_page_leads_its_guests_to_their_choice_and_the_refund_is_said_first(
    visitor, booked, commune, official
):
    close(commune, by=official)
    address = guest_page(visitor, booked)

    asked = visitor.get(address).content.decode()
    done = visitor.post(address, {"choice": "refund"}, follow=True).content.decode()

    assert "All you have paid for it: <strong>600.000\u00a0₫</strong>" in asked
    assert WORDS in asked
    assert "600.000\u00a0₫ goes back to you." in done
    assert only_offer().state == "refunded"


def test_guests_choose_other_days_from_those_that_are_free(visitor, booked, commune, official):
    close(commune, by=official)
    address = guest_page(visitor, booked)
    response = visitor.get(address)
    days = response.context["page"].days
    assert in_days(13) in days
    assert not {in_days(day) for day in range(8, 13)} & set(days)

    done = visitor.post(address, {"choice": "move", "day": in_days(20).isoformat()}, follow=True)

    assert "Nothing more is to be paid." in done.content.decode()
    assert Booking.objects.get().first_night == in_days(20)


def test_a_day_that_is_gone_is_named_and_the_choice_stays_open(visitor, booked, commune, official):
    close(commune, by=official)
    address = guest_page(visitor, booked)

    response = visitor.post(address, {"choice": "move", "day": in_days(10).isoformat()})

    assert response.status_code == 422
    assert "These nights are no longer free. Choose others from the list." in response.content.decode()
    assert only_offer().state == "open"


def test_choosing_after_it_was_decided_says_so(visitor, booked, commune, official):
    close(commune, by=official)
    address = guest_page(visitor, booked)
    visitor.post(address, {"choice": "move", "day": in_days(20).isoformat()})

    late = visitor.post(address, {"choice": "refund"}, follow=True).content.decode()

    assert "This was decided already: moved to other days." in late
    assert Offer.objects.get().state == "moved"


def test_a_page_whose_address_was_made_up_is_not_there(visitor, booked, commune, official):
    close(commune, by=official)
    address = selectors.path_of(only_offer())

    assert visitor.get(address).status_code == 200
    assert visitor.get(address[:-3] + "xy/").status_code == 404
    assert visitor.get(f"/closures/{only_offer().pk}/").status_code == 404


def test_guests_whose_way_is_free_again_hear_that_their_booking_stands(
    visitor, board, booked, commune, official
):
    closure = close(commune, by=official)
    address = selectors.path_of(only_offer())
    board.post(f"/board/closures/{closure.pk}/lift/")

    assert "The way is free again: your booking stands." in visitor.get(address).content.decode()
