from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.errors import Invalid
from tests.factories import TourFactory
from tourism.tours import schedules, seats
from tourism.tours.models import Departure, Schedule, Tour

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 12, 1, 9, tzinfo=HANOI)
TODAY = date(2026, 12, 1)  # a Tuesday
CODES = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
days = st.dates(date(2026, 1, 1), date(2028, 12, 31))


def schedule_of(rule: str, *, months: list[int] | None = None, **facts) -> Schedule:
    """A schedule that is not saved."""
    tour = Tour(months=months or [], days=1, capacity=10, min_group=2, adult_vnd=1, child_vnd=1)
    return Schedule(**({"tour": tour, "rule": rule, "first_on": TODAY, "starts_at_time": time(8)} | facts))


@given(
    codes=st.sets(st.sampled_from(CODES), min_size=1),
    first_on=days,
    length=st.integers(0, 120),
    interval=st.integers(1, 6),
    excepted=st.sets(st.integers(0, 120), max_size=8),
    added=st.sets(st.integers(0, 120), max_size=4),
)
def test_a_weekly_rule_gives_the_days_that_counting_by_hand_gives(
    codes, first_on, length, interval, excepted, added
):
    last = first_on + timedelta(days=length)
    except_on = [first_on + timedelta(days=n) for n in sorted(excepted)]
    also_on = [first_on + timedelta(days=n) for n in sorted(added)]
    schedule = schedule_of(
        f"FREQ=WEEKLY;INTERVAL={interval};BYDAY={','.join(sorted(codes))}",
        first_on=first_on,
        except_on=except_on,
        also_on=also_on,
    )
    monday = first_on - timedelta(days=first_on.weekday())

    found = schedules.days_of(schedule, first=first_on, last=last)

    by_hand = [
        day
        for day in (first_on + timedelta(days=n) for n in range(length + 1))
        if day not in except_on
        and (day in also_on or (CODES[day.weekday()] in codes and (day - monday).days // 7 % interval == 0))
    ]
    assert found == by_hand


@given(text=st.text(max_size=60) | st.from_regex(r"(FREQ|BYDAY|COUNT|UNTIL|INTERVAL)=[A-Z0-9,;=]{0,30}"))
def test_whatever_is_written_as_a_rule_is_read_or_refused_in_words(text):
    try:
        rule = schedules.check_rule(text)
    except Invalid:
        return
    found = schedules.days_of(schedule_of(rule), first=TODAY, last=TODAY + timedelta(days=400))
    assert found == sorted(set(found))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=SECONDLY", "Say how often"),
        ("FREQ=HOURLY;BYHOUR=1", "cannot say BYHOUR"),
        ("FREQ=DAILY;COUNT=999999999", "cannot say COUNT"),
        ("FREQ=DAILY;UNTIL=29991231", "cannot say UNTIL"),
        ("FREQ=WEEKLY;INTERVAL=0", "INTERVAL is a number from 1 to 52"),
        ("FREQ=WEEKLY;INTERVAL=99", "INTERVAL is a number from 1 to 52"),
        ("FREQ=WEEKLY;BYDAY=XX", "cannot be read"),
        ("", "Say how often"),
    ],
)
def test_a_rule_that_will_not_do_is_refused_in_its_own_words(rule, words):
    with pytest.raises(Invalid, match=words):
        schedules.check_rule(rule)


def test_a_rule_may_be_written_with_its_prefix_and_in_small_letters():
    assert schedules.check_rule(" rrule:freq=monthly;byday=1sa ") == "FREQ=MONTHLY;BYDAY=1SA"


def test_the_months_of_the_tour_are_kept():
    schedule = schedule_of("FREQ=WEEKLY;BYDAY=SA", months=[1])

    found = schedules.days_of(schedule, first=TODAY, last=date(2027, 3, 1))

    assert {day.month for day in found} == {1}
    assert len(found) == 5


@pytest.mark.django_db
def test_departures_are_opened_with_the_numbers_of_the_tour_and_never_twice():
    tour = TourFactory(
        days=2, capacity=12, min_group=4, cut_off_hours=48, adult_vnd=1_700_000, child_vnd=1_190_000
    )
    schedule = Schedule.objects.create(
        tour=tour, rule="FREQ=WEEKLY;BYDAY=SA", first_on=TODAY, starts_at_time=time(7, 30), guide="Vàng A Sơn"
    )

    assert schedules.open_departures(schedule, now=NOW, days=14) == 2
    assert schedules.open_departures(schedule, now=NOW, days=21) == 1
    assert schedules.open_departures(schedule, now=NOW, days=21) == 0

    first = Departure.objects.order_by("starts_at").first()
    assert first.starts_at == datetime(2026, 12, 5, 7, 30, tzinfo=HANOI)
    assert (first.last_day, first.cut_off_at) == (date(2026, 12, 6), first.starts_at - timedelta(hours=48))
    assert (first.capacity, first.min_group, first.adult_vnd, first.guide) == (12, 4, 1_700_000, "Vàng A Sơn")


@pytest.mark.django_db
def test_a_departure_that_was_cancelled_is_not_opened_again():
    tour = TourFactory()
    schedule = Schedule.objects.create(tour=tour, rule="FREQ=DAILY", first_on=TODAY)
    schedules.open_departures(schedule, now=NOW, days=5)
    Departure.objects.update(state=Departure.State.CANCELLED)

    assert schedules.open_departures(schedule, now=NOW, days=5) == 0


@pytest.mark.django_db
def test_every_day_the_departures_of_eighteen_months_are_open():
    tour = TourFactory(cut_off_hours=0)
    Schedule.objects.create(tour=tour, rule="FREQ=DAILY", first_on=TODAY)
    Schedule.objects.create(tour=TourFactory(is_public=False), rule="FREQ=DAILY", first_on=TODAY)

    assert schedules.keep_open(now=NOW) == schedules.OPEN_DAYS - 1  # today's has started
    assert schedules.keep_open(now=NOW + timedelta(days=1)) == 1


@pytest.mark.django_db
def test_ending_a_schedule_keeps_departures_with_guests_and_opens_no_more():
    schedule = Schedule.objects.create(tour=TourFactory(), rule="FREQ=DAILY", first_on=TODAY)
    schedules.open_departures(schedule, now=NOW, days=10)
    booked = Departure.objects.order_by("starts_at").last()
    seats.book(departure_id=booked.pk, adults=1, children=0, channel="host", now=NOW)

    schedules.end(schedule, now=NOW)

    assert list(Departure.objects.all()) == [booked]
    assert schedules.keep_open(now=NOW) == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("starts_at", "words"),
    [
        (NOW, "already over"),
        (NOW + timedelta(days=600), "within the next eighteen months"),
        (NOW + timedelta(days=9), "already starts at that moment"),
    ],
)
def test_a_single_departure_at_a_moment_that_will_not_do_is_refused(starts_at, words):
    tour = TourFactory()
    schedules.add_departure(tour, starts_at=NOW + timedelta(days=9), now=NOW)

    with pytest.raises(Invalid, match=words):
        schedules.add_departure(tour, starts_at=starts_at, now=NOW)

    assert tour.departures.count() == 1
