from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from marketplace.errors import NightsTaken
from tests.factories import RoomTypeFactory
from tourism import nights
from tourism.models import RoomNight
from tourism.nights import Wanted

FIRST = date(2026, 12, 1)


@pytest.mark.django_db
def test_a_quote_adds_the_nights_up_and_names_those_that_are_not_free():
    room = RoomTypeFactory(price_vnd=300_000, rooms=2, open_from=FIRST, open_to=FIRST + timedelta(days=2))
    room.nights.filter(night_on=date(2026, 12, 2)).update(price_vnd=350_000, taken=1)

    quote = nights.quote(room_type_id=room.pk, first_night=FIRST, nights=4, rooms=2)

    assert quote.total_vnd == 2 * (300_000 + 350_000 + 300_000)
    assert [(each.night_on, each.left) for each in quote.missing] == [
        (date(2026, 12, 2), 1),
        (date(2026, 12, 4), 0),
    ]
    assert not quote.free


@pytest.mark.django_db
def test_a_quote_costs_one_query_whatever_the_nights(django_assert_num_queries):
    room = RoomTypeFactory(open_from=FIRST)

    with django_assert_num_queries(1):
        nights.quote(room_type_id=room.pk, first_night=FIRST, nights=20, rooms=1)


@pytest.mark.django_db
def test_taking_is_all_or_nothing_over_several_rooms():
    one = RoomTypeFactory(rooms=1, open_from=FIRST)
    other = RoomTypeFactory(rooms=1, open_from=FIRST)
    other.nights.filter(night_on=date(2026, 12, 2)).update(taken=1)

    with (
        pytest.raises(NightsTaken, match=r"for the night of 02/12/2026: 0 free, you wanted 1"),
        transaction.atomic(),
    ):
        nights.take([Wanted(one.pk, FIRST, 2, 1), Wanted(other.pk, FIRST, 2, 1)])

    assert RoomNight.objects.filter(taken__gt=0).count() == 1


@pytest.mark.django_db
def test_two_wishes_for_the_same_night_are_added_up():
    room = RoomTypeFactory(rooms=3, open_from=FIRST)

    with pytest.raises(NightsTaken), transaction.atomic():
        nights.take([Wanted(room.pk, FIRST, 1, 2), Wanted(room.pk, FIRST, 1, 2)])

    nights.take([Wanted(room.pk, FIRST, 1, 2), Wanted(room.pk, FIRST, 1, 1)])
    assert room.nights.get(night_on=FIRST).taken == 3


@pytest.mark.django_db
def test_the_database_itself_refuses_to_sell_a_night_twice():
    room = RoomTypeFactory(rooms=1, open_from=FIRST)

    with pytest.raises(IntegrityError, match="night_not_oversold"), transaction.atomic():
        RoomNight.objects.filter(room_type=room).update(taken=F("taken") + 2)


@pytest.mark.django_db
def test_opening_nights_again_keeps_what_was_sold():
    room = RoomTypeFactory(rooms=2, open_from=FIRST, open_to=FIRST + timedelta(days=1))
    nights.take([Wanted(room.pk, FIRST, 1, 1)])

    nights.open_nights(room_type=room, first_night=FIRST, last_night=FIRST + timedelta(days=3))

    taken = room.nights.order_by("night_on").values_list("taken", flat=True)
    assert list(taken) == [1, 0, 0, 0]


wishes = st.builds(
    lambda start, length, rooms, which: (which, start, length, rooms),
    st.integers(0, 6),
    st.integers(1, 4),
    st.integers(1, 2),
    st.integers(0, 1),
)


class NightsMachine(RuleBasedStateMachine):
    """Compares the nights with a dict of what was taken."""

    @initialize()
    def open(self) -> None:
        self.rooms = [
            RoomTypeFactory(rooms=number, open_from=FIRST, open_to=FIRST + timedelta(days=9))
            for number in (1, 3)
        ]
        self.taken = {(room.pk, FIRST + timedelta(days=day)): 0 for room in self.rooms for day in range(10)}
        self.held: list[Wanted] = []

    @rule(wish=wishes)
    def take(self, wish: tuple[int, int, int, int]) -> None:
        which, start, length, number = wish
        room = self.rooms[which]
        wanted = Wanted(room.pk, FIRST + timedelta(days=start), length, number)
        free = all(self.taken[room.pk, day] + number <= room.rooms for day in wanted.days)
        if not free:
            with pytest.raises(NightsTaken), transaction.atomic():
                nights.take([wanted])
            return
        nights.take([wanted])
        self.held.append(wanted)
        for day in wanted.days:
            self.taken[room.pk, day] += number

    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        if not self.held:
            return
        wanted = self.held.pop(data.draw(st.integers(0, len(self.held) - 1)))
        nights.give_back([wanted])
        for day in wanted.days:
            self.taken[wanted.room_type_id, day] -= wanted.rooms

    @invariant()
    def nights_match_the_model(self) -> None:
        if not hasattr(self, "taken"):
            return
        rows = RoomNight.objects.filter(room_type__in=self.rooms).values_list(
            "room_type_id", "night_on", "taken"
        )
        assert {(room, day): taken for room, day, taken in rows} == self.taken


class TestNightsMachine(NightsMachine.TestCase, TestCase):
    """Each example runs in a transaction that is rolled back."""


TestNightsMachine.settings = hypothesis_settings(max_examples=25, stateful_step_count=20, deadline=None)
