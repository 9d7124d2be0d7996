import itertools
import uuid
from functools import partial

import pytest

from payments import ledger
from payments.ledger.models import Entry, Transfer
from payments.ledger.selectors import accounts_out_of_balance, available_vnd, balance_vnd, trial_balance
from tests.payments.making import wallet_with
from tests.payments.threads import race

pytestmark = pytest.mark.django_db(transaction=True)


def spend(verb, amount_vnd, *, transfer_id=None, credit="outside", debit="wallet:a"):
    return partial(
        verb,
        transfer_id=transfer_id or uuid.uuid4(),
        debit=debit,
        credit=credit,
        amount_vnd=amount_vnd,
        purpose="test",
    )


@pytest.mark.parametrize("verb", [ledger.post, ledger.hold])
def test_eight_spenders_of_one_wallet_spend_what_is_in_it_and_no_more(verb):
    wallet_with(3)

    results = race([spend(verb, 1) for _ in range(8)])

    assert sum(isinstance(result, Transfer) for result in results) == 3
    assert sum(isinstance(result, ledger.Overdrawn) for result in results) == 5
    assert available_vnd("wallet:a") == 0
    assert not accounts_out_of_balance().exists()


def test_one_id_used_by_eight_at_once_moves_money_once():
    wallet_with(100)
    transfer_id = uuid.uuid4()

    results = race([spend(ledger.post, 10, transfer_id=transfer_id) for _ in range(8)])

    assert [result.pk for result in results] == [transfer_id] * 8
    assert balance_vnd("wallet:a") == 90
    assert Entry.objects.filter(transfer=transfer_id).count() == 2


def test_one_id_between_different_accounts_at_once_is_used_for_one_of_them():
    for code in ("wallet:a", "wallet:b", "wallet:c", "wallet:d"):
        wallet_with(100, code)
    transfer_id = uuid.uuid4()
    calls = [
        spend(ledger.post, 10, transfer_id=transfer_id, debit="wallet:a", credit="wallet:b"),
        spend(ledger.post, 10, transfer_id=transfer_id, debit="wallet:c", credit="wallet:d"),
    ]

    results = race(calls)

    assert sorted(type(result).__name__ for result in results) == ["Transfer", "TransferConflict"]
    assert Transfer.objects.filter(purpose="test").count() == 1
    assert not accounts_out_of_balance().exists()


def test_settling_and_voiding_at_once_resolve_a_hold_one_way():
    wallet_with(100)
    transfer_id = uuid.uuid4()
    spend(ledger.hold, 100, transfer_id=transfer_id)()

    results = race([partial(verb, transfer_id=transfer_id) for verb in [ledger.settle, ledger.void] * 4])

    state = Transfer.objects.get(pk=transfer_id).state
    assert sum(isinstance(result, Transfer) for result in results) == 4
    assert sum(isinstance(result, ledger.AlreadyResolved) for result in results) == 4
    assert balance_vnd("wallet:a") == (0 if state == Transfer.State.POSTED else 100)
    assert available_vnd("wallet:a") == balance_vnd("wallet:a")
    assert not accounts_out_of_balance().exists()


def test_transfers_in_all_directions_at_once_do_not_deadlock():
    codes = [wallet_with(1_000, f"wallet:{letter}") for letter in "abcd"]
    calls = [
        spend(ledger.post, 1, debit=debit, credit=credit)
        for debit, credit in itertools.permutations(codes, 2)
    ]

    results = race(calls)

    assert [type(result).__name__ for result in results] == ["Transfer"] * 12
    assert [balance_vnd(code) for code in codes] == [1_000] * 4
    assert sum(trial_balance().values()) == 0
