"""A till: what it holds and since when, the bank's slips, and the rule staff are warned by."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from marketplace.counter import selectors
from marketplace.counter.errors import AlreadyBanked, MoreThanHeld, SlipKnown
from marketplace.counter.models import TillRule
from payments import tills
from payments.ledger.selectors import balance_vnd, overdrawn_since
from tests.counter.conftest import DUE_VND, asked_back, bank, count, paid_at
from tests.payments.threads import race

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rule() -> TillRule:
    TillRule.objects.all().delete()
    return TillRule.objects.create(
        valid_from=date(2020, 1, 1), max_days=3, max_vnd=500_000, source="operator's own rule"
    )


def posted(transfer_reference: str, *, days_ago: int) -> None:
    """Move the till's entry of an order or a slip into the past: the ledger itself knows only the present."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # the entries are append-only by a trigger
        cursor.execute(
            "UPDATE ledger_entry SET created_at = created_at - %s * interval '1 day' WHERE transfer_id IN "
            "(SELECT id FROM ledger_transfer WHERE reference = %s)",
            [days_ago, transfer_reference],
        )
        cursor.execute("SET session_replication_role = DEFAULT")


# --- The bank -----------------------------------------------------------------------------------


def test_banked_cash_leaves_the_till_and_sending_the_form_twice_records_it_once(office, agent):
    paid_at(office, agent)
    banking_id = uuid.uuid4()

    for _ in range(2):
        bank(office, agent, banking_id=banking_id, amount_vnd=150_000, slip="BK-7")

    assert tills.held_vnd("380000") == DUE_VND - 150_000
    assert balance_vnd("bank:settlement") == -150_000
    (banked,) = tills.bankings("380000", most=9)
    assert (banked.amount_vnd, banked.reference) == (150_000, "BK-7")
    assert (banked.by, banked.held_after_vnd) == (f"Cà Văn Điện #{agent.pk}", 67_000)


def test_more_than_the_till_holds_cannot_be_banked(office, agent):
    paid_at(office, agent)

    with pytest.raises(MoreThanHeld) as refused:
        bank(office, agent, amount_vnd=DUE_VND + 1)

    words = str(refused.value).replace("\xa0", " ")
    assert words.startswith("The till holds 217.000 ₫, you wrote 217.001 ₫.")
    assert tills.held_vnd("380000") == DUE_VND
    bank(office, agent, amount_vnd=DUE_VND)
    assert tills.held_vnd("380000") == 0


def test_an_empty_till_has_nothing_to_bank(office, agent):
    with pytest.raises(MoreThanHeld, match="holds 0"):
        bank(office, agent, amount_vnd=1)

    assert tills.tills() == []


def test_a_slip_is_recorded_once_though_another_till_may_have_its_number(office, other_office, agent):
    paid_at(office, agent)
    paid_at(other_office, agent)
    bank(office, agent, amount_vnd=100_000, slip="12")

    with pytest.raises(SlipKnown, match=r"Slip 12 is already recorded: 100\.000"):
        bank(office, agent, amount_vnd=100_000, slip="12")
    bank(other_office, agent, amount_vnd=100_000, slip="12")

    assert (tills.held_vnd("380000"), tills.held_vnd("381100")) == (117_000, 117_000)


def test_one_form_stands_for_one_banking(office, agent):
    paid_at(office, agent)
    banking_id = uuid.uuid4()
    bank(office, agent, banking_id=banking_id, amount_vnd=100_000, slip="1")

    with pytest.raises(AlreadyBanked):
        bank(office, agent, banking_id=banking_id, amount_vnd=50_000, slip="1")
    with pytest.raises(AlreadyBanked):
        bank(office, agent, banking_id=banking_id, amount_vnd=100_000, slip="2")

    assert tills.held_vnd("380000") == 117_000


@pytest.mark.django_db(transaction=True)
def test_two_forms_with_one_slip_at_once_record_it_once(office, agent):
    paid_at(office, agent)

    ends = race([lambda: bank(office, agent, amount_vnd=100_000, slip="12") for _ in range(4)])

    assert sorted(type(end).__name__ for end in ends) == ["NoneType", "SlipKnown", "SlipKnown", "SlipKnown"]
    assert tills.held_vnd("380000") == 117_000


@pytest.mark.django_db(transaction=True)
def test_four_forms_at_once_bank_no_more_than_the_till_holds(office, agent):
    paid_at(office, agent)

    ends = race([lambda slip=slip: bank(office, agent, amount_vnd=100_000, slip=slip) for slip in "1234"])

    assert sorted(type(end).__name__ for end in ends) == ["MoreThanHeld"] * 2 + ["NoneType"] * 2
    assert tills.held_vnd("380000") == 17_000


