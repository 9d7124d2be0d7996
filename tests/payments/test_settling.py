"""Money out of escrow to whom it belongs, and back again."""

import uuid
from functools import partial

import pytest

from payments import ledger, settled
from payments.errors import DebtLimitReached, NotInEscrow, SettlementConflict
from payments.ledger.models import Transfer
from payments.ledger.selectors import accounts_out_of_balance, trial_balance
from payments.services import Portion, release, take_back
from payments.settled import PayeeMoney
from tests.payments.making import NOW
from tests.payments.paying import balance, earn, in_escrow
from tests.payments.threads import race

PART = "ORDER-7-1"
SPLIT = [
    Portion("payable:seller-7", 90_000),
    Portion("revenue:commission", 8_000),
    Portion("tax:vat", 1_000),
    Portion("tax:pit", 500),
    Portion("fund:roads", 500),
]

pytestmark = pytest.mark.django_db


def release_all(**changes):
    wanted = {"part": PART, "portions": SPLIT, "release_id": uuid.uuid4(), "now": NOW}
    release(**wanted | changes)


def take(amount_vnd=90_000, **changes):
    wanted = {
        "part": PART,
        "portions": [Portion("payable:seller-7", amount_vnd)],
        "take_back_id": uuid.uuid4(),
        "debt_limit_vnd": 50_000,
        "now": NOW,
    }
    take_back(**wanted | changes)


def test_a_part_is_divided_to_the_dong():
    in_escrow(PART, 100_000)

    release_all()

    assert trial_balance() == {
        "clearing": -100_000,
        "debt": 0,
        "escrow": 0,
        "fund": 500,
        "payable": 90_000,
        "revenue": 8_000,
        "tax": 1_500,
    }
    assert settled.payable_vnd("seller-7") == 90_000


def test_a_release_twice_is_one_release():
    in_escrow(PART, 200_000)
    release_id = uuid.uuid4()

    for _ in range(2):
        release_all(release_id=release_id)

    assert balance(f"escrow:{PART}") == 100_000
    assert balance("payable:seller-7") == 90_000


def test_a_release_id_stands_for_its_portions_only():
    in_escrow(PART, 200_000)
    release_id = uuid.uuid4()
    release_all(release_id=release_id)

    for other in (SPLIT[:1], [*SPLIT, Portion("fund:school", 1)]):
        with pytest.raises(SettlementConflict, match=f"Movement {release_id} of ORDER-7-1 is already"):
            release_all(release_id=release_id, portions=other)

    assert balance(f"escrow:{PART}") == 100_000


@pytest.mark.parametrize(("held_vnd", "available"), [(99_999, "99,999"), (0, "0")])
def test_more_than_escrow_has_is_not_released(held_vnd, available):
    if held_vnd:
        in_escrow(PART, held_vnd)

    with pytest.raises(NotInEscrow, match=f"100,000 VND were to be moved, {available} VND are available"):
        release_all()

    assert balance("payable:seller-7") == 0
    assert not Transfer.objects.filter(purpose="release").exists()


def test_what_a_refund_has_reserved_is_not_released():
    in_escrow(PART, 100_000)
    ledger.hold(
        transfer_id=uuid.uuid4(),
        debit=f"escrow:{PART}",
        credit="clearing:fake",
        amount_vnd=1,
        purpose="refund",
    )

    with pytest.raises(NotInEscrow, match="99,999 VND are available"):
        release_all()


def test_money_taken_back_is_in_escrow_again_account_by_account():
    in_escrow(PART, 100_000)
    release_all()
    take_back_id = uuid.uuid4()

    for _ in range(2):
        take(portions=SPLIT, take_back_id=take_back_id)

    assert balance(f"escrow:{PART}") == 100_000
    assert {code: balance(code) for code in ("payable:seller-7", "revenue:commission", "tax:vat")} == {
        "payable:seller-7": 0,
        "revenue:commission": 0,
        "tax:vat": 0,
    }


