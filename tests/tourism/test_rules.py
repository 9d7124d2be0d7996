"""Which nights may be booked together, and when, each refusal in its own words."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from marketplace.errors import Invalid
from tests.factories import RoomTypeFactory
from tourism import rules
from tourism.models import BookingRule, RoomType

FRIDAY = date(2026, 12, 4)
NOW = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
TET = {"first_on": date(2027, 2, 4), "last_on": date(2027, 2, 10)}

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    made = RoomTypeFactory(rooms=2, sleeps=2)
    return RoomType.objects.select_related("stay").get(pk=made.pk)


def rule(room, **facts) -> BookingRule:
    return BookingRule.objects.create(stay=room.stay, **facts)


def check(room, *, first_night: date = FRIDAY, nights: int = 1, now: datetime = NOW) -> None:
    rules.check(room, first_night=first_night, nights=nights, now=now)


def test_without_rules_everything_may_be_booked(room):
    check(room, nights=30)


@pytest.mark.parametrize(
    ("facts", "wish", "field", "words"),
    [
        ({"min_nights": 2}, {"nights": 1}, "nights", "Who arrives on 04/12/2026 stays at least 2 nights."),
        ({"max_nights": 3}, {"nights": 4}, "nights", "Who arrives on 04/12/2026 stays at most 3 nights."),
        ({"arrival_days": [5, 0]}, {}, "first_night", "Guests arrive here only on: Monday, Saturday."),
        ({"lead_hours": 24}, {"first_night": date(2026, 11, 23)}, "first_night", "24 hours before check-in"),
        ({"window_days": 30}, {"first_night": date(2026, 12, 30)}, "first_night", "at most 30 days ahead"),
    ],
)
def test_a_rule_that_is_not_kept_says_what_to_change(room, facts, wish, field, words):
    rule(room, **facts)

    with pytest.raises(Invalid, match=words) as refusal:
        check(room, **wish)

    assert refusal.value.field == field


def test_a_rule_with_days_goes_before_one_without(room):
    rule(room, **TET, min_nights=3)
    rule(room, min_nights=1, max_nights=5)

    check(room, nights=1)
    with pytest.raises(Invalid, match="at least 3 nights"):
        check(room, first_night=date(2027, 2, 5), nights=2)
    with pytest.raises(Invalid, match="at most 5 nights"):
        check(room, first_night=date(2027, 2, 5), nights=6)


def test_a_rule_of_one_room_says_nothing_of_the_others(room):
    other = RoomTypeFactory(stay=room.stay, kind="floor")
    rule(room, room_type=other, min_nights=4)

    check(room, nights=1)
    with pytest.raises(Invalid, match="at least 4 nights"):
        check(other, nights=1)


def test_rules_cost_one_query_or_none(room, django_assert_num_queries):
    rule(room, min_nights=1)

    with django_assert_num_queries(1):
        check(room)
    known = list(room.stay.booking_rules.all())
    with django_assert_num_queries(0):
        rules.check(room, first_night=FRIDAY, nights=1, now=NOW, rules=known)


@pytest.mark.parametrize(
    ("first_night", "nights", "field", "words"),
    [
        (FRIDAY - timedelta(days=30), 1, "first_night", "already over"),
        (FRIDAY, -2, "leaves_on", "before the first night. Exchange the two"),
        (FRIDAY, 0, "leaves_on", "must be after the first night"),
        (FRIDAY, 400, "nights", "400 nights are too many: at most 30"),
    ],
)
def test_senseless_dates_get_words_of_their_own(first_night, nights, field, words):
    with pytest.raises(Invalid, match=words) as refusal:
        rules.check_dates(first_night=first_night, nights=nights, today=NOW.date())

    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("party", "field", "words"),
    [
        ({"guests": 0}, "guests", "Nobody would come"),
        ({"guests": 2, "children": 2}, "children", "At least one guest must be grown up"),
        ({"guests": 2, "children": -1}, "children", "Choose no children, or some"),
        ({"guests": 3, "rooms": 1}, "guests", "sleeps 2 guests"),
        ({"guests": 1, "rooms": 0}, "rooms", "from 1 to 2 rooms"),
        ({"guests": 1, "rooms": 3}, "rooms", "from 1 to 2 rooms"),
    ],
)
def test_senseless_parties_get_words_of_their_own(room, party, field, words):
    with pytest.raises(Invalid, match=words) as refusal:
        rules.check_guests(room, **{"rooms": 1, "children": 0, **party})

    assert refusal.value.field == field