# --- The day ------------------------------------------------------------------------------------


def test_a_day_tells_what_came_went_and_was_banked(office, agent, django_assert_num_queries):
    placement = paid_at(office, agent)
    other = paid_at(office, agent)
    bank(office, agent, amount_vnd=100_000, slip="1")
    asked_back(placement)
    count(placement, office, agent)

    with django_assert_num_queries(1):
        day = selectors.day_at(office, timezone.localdate())

    assert (day.in_vnd, day.out_vnd, day.banked_vnd) == (2 * DUE_VND, DUE_VND, 100_000)
    assert [(one.direction, one.reference, one.held_after_vnd) for one in day.movements] == [
        ("out", placement.order.number, 117_000),
        ("banked", "1", 334_000),
        ("in", other.order.number, 434_000),
        ("in", placement.order.number, 217_000),
    ]
    assert selectors.day_at(office, timezone.localdate() - timedelta(days=1)).movements == []


# --- The rule -----------------------------------------------------------------------------------


def row_of(code: str) -> selectors.OfficeTill:
    return next(row for row in selectors.office_tills(today=timezone.localdate()) if row.till.code == code)


@pytest.mark.parametrize(("days", "is_old"), [(3, False), (4, True)])
def test_cash_is_too_old_the_day_after_the_rule_allows(office, agent, days, is_old):
    placement = paid_at(office, agent)
    posted(placement.order.number, days_ago=days)

    row = row_of("380000")

    assert (row.days_held, row.is_old, row.is_much) == (days, is_old, False)
    assert (row.days_since_banking, row.office) == (None, office)


def test_what_is_banked_is_the_oldest_cash(office, agent):
    for days in (9, 5, 1):
        posted(paid_at(office, agent).order.number, days_ago=days)
    assert row_of("380000").days_held == 9

    bank(office, agent, amount_vnd=DUE_VND - 1, slip="1")
    assert row_of("380000").days_held == 9
    bank(office, agent, amount_vnd=1, slip="2")
    assert row_of("380000").days_held == 5
    bank(office, agent, amount_vnd=DUE_VND, slip="3")
    assert (row_of("380000").days_held, row_of("380000").is_old) == (1, False)
    bank(office, agent, amount_vnd=DUE_VND, slip="4")

    row = row_of("380000")
    assert (row.till.held_vnd, row.days_held, row.days_since_banking) == (0, None, 0)
    assert overdrawn_since(kind="till") == {}


def test_a_till_holds_too_much_by_one_dong(office, agent, rule):
    paid_at(office, agent)
    TillRule.objects.update(max_vnd=DUE_VND)
    assert row_of("380000").is_much is False

    TillRule.objects.update(max_vnd=DUE_VND - 1)

    assert row_of("380000").is_much is True


def test_tills_that_break_the_rule_stand_first(office, other_office, agent, django_assert_num_queries):
    old = paid_at(office, agent)
    posted(old.order.number, days_ago=10)
    for _ in range(2):
        paid_at(other_office, agent)

    with django_assert_num_queries(5):
        rows = selectors.office_tills(today=timezone.localdate())

    assert [(row.till.code, row.is_old) for row in rows] == [("380000", True), ("381100", False)]


def test_without_a_rule_nothing_is_warned_of(office, agent, rule):
    posted(paid_at(office, agent).order.number, days_ago=99)
    TillRule.objects.update(valid_to=date(2020, 2, 1))

    row = row_of("380000")

    assert (row.days_held, row.is_old, row.is_much) == (99, False, False)


def test_a_day_has_one_rule(rule):
    facts = {"max_days": 5, "max_vnd": 1, "source": "another"}

    with pytest.raises(IntegrityError, match="one_till_rule_a_day"), transaction.atomic():
        TillRule.objects.create(valid_from=date(2026, 1, 1), **facts)
    with pytest.raises(IntegrityError, match="till_rule_ends_after_it_begins"), transaction.atomic():
        TillRule.objects.create(valid_from=date(2019, 1, 1), valid_to=date(2019, 1, 1), **facts)
    TillRule.objects.update(valid_to=date(2026, 1, 1))
    TillRule.objects.create(valid_from=date(2026, 1, 1), **facts)

    assert TillRule.objects.valid_on(date(2025, 12, 31)).get() == rule
    assert TillRule.objects.valid_on(date(2026, 1, 1)).get().source == "another"
