"""The calendar shows which nights are free; tapping twice chooses an arrival and a departure."""

from datetime import date, timedelta

from marketplace.shop.catalogue.month_grid import (
    Choice,
    first_month_shown,
    last_day_shown,
    month_after,
    months,
)
from tourism.selectors import Night

TODAY = date(2027, 3, 10)
MARCH = date(2027, 3, 1)
NOTHING_YET = Choice(None, None)


def cells(*, left: dict[date, int], choice: Choice = NOTHING_YET, rooms: int = 1, few: int = 1):
    shown = months(
        first_month=MARCH,
        today=TODAY,
        nights={day: Night(1, day, number, 300_000) for day, number in left.items()},
        rooms=rooms,
        few=few,
        choice=choice,
        link=lambda after: f"{after.first_night}..{after.leaves_on}",
    )
    return {cell.on: cell for month in shown for week in month.weeks for cell in week if cell}


def day(number: int) -> date:
    return date(2027, 3, number)


def test_two_months_show_each_of_their_days_once_with_weeks_from_monday():
    shown = months(
        first_month=date(2027, 2, 1),
        today=TODAY,
        nights={},
        rooms=1,
        few=1,
        choice=NOTHING_YET,
        link=str,
    )

    days = [cell.on for month in shown for week in month.weeks for cell in week if cell]
    assert days == [date(2027, 2, 1) + timedelta(days=number) for number in range(59)]
    assert all(
        cell.on.weekday() == place for week in shown[0].weeks for place, cell in enumerate(week) if cell
    )


def test_a_night_is_free_few_full_closed_or_past():
    shown = cells(left={day(9): 3, day(11): 3, day(12): 2, day(13): 1}, rooms=2, few=2)

    states = {number: shown[day(number)].state for number in (9, 11, 12, 13, 14)}
    assert states == {9: "past", 11: "free", 12: "few", 13: "full", 14: "closed"}
    assert [number for number in (9, 11, 12, 13, 14) if shown[day(number)].href] == [11, 12]


def test_the_first_tap_arrives_the_second_leaves_and_the_third_begins_again():
    left = dict.fromkeys(map(day, range(10, 21)), 3)

    first = cells(left=left)
    second = cells(left=left, choice=Choice(day(12), None))
    third = cells(left=left, choice=Choice(day(12), day(14)))

    assert first[day(12)].href == "2027-03-12..None"
    assert second[day(14)].href == "2027-03-12..2027-03-14"
    assert second[day(11)].href == "2027-03-11..None"
    assert third[day(18)].href == "2027-03-18..None"
    assert [number for number in range(10, 21) if third[day(number)].chosen] == [12, 13]


def test_one_can_leave_on_a_day_whose_night_is_full_but_not_arrive():
    left = {day(12): 3, day(13): 0}

    arriving, leaving = cells(left=left), cells(left=left, choice=Choice(day(12), None))

    assert arriving[day(13)].href is None
    assert leaving[day(13)].href == "2027-03-12..2027-03-13"


def test_months_that_have_passed_or_lie_too_far_ahead_are_not_shown():
    assert first_month_shown(wanted=None, today=TODAY) == MARCH
    assert first_month_shown(wanted=date(2020, 1, 1), today=TODAY) == MARCH
    assert first_month_shown(wanted=date(9999, 12, 1), today=TODAY) == date(2028, 3, 1)
    assert month_after(date(2027, 12, 1), 1) == date(2028, 1, 1)
    assert last_day_shown(MARCH) == date(2027, 4, 30)
