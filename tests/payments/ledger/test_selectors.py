import uuid

import pytest

from payments import ledger
from payments.ledger import selectors
from tests.payments.making import wallet_with

pytestmark = pytest.mark.django_db


def post(purpose, reference, amount_vnd, *, back=False):
    ends = {"debit": "wallet:a", "credit": "outside"} if back else {"debit": "outside", "credit": "wallet:a"}
    ledger.post(transfer_id=uuid.uuid4(), amount_vnd=amount_vnd, purpose=purpose, reference=reference, **ends)


def test_totals_by_purpose_count_what_came_less_what_left(django_assert_num_queries):
    wallet_with(0)
    post("capture", "A-1", 500)
    post("capture", "A-2", 300)
    post("capture", "AB-1", 40)
    post("refund", "A-1", 200, back=True)
    post("fee", "A-1", 50, back=True)

    with django_assert_num_queries(2):
        whole = selectors.total_by_purpose(kind="wallet", purposes=["capture", "refund"])
        part = selectors.total_by_purpose(
            kind="wallet", purposes=["capture", "refund"], reference_prefix="A-"
        )

    assert whole == {"capture": 840, "refund": -200}
    assert part == {"capture": 800, "refund": -200}


def test_a_pending_transfer_is_no_revenue_yet():
    wallet_with(1_000)
    ledger.hold(
        transfer_id=uuid.uuid4(), debit="wallet:a", credit="outside", amount_vnd=400, purpose="refund"
    )

    assert selectors.total_by_purpose(kind="wallet", purposes=["refund"]) == {}
    assert selectors.balance_vnd("wallet:a") == 1_000
    assert selectors.available_vnd("wallet:a") == 600


def test_the_entries_of_an_account_tell_its_story_newest_first(django_assert_num_queries):
    wallet_with(1_000)
    post("fee", "A-1", 50, back=True)

    with django_assert_num_queries(1):
        story = [
            (entry.amount_vnd, entry.balance_after_vnd, entry.transfer.purpose, entry.transfer.debit.code)
            for entry in selectors.entries_of("wallet:a")
        ]

    assert story == [(-50, 950, "fee", "wallet:a"), (1_000, 1_000, "cash-in", "outside")]


def test_an_account_that_does_not_exist_has_no_balance():
    with pytest.raises(ledger.UnknownAccount, match="The ledger has no account wallet:nobody"):
        selectors.balance_vnd("wallet:nobody")


def test_balances_are_read_in_one_query(django_assert_num_queries):
    wallet_with(1_000, "wallet:b")
    wallet_with(2_000, "wallet:a")

    with django_assert_num_queries(1):
        found = selectors.balances_vnd(["wallet:b", "wallet:a", "wallet:c"])

    assert found == {"wallet:a": 2_000, "wallet:b": 1_000}
