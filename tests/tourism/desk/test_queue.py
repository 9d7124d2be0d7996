"""The queue as arithmetic: for every sequence of guests, whatever the houses can take."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tourism.desk import queue
from tourism.desk.queue import Candidate, Share

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def house(house_id: int, rank: int = 0, room_left: int = 4, **facts) -> Candidate:
    return Candidate(house_id, rank, facts.pop("last_turn_at", None), room_left, **facts)


def test_guests_go_to_the_house_with_the_fewest_turns():
    assert queue.share(2, [house(1, 3), house(2, 1), house(3, 2)], together_up_to=4) == [Share(2, 2)]


def test_of_equals_the_one_that_has_waited_longest_is_first():
    waited = [house(1, 2, last_turn_at=BEGAN + timedelta(days=5)), house(2, 2, last_turn_at=BEGAN)]

    assert queue.share(1, waited, together_up_to=4) == [Share(2, 1)]
    assert queue.share(1, [*waited, house(3, 2)], together_up_to=4) == [Share(3, 1)]


def test_a_party_stays_together_where_one_house_has_the_room():
    assert queue.share(4, [house(1, 0, 2), house(2, 1, 4)], together_up_to=4) == [Share(2, 4)]
    assert queue.share(4, [house(1, 0, 2), house(2, 1, 3)], together_up_to=4) == [Share(1, 2), Share(2, 2)]


def test_a_group_is_shared_out_house_by_house():
    houses = [house(1, 1, 4), house(2, 0, 6), house(3, 2, 8)]

    assert queue.share(11, houses, together_up_to=4) == [Share(2, 6), Share(1, 4), Share(3, 1)]


def test_guests_for_whom_there_is_no_room_are_given_to_nobody():
    assert queue.share(9, [house(1, 0, 4), house(2, 0, 4)], together_up_to=4) == []
    assert queue.share(1, [house(1, 0, 4, is_away=True)], together_up_to=4) == []
    assert queue.share(1, [], together_up_to=4) == []


def test_who_is_away_earns_nothing_and_loses_nothing():
    houses = [house(1, 0, is_away=True), house(2, 3), house(3, 5, is_away=True)]
    shares = queue.share(2, houses, together_up_to=4)

    assert shares == [Share(2, 2)]
    assert queue.lifted(houses, shares) == {1: 3}


@pytest.mark.parametrize(("ranks", "place"), [([], 0), ([7, 4, 5], 4)])
def test_a_newcomer_joins_with_the_lowest(ranks, place):
    assert queue.place_of_newcomer(ranks) == place


@given(
    sleeps=st.lists(st.integers(1, 12), min_size=2, max_size=8),
    parties=st.lists(st.tuples(st.integers(1, 30), st.sets(st.integers(0, 7))), max_size=60),
    together_up_to=st.integers(1, 8),
)
def test_nobody_is_more_than_a_turn_ahead_but_by_guests_the_other_could_not_take(
    sleeps, parties, together_up_to
):
    turns: Counter[int] = Counter()
    last: dict[int, datetime] = {}
    without = Counter()  # turns of a for guests that b could not take, by (a, b)
    for number, (guests, busy) in enumerate(parties):
        free = {one: 0 if one in busy else room for one, room in enumerate(sleeps)}
        houses = [Candidate(one, turns[one], last.get(one), room_left) for one, room_left in free.items()]
        shares = queue.share(guests, houses, together_up_to=together_up_to)

        assert all(0 < each.guests <= free[each.house_id] for each in shares)
        assert sum(each.guests for each in shares) in (0, guests)
        assert len({each.house_id for each in shares}) == len(shares)
        if not shares:
            assert sum(free.values()) < guests
        together = len(shares) == 1 and guests <= together_up_to
        able = {one for one, room in free.items() if room >= (guests if together else 1)}
        for each in shares:
            turns[each.house_id] += 1
            last[each.house_id] = BEGAN + timedelta(hours=number)
            for other in set(free) - able:
                without[each.house_id, other] += 1
        for a in free:
            for b in free:
                assert turns[a] - turns[b] <= 1 + without[a, b], (a, b, turns, shares)


@given(
    sleeps=st.lists(st.integers(4, 12), min_size=1, max_size=8),
    parties=st.lists(st.integers(1, 20), max_size=100),
)
def test_where_every_house_takes_a_party_all_stay_within_one_turn(sleeps, parties):
    turns: Counter[int] = Counter(dict.fromkeys(range(len(sleeps)), 0))
    last: dict[int, datetime] = {}
    for number, guests in enumerate(parties):
        houses = [Candidate(one, turns[one], last.get(one), room) for one, room in enumerate(sleeps)]
        for each in queue.share(guests, houses, together_up_to=4):
            turns[each.house_id] += 1
            last[each.house_id] = BEGAN + timedelta(hours=number)

        assert max(turns.values()) - min(turns.values()) <= 1
