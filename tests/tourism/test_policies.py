"""What goes back to somebody who cancels, and until when."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from tourism import policies
from tourism.models import CancellationPolicy

CHECK_IN = datetime(2026, 12, 12, 14, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
TODAY = date(2026, 11, 23)
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


def policy(code: str, **kwargs) -> policies.Frozen:
    return policies.frozen(policies.policy_on(code, on=TODAY), **kwargs)


@pytest.mark.parametrize(
    ("code", "hours_before", "percent"),
    [
        ("flexible", 25, 100),
        ("flexible", 24, 50),
        ("flexible", 1, 50),
        ("flexible", 0, 0),
        ("moderate", 121, 100),
        ("moderate", 119, 50),
        ("moderate", 23, 0),
        ("firm", 337, 100),
        ("firm", 169, 50),
        ("firm", 167, 0),
        ("strict", 721, 100),
        ("strict", 337, 50),
        ("strict", 335, 0),
    ],
)
def test_the_four_policies_give_back_what_they_say(code, hours_before, percent):
    given_back = policies.refund_percent(policy(code), starts_at=CHECK_IN, now=CHECK_IN - hours_before * HOUR)

    assert given_back == percent


def test_what_has_no_policy_is_given_back_until_it_begins():
    assert policies.refund_percent({}, starts_at=CHECK_IN, now=CHECK_IN - HOUR) == 100
    assert policies.refund_percent({}, starts_at=CHECK_IN, now=CHECK_IN) == 0


def test_the_steps_have_real_dates_and_those_that_are_over_can_be_left_out():
    steps = policies.steps_with_dates(policy("moderate"), starts_at=CHECK_IN)
    later = policies.steps_with_dates(policy("moderate"), starts_at=CHECK_IN, after=CHECK_IN - 48 * HOUR)

    assert [(f"{step.until:%d/%m %H:%M}", step.refund_percent) for step in steps] == [
        ("07/12 14:00", 100),
        ("11/12 14:00", 50),
    ]
    assert later == steps[1:]


def test_a_booking_keeps_the_words_and_numbers_of_its_day():
    CancellationPolicy.objects.create(
        code="firm",
        valid_from=date(2027, 1, 1),
        name="Chặt chẽ",
        name_en="Firm",
        text="Không hoàn.",
        text_en="Nothing back.",
        steps=[{"hours_before": 0, "refund_percent": 0}],
    )

    before = policies.frozen(policies.policy_on("firm", on=date(2026, 12, 31)), language="en")
    after = policies.frozen(policies.policy_on("firm", on=date(2027, 1, 1)), language="vi")

    assert before["name"] == "Firm"
    assert [step["refund_percent"] for step in before["steps"]] == [100, 50]
    assert after == {
        "code": "firm",
        "name": "Chặt chẽ",
        "text": "Không hoàn.",
        "steps": [{"hours_before": 0, "refund_percent": 0}],
    }


def test_a_day_without_a_policy_is_an_error_and_not_a_gift():
    with pytest.raises(KeyError):
        policies.policy_on("firm", on=date(2019, 1, 1))


@pytest.mark.parametrize(
    "steps",
    [
        None,
        [],
        [{"hours_before": 24}],
        [{"hours_before": -1, "refund_percent": 50}],
        [{"hours_before": 24, "refund_percent": 101}],
        [{"hours_before": "24", "refund_percent": 50}],
        [{"hours_before": 24, "refund_percent": 50}, {"hours_before": 12, "refund_percent": 100}],
        [{"hours_before": 24, "refund_percent": 50}, {"hours_before": 24, "refund_percent": 40}],
    ],
)
def test_steps_nobody_could_read_are_refused(steps):
    with pytest.raises(ValidationError):
        policies.check_steps(steps)


def test_the_steps_of_every_policy_can_be_read():
    for row in CancellationPolicy.objects.all():
        policies.check_steps(row.steps)
