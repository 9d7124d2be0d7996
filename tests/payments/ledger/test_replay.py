import uuid
from functools import partial

import pytest

from payments import ledger
from payments.ledger import replay
from payments.ledger.models import Account, Entry, Transfer
from tests.payments.ledger.tampering import behind_our_back, check_ledger
from tests.payments.making import wallet_with
from tests.payments.threads import race

# The replay reads the books as they were at one moment, and asks for a transaction of its own.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def transfer():
    """One gift of 30,000 VND from a wallet of 100,000 VND, and 5,000 VND still held on it."""
    wallet_with(100_000, "wallet:a")
    wallet_with(0, "wallet:b")
    ends = {"debit": "wallet:a", "credit": "wallet:b"}
    ledger.hold(transfer_id=uuid.uuid4(), amount_vnd=5_000, purpose="gift", **ends)
    return ledger.post(transfer_id=uuid.uuid4(), amount_vnd=30_000, purpose="gift", **ends)


def test_books_nobody_touched_are_said_to_be_right():
    assert check_ledger() == (0, "4 entries on 3 accounts read again: the books are right.\n", "")


def test_progress_is_counted_in_entries_apart_from_the_result():
    code, out, progress = check_ledger(verbosity=1)

    assert code == 0
    assert "4.00/4.00" in progress
    assert "entry" not in out


def test_an_entry_whose_balance_does_not_follow_is_named_with_its_account(transfer):
    entry = Entry.objects.get(transfer=transfer, account__code="wallet:b")
    behind_our_back(lambda: Entry.objects.filter(pk=entry.pk).update(balance_after_vnd=31_000))

    code, out, _ = check_ledger()

    assert code == 1
    assert out.startswith(
        f"Account wallet:b: entry {entry.pk} says it left 31,000 VND, the entries up to it add up to "
        f"30,000 VND.\nAccount wallet:b: entry {entry.pk} of transfer {transfer.pk} was edited, or what was "
        f"posted before it was removed.\n2 differences."
    )


def test_an_amount_rewritten_with_its_balances_still_shows_at_the_other_end(transfer):
    entry = Entry.objects.get(transfer=transfer, account__code="wallet:b")

    def rewrite():
        Entry.objects.filter(pk=entry.pk).update(amount_vnd=40_000, balance_after_vnd=40_000)
        Account.objects.filter(code="wallet:b").update(balance_vnd=40_000)

    behind_our_back(rewrite)

    code, out, _ = check_ledger()

    assert code == 1
    assert out.startswith(
        f"Account wallet:b: entry {entry.pk}, transfer {transfer.pk} or the account was edited.\n"
        f"The balances of all accounts add up to 10,000 VND, not to 0.\n"
        f"Transfer {transfer.pk} (posted) of 30,000 VND from account wallet:a to account wallet:b does not "
        f"have the entries it should.\n"
    )


def test_a_balance_and_a_hold_somebody_wrote_are_named_with_what_they_should_be():
    Account.objects.filter(code="wallet:a").update(balance_vnd=70_001, held_vnd=4_999)

    code, out, _ = check_ledger()

    assert code == 1
    assert out.splitlines()[0] == (
        "Account wallet:a: its balance is 70,001 VND, its entries add up to 70,000 VND; it holds 4,999 VND, "
        "its pending transfers add up to 5,000 VND."
    )


def test_a_transfer_that_is_pending_may_have_no_entries(transfer):
    held = Transfer.objects.get(state=Transfer.State.PENDING)
    behind_our_back(lambda: Entry.objects.filter(transfer=transfer).update(transfer=held))

    found = list(replay.differences())

    assert len(found) == 4
    assert all("was edited" in sentence for sentence in found[:2])
    assert all("does not have the entries it should" in sentence for sentence in found[2:])


def test_what_is_posted_while_the_books_are_read_does_not_disturb():
    facts = {"debit": "outside", "credit": "wallet:b", "amount_vnd": 1_000, "purpose": "cash-in"}

    with replay.one_moment():
        before = Entry.objects.count()
        race([partial(ledger.post, transfer_id=uuid.uuid4(), **facts)])
        after = Entry.objects.count()

    assert (before, after, Entry.objects.count()) == (4, 4, 6)
