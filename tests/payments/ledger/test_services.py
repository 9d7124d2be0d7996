import uuid

import pytest
from django.db import IntegrityError, transaction

from payments import ledger
from payments.ledger.models import Account, Entry, Transfer
from payments.ledger.selectors import accounts_out_of_balance, available_vnd, balance_vnd, trial_balance
from tests.payments.making import wallet_with

pytestmark = pytest.mark.django_db


def move(**changes):
    """Describe a transfer of 60,000 VND from wallet:a to wallet:b."""
    call = {
        "transfer_id": uuid.uuid4(),
        "debit": "wallet:a",
        "credit": "wallet:b",
        "amount_vnd": 60_000,
        "purpose": "gift",
        "reference": "G-1",
    }
    return call | changes


@pytest.fixture(autouse=True)
def _wallets():
    wallet_with(100_000, "wallet:a")
    wallet_with(0, "wallet:b")


def balances():
    return {code: (balance_vnd(code), available_vnd(code)) for code in ("wallet:a", "wallet:b")}


def test_a_post_moves_money_and_writes_both_entries_with_the_balances_they_left():
    transfer = ledger.post(**move())

    assert balances() == {"wallet:a": (40_000, 40_000), "wallet:b": (60_000, 60_000)}
    entries = Entry.objects.filter(transfer=transfer).order_by("amount_vnd")
    assert [(one.account.code, one.amount_vnd, one.balance_after_vnd) for one in entries] == [
        ("wallet:a", -60_000, 40_000),
        ("wallet:b", 60_000, 60_000),
    ]
    assert (transfer.kind, transfer.state, transfer.resolved_at) == ("posted", "posted", None)
    assert transfer.created_at is not None


def test_every_step_of_a_transfer_is_one_statement(django_assert_num_queries):
    posted, settled, voided = move(), move(amount_vnd=1_000), move(amount_vnd=2_000)

    for verb, call in [(ledger.post, posted), (ledger.hold, settled), (ledger.hold, voided)]:
        with django_assert_num_queries(1):
            verb(**call)
    for verb, call in [(ledger.settle, settled), (ledger.void, voided)]:
        with django_assert_num_queries(1):
            verb(transfer_id=call["transfer_id"])

    assert balances() == {"wallet:a": (39_000, 39_000), "wallet:b": (61_000, 61_000)}


def test_a_transaction_goes_on_after_a_refusal():
    with transaction.atomic():
        with pytest.raises(ledger.Overdrawn):
            ledger.post(**move(amount_vnd=100_001))
        ledger.post(**move())

    assert balances() == {"wallet:a": (40_000, 40_000), "wallet:b": (60_000, 60_000)}


@pytest.mark.parametrize("verb", [ledger.post, ledger.hold])
def test_a_repeat_with_the_same_facts_changes_nothing(verb):
    call = move()
    first = verb(**call)
    before = balances()

    second = verb(**call)

    assert second == first
    assert balances() == before
    assert Transfer.objects.filter(purpose="gift").count() == 1


@pytest.mark.parametrize(
    "other",
    [
        {"amount_vnd": 50_000},
        {"debit": "wallet:b", "credit": "wallet:a"},
        {"credit": "outside"},
        {"purpose": "loan"},
        {"reference": "G-2"},
    ],
)
def test_an_id_is_not_used_for_something_else(other):
    call = move()
    ledger.post(**call)

    with pytest.raises(
        ledger.TransferConflict, match=r"already recorded as a post of 60,000 VND from wallet:a"
    ):
        ledger.post(**call | other)

    assert balances() == {"wallet:a": (40_000, 40_000), "wallet:b": (60_000, 60_000)}


def test_a_hold_is_not_a_post_of_the_same_id():
    call = move()
    ledger.hold(**call)

    with pytest.raises(ledger.TransferConflict, match=r"as a hold of 60,000 .* cannot also be a post"):
        ledger.post(**call)


@pytest.mark.parametrize("verb", [ledger.post, ledger.hold])
def test_an_account_gives_no_more_than_it_has(verb):
    with pytest.raises(
        ledger.Overdrawn, match=r"wallet:a has 100,000 VND available, 100,001 VND were to leave"
    ):
        verb(**move(amount_vnd=100_001))

    assert balances() == {"wallet:a": (100_000, 100_000), "wallet:b": (0, 0)}
    assert not Transfer.objects.filter(purpose="gift").exists()


def test_what_is_held_can_be_neither_held_nor_spent_again():
    ledger.hold(**move())

    with pytest.raises(ledger.Overdrawn, match="has 40,000 VND available"):
        ledger.hold(**move())
    with pytest.raises(ledger.Overdrawn, match="has 40,000 VND available"):
        ledger.post(**move())

    assert balances() == {"wallet:a": (100_000, 40_000), "wallet:b": (0, 0)}


