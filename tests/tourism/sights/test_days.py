"""The days of a festival are the same every year of its calendar: of the sun, or of the moon."""

from datetime import date

import pytest

from tourism.sights.days import is_during, next_days
from tourism.sights.models import Festival

HOA_BAN = Festival(calendar="solar", first_day="03-13", last_day="03-18")
BAN_PHU = Festival(calendar="lunar", first_day="02-24", last_day="02-25")
NEW_YEARS_EVE = Festival(calendar="lunar", first_day="12-30", last_day="12-30")


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2026, 11, 23), date(2027, 3, 13), date(2027, 3, 18)),
        (date(2027, 3, 13), date(2027, 3, 13), date(2027, 3, 18)),
        (date(2027, 3, 18), date(2027, 3, 13), date(2027, 3, 18)),
        (date(2027, 3, 19), date(2028, 3, 13), date(2028, 3, 18)),
    ],
)
def test_a_solar_festival_comes_on_the_same_days_and_one_that_goes_on_is_the_next(today, first, last):
    assert next_days(HOA_BAN, today=today) == (first, last)


def test_a_lunar_festival_moves_with_the_moon():
    # The first day of the second lunar month: 8 March 2027 and 25 February 2028.
    assert next_days(BAN_PHU, today=date(2026, 11, 23)) == (date(2027, 3, 31), date(2027, 4, 1))
    assert next_days(BAN_PHU, today=date(2027, 4, 2)) == (date(2028, 3, 19), date(2028, 3, 20))


def test_a_lunar_year_that_ends_in_the_next_solar_year_is_not_skipped():
    # Tết 2027 is on 6 February: the 12th month of the lunar year 2026 has 29 days.
    assert next_days(NEW_YEARS_EVE, today=date(2027, 1, 10)) == (date(2027, 2, 5), date(2027, 2, 5))


def test_days_that_are_announced_every_year_are_not_invented():
    assert next_days(Festival(when="đầu tháng 12", months=[12]), today=date(2026, 11, 23)) is None


@pytest.mark.parametrize(
    ("first_night", "leaves_on", "there"),
    [
        (date(2027, 3, 10), date(2027, 3, 12), False),
        (date(2027, 3, 10), date(2027, 3, 13), True),
        (date(2027, 3, 18), date(2027, 3, 20), True),
        (date(2027, 3, 19), date(2027, 3, 20), False),
    ],
)
def test_guests_are_there_from_the_day_they_come_to_the_day_they_leave(first_night, leaves_on, there):
    days = (date(2027, 3, 13), date(2027, 3, 18))

    assert is_during(days, first_night=first_night, leaves_on=leaves_on) is there


def test_nobody_is_there_on_days_that_are_not_known():
    assert not is_during(None, first_night=date(2027, 3, 13), leaves_on=date(2027, 3, 14))
