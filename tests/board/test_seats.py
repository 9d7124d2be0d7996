"""Parties of a tour in a closed commune: another departure at the price paid, or all of the money."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.utils import timezone

from marketplace.board import selectors, services
from marketplace.errors import DepartureUnreachable, Invalid, SeatsTaken
from marketplace.settlement.models import PartClock, Refund
from payments.providers.base import Outcome
from tests.board.conftest import close, only_offer
from tests.factories import TourFactory
from tests.shop.conftest import in_days
from tests.shop.silent import tell
from tests.shop.test_seats import departure_in, order_of, taken_of, tour_options  # noqa: F401  (fixture)
from tourism.tours import seats
from tourism.tours.models import SeatBooking

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("post", "tour_options")]


@pytest.fixture
def party(commune, official) -> SimpleNamespace:
    """Two adults who paid 1.200.000 ₫ for a departure in ten days, in a commune that was closed since."""
    tour = TourFactory(commune=commune, adult_vnd=600_000, child_vnd=420_000, capacity=10)
    departure = departure_in(10, tour=tour)
    placed = order_of(departure, adults=2)
    tell(placed.intent.pk, Outcome.SUCCEEDED)
    close(commune, by=official)
    return SimpleNamespace(tour=tour, departure=departure, order=placed.order)


def test_a_party_is_offered_the_other_departures_of_its_tour(party):
    later = departure_in(20, tour=party.tour)
    departure_in(21, tour=party.tour, capacity=1, min_group=1)  # too small
    departure_in(11, tour=party.tour)  # opened after the closure, and swept by the next minute
    departure_in(22)  # of another tour

    page = selectors.guest_offer(only_offer(), now=timezone.now())

    assert only_offer().first_day == in_days(10)
    assert later in page.departures
    assert {each.tour_id for each in page.departures} == {party.tour.pk}
    assert all(each.left >= 2 for each in page.departures)
    assert (page.back_vnd, page.days) == (1_200_000, [])


def test_moving_takes_the_new_seats_and_frees_the_old_ones_at_the_same_price(party):
    later = departure_in(20, tour=party.tour)

    offer = services.move_seats(offer_id=only_offer().pk, departure_id=later.pk, now=timezone.now())
    services.move_seats(offer_id=offer.pk, departure_id=later.pk, now=timezone.now())

    assert (offer.state, offer.moved_to) == ("moved", in_days(20))
    booking = SeatBooking.objects.get()
    assert (booking.departure, booking.amount_vnd, booking.state) == (later, 1_200_000, "confirmed")
    assert (taken_of(party.departure), taken_of(later)) == (0, 2)
    clock = PartClock.objects.get(part__order=party.order)
    assert timezone.localdate(clock.expected_at) == in_days(21)
    assert not Refund.objects.exists()


def test_a_full_departure_and_one_of_another_tour_are_refused(party):
    full = departure_in(20, tour=party.tour, capacity=2, min_group=2, taken=1)
    other = departure_in(21)

    with pytest.raises(SeatsTaken, match="has 1 free seats, you wanted 2"):
        services.move_seats(offer_id=only_offer().pk, departure_id=full.pk, now=timezone.now())
    with pytest.raises(Invalid, match=r"Choose another departure of the same tour\."):
        services.move_seats(offer_id=only_offer().pk, departure_id=other.pk, now=timezone.now())

    assert only_offer().state == "open"
    assert taken_of(party.departure) == 2


def test_seats_of_a_closed_departure_are_refused_with_the_official_s_words(party):
    with pytest.raises(DepartureUnreachable, match=r"“Leo đỉnh Pú Huốt” on .* cannot go: Lũ cuốn trôi cầu"):
        seats.book(departure_id=party.departure.pk, adults=1, children=0, channel="host", now=timezone.now())

    assert taken_of(party.departure) == 2


def test_a_party_has_all_its_money_back(party):
    offer = services.refund(offer_id=only_offer().pk, chosen_by="guest", now=timezone.now())

    assert (offer.state, offer.refunded_vnd) == ("refunded", 1_200_000)
    assert list(Refund.objects.values_list("amount_vnd", flat=True)) == [1_200_000]
    assert taken_of(party.departure) == 0


def test_the_page_of_a_party_moves_it(visitor, party):
    later = departure_in(20, tour=party.tour)
    address = selectors.path_of(only_offer())

    done = visitor.post(address, {"choice": "move", "departure": later.pk}, follow=True)

    assert "Nothing more is to be paid." in done.content.decode()
    assert SeatBooking.objects.get().departure == later
