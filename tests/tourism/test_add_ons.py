"""Meals and add-ons: what is offered, what it costs a party, and what is written down."""

import pytest

from marketplace.errors import Invalid
from tests.factories import RoomTypeFactory
from tourism import add_ons
from tourism.add_ons import Party
from tourism.models import AddOn

pytestmark = pytest.mark.django_db

FAMILY = Party(guests=4, children=2, nights=3)


@pytest.fixture
def room():
    return RoomTypeFactory()


def offer(
    room, *, kind: str = "dinner", per: str = "guest-night", price_vnd: int = 120_000, **facts
) -> AddOn:
    return AddOn.objects.create(
        stay=room.stay, kind=kind, per=per, name="Cơm tối", price_vnd=price_vnd, **facts
    )


def priced(room, *, child_percent: int = 100, **pieces) -> list[tuple[int, int]]:
    chosen = add_ons.priced(
        room, {int(key[1:]): number for key, number in pieces.items()}, FAMILY, child_percent=child_percent
    )
    return [(each.quantity, each.amount_vnd) for each in chosen]


def test_a_choice_survives_being_text():
    pieces = {15: 3, 2: 1}

    assert add_ons.packed(pieces) == "2:1,15:3"
    assert add_ons.unpacked(add_ons.packed(pieces)) == pieces
    assert add_ons.unpacked("") == {}
    assert add_ons.packed({3: 0}) == ""


def test_dinners_are_for_everybody_on_every_night_and_children_pay_their_share(room):
    dinner = offer(room)

    assert priced(room, **{f"x{dinner.pk}": 1}) == [(12, 12 * 120_000)]
    assert priced(room, child_percent=50, **{f"x{dinner.pk}": 1}) == [(12, 6 * 120_000 + 6 * 60_000)]


def test_what_is_for_guests_costs_once_each_and_pieces_cost_by_the_piece(room):
    bath = offer(room, kind="other", per="guest", price_vnd=50_000)
    fire = offer(room, kind="other", per="piece", price_vnd=200_000)

    assert priced(room, child_percent=0, **{f"x{bath.pk}": 1}) == [(4, 100_000)]
    assert priced(room, **{f"x{fire.pk}": 2}) == [(2, 400_000)]


def test_meals_stand_in_the_order_of_the_day(room):
    rest = offer(room, kind="other", per="piece")
    dinner, breakfast = offer(room), offer(room, kind="breakfast")
    offer(room, kind="lunch", is_offered=False)

    assert add_ons.offered_by(room.stay_id) == [breakfast, dinner, rest]


@pytest.mark.parametrize(("number", "words"), [(0, "from 1 to 1"), (2, "from 1 to 1"), (-1, "from 1 to 1")])
def test_a_meal_is_for_all_or_nobody(room, number, words):
    with pytest.raises(Invalid, match=words):
        add_ons.check(room, {offer(room).pk: number})


def test_what_another_house_offers_cannot_be_chosen(room):
    elsewhere = offer(RoomTypeFactory())

    with pytest.raises(Invalid, match="does not offer this"):
        add_ons.check(room, {elsewhere.pk: 1})


def test_choosing_nothing_asks_nothing(room, django_assert_num_queries):
    with django_assert_num_queries(0):
        add_ons.check(room, {})
        add_ons.priced(room, {}, FAMILY, child_percent=50)