def test_settling_moves_what_was_held_once():
    call = move()
    ledger.hold(**call)

    first = ledger.settle(transfer_id=call["transfer_id"])
    second = ledger.settle(transfer_id=call["transfer_id"])

    assert balances() == {"wallet:a": (40_000, 40_000), "wallet:b": (60_000, 60_000)}
    assert first.state == second.state == Transfer.State.POSTED
    assert first.resolved_at == second.resolved_at
    assert Entry.objects.filter(transfer=first).count() == 2


def test_voiding_frees_what_was_held_once():
    call = move()
    ledger.hold(**call)

    ledger.void(transfer_id=call["transfer_id"])
    ledger.void(transfer_id=call["transfer_id"])

    assert balances() == {"wallet:a": (100_000, 100_000), "wallet:b": (0, 0)}
    assert not Entry.objects.filter(transfer=call["transfer_id"]).exists()


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (ledger.settle, ledger.void, "already posted and cannot become voided"),
        (ledger.void, ledger.settle, "already voided and cannot become posted"),
    ],
)
def test_a_hold_is_resolved_one_way_only(first, second, words):
    call = move()
    ledger.hold(**call)
    first(transfer_id=call["transfer_id"])
    before = balances()

    with pytest.raises(ledger.AlreadyResolved, match=words):
        second(transfer_id=call["transfer_id"])

    assert balances() == before


def test_what_was_posted_at_once_cannot_be_resolved():
    transfer = ledger.post(**move())

    with pytest.raises(ledger.AlreadyResolved, match="Put it right by a second transfer"):
        ledger.void(transfer_id=transfer.pk)


def test_a_transfer_nobody_recorded_cannot_be_resolved():
    with pytest.raises(ledger.UnknownTransfer, match=r"has no transfer .* ledger.hold\(\)"):
        ledger.settle(transfer_id=uuid.uuid4())


def test_an_account_must_be_opened_before_it_is_used():
    with pytest.raises(ledger.UnknownAccount, match=r"no account wallet:x, wallet:y.*open_account"):
        ledger.post(**move(debit="wallet:y", credit="wallet:x"))


def test_opening_an_account_again_returns_it_as_it_is():
    ledger.post(**move())

    account = ledger.open_account(code="wallet:b", kind="wallet")

    assert account.balance_vnd == 60_000


@pytest.mark.parametrize("other", [{"kind": "escrow"}, {"kind": "wallet", "may_overdraw": True}])
def test_an_account_does_not_become_something_else(other):
    with pytest.raises(ledger.AccountConflict, match="wallet:a is already open as 'wallet' that may not go"):
        ledger.open_account(code="wallet:a", **other)


def test_an_account_that_may_be_overdrawn_goes_below_zero():
    ledger.post(**move(debit="outside", credit="wallet:b", amount_vnd=10**12))

    assert balance_vnd("outside") == -100_000 - 10**12
    assert trial_balance() == {"outside": -100_000 - 10**12, "wallet": 100_000 + 10**12}


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_vnd": 0},
        {"amount_vnd": -1},
        {"amount_vnd": 1.5},
        {"amount_vnd": 10**12 + 1},
        {"credit": "wallet:a"},
    ],
)
def test_a_programmers_mistake_stops_before_anything_is_written(changes):
    with pytest.raises(AssertionError):
        ledger.post(**move(**changes))

    assert not Transfer.objects.filter(purpose="gift").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda: Entry.objects.update(amount_vnd=1), r"UPDATE on ledger_entry_\w+ refused"),
        (lambda: Entry.objects.filter(amount_vnd__gt=0).delete(), r"DELETE on ledger_entry_\w+ refused"),
        (lambda: Transfer.objects.update(memo="other"), "UPDATE on ledger_transfer refused"),
        (lambda: Transfer.objects.update(state="voided"), "UPDATE on ledger_transfer refused"),
        (lambda: Account.objects.update(kind="other"), "UPDATE on ledger_account refused"),
        (lambda: Account.objects.update(held_vnd=-1), "account_holds_not_negative"),
        (lambda: Account.objects.update(balance_vnd=-1), "account_not_overdrawn"),
    ],
)
def test_the_database_refuses_to_rewrite_what_happened(change, words):
    ledger.post(**move())

    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        change()

    assert balances() == {"wallet:a": (40_000, 40_000), "wallet:b": (60_000, 60_000)}


def test_the_database_lets_a_pending_transfer_end_but_not_change():
    ledger.hold(**move(transfer_id=(held := uuid.uuid4())))

    with pytest.raises(IntegrityError, match="UPDATE on ledger_transfer refused"), transaction.atomic():
        Transfer.objects.filter(pk=held).update(state="voided", amount_vnd=1, resolved_at="2026-01-01T00:00Z")

    assert ledger.void(transfer_id=held).state == Transfer.State.VOIDED


def test_an_account_somebody_wrote_to_behind_our_back_is_found():
    assert not accounts_out_of_balance().exists()

    Account.objects.filter(code="wallet:b").update(balance_vnd=7)

    assert [account.code for account in accounts_out_of_balance()] == ["wallet:b"]