def test_what_was_paid_out_is_owed_up_to_the_limit_and_repaid_by_the_next_earnings():
    in_escrow(PART, 100_000)
    release_all()
    in_escrow("elsewhere", 1)
    ledger.post(
        transfer_id=uuid.uuid4(),
        debit="payable:seller-7",
        credit="clearing:fake",
        amount_vnd=70_000,
        purpose="payout",
    )

    take(60_000)

    assert settled.money_of("seller-7") == PayeeMoney("seller-7", 0, 0, debt_vnd=40_000)
    assert balance(f"escrow:{PART}") == 60_000

    earn("seller-7", 30_000)
    assert settled.money_of("seller-7") == PayeeMoney("seller-7", 0, 0, debt_vnd=10_000)

    earn("seller-7", 30_000)
    assert settled.money_of("seller-7") == PayeeMoney("seller-7", 20_000, 0, debt_vnd=0)


def test_beyond_the_limit_nothing_is_taken_back():
    in_escrow(PART, 100_000)
    release_all()
    ledger.post(
        transfer_id=uuid.uuid4(),
        debit="payable:seller-7",
        credit="clearing:fake",
        amount_vnd=90_000,
        purpose="payout",
    )

    with pytest.raises(
        DebtLimitReached, match="seller-7 would owe 50,001 VND, and may owe at most 50,000"
    ) as refusal:
        take(50_001)
    take(50_000)

    assert refusal.value.payee == "seller-7"
    assert settled.debt_vnd("seller-7") == 50_000
    with pytest.raises(DebtLimitReached):
        take(1)


def test_a_take_back_id_stands_for_its_portions_only():
    in_escrow(PART, 100_000)
    release_all()
    take_back_id = uuid.uuid4()
    take(10_000, take_back_id=take_back_id)

    with pytest.raises(SettlementConflict):
        take(10_001, take_back_id=take_back_id)

    assert balance(f"escrow:{PART}") == 10_000


def test_other_accounts_give_back_only_what_they_have():
    in_escrow(PART, 100_000)
    release_all()

    with pytest.raises(ledger.Overdrawn, match="revenue:commission has 8,000 VND available"):
        take(portions=[Portion("payable:seller-7", 5_000), Portion("revenue:commission", 8_001)])

    assert balance("payable:seller-7") == 90_000


def test_how_all_payees_stand_is_one_query(django_assert_num_queries):
    earn("seller-7", 30_000)
    earn("carrier-post", 12_000)

    with django_assert_num_queries(1):
        found = settled.money_of_all()

    assert found == [PayeeMoney("carrier-post", 12_000, 0, 0), PayeeMoney("seller-7", 30_000, 0, 0)]


@pytest.mark.django_db(transaction=True)
def test_one_release_eight_times_at_once_is_one_release():
    in_escrow(PART, 300_000)
    release_id = uuid.uuid4()

    results = race([partial(release_all, release_id=release_id) for _ in range(8)])

    assert results == [None] * 8
    assert balance("payable:seller-7") == 90_000


@pytest.mark.django_db(transaction=True)
def test_eight_releases_racing_for_one_escrow_get_what_there_is():
    in_escrow(PART, 300_000)

    results = race([release_all for _ in range(8)])

    assert sorted(type(result).__name__ for result in results) == ["NoneType"] * 3 + ["NotInEscrow"] * 5
    assert balance(f"escrow:{PART}") == 0
    assert balance("payable:seller-7") == 270_000
    assert not accounts_out_of_balance().exists()


@pytest.mark.django_db(transaction=True)
def test_take_backs_at_once_never_pass_the_limit():
    in_escrow(PART, 500_000)
    release_all(portions=[Portion("payable:seller-7", 500_000)])
    ledger.post(
        transfer_id=uuid.uuid4(),
        debit="payable:seller-7",
        credit="clearing:fake",
        amount_vnd=490_000,
        purpose="payout",
    )

    results = race([partial(take, 20_000) for _ in range(8)])

    assert sum(isinstance(result, DebtLimitReached) for result in results) == 5
    assert settled.debt_vnd("seller-7") == 50_000
    assert balance(f"escrow:{PART}") == 60_000
