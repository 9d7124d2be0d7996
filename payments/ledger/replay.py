"""The books read again from the first entry on, without trusting anything but the entries' amounts.

What the database's functions wrote is recomputed here in Python, so that a mistake there, or somebody
who wrote to the tables behind the ledger's back, shows.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Count, F, Q, QuerySet, Sum

from payments.ledger.models import Account, Entry, Transfer
from payments.ledger.selectors import accounts_out_of_balance


class Line(NamedTuple):
    """One entry, as the replay needs it."""

    id: int
    code: str
    amount_vnd: int
    balance_after_vnd: int


Watch = Callable[[Iterable[Line]], Iterable[Line]]


@contextmanager
def one_moment() -> Iterator[None]:
    """Let everything inside read the books as they are now, whatever is posted meanwhile.

    Must not be called inside a transaction.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def differences(watch: Watch = iter) -> Iterator[str]:
    """Say in a sentence each what in the books does not follow from the entries; nothing if all does.

    ``watch`` is given the entries as they are read and passes them on. Cost: every entry is read once, in
    the order of its account, in constant memory; three aggregates besides.
    """
    yield from _broken_chains(watch(_lines()))
    columns = ("code", "balance_vnd", "entries_vnd", "held_vnd", "pending_vnd")
    for account in accounts_out_of_balance().values_list(*columns, named=True):
        yield (
            f"Account {account.code}: its balance is {account.balance_vnd:,} VND, its entries add up to "
            f"{account.entries_vnd:,} VND; it holds {account.held_vnd:,} VND, its pending transfers add up "
            f"to {account.pending_vnd:,} VND."
        )
    for transfer in transfers_without_their_entries().iterator():
        yield (
            f"Transfer {transfer.pk} ({transfer.state}) of {transfer.amount_vnd:,} VND from account "
            f"{transfer.debit.code} to account {transfer.credit.code} does not have the entries it should."
        )
    total_vnd = Account.objects.aggregate(total_vnd=Sum("balance_vnd", default=0))["total_vnd"]
    if total_vnd:
        yield f"The balances of all accounts add up to {total_vnd:,} VND, not to 0."


def transfers_without_their_entries() -> QuerySet[Transfer]:
    """Return posted transfers without one entry at each end, and others that have entries, by id.

    Always empty, unless somebody wrote to the tables behind the ledger's back.
    """
    left = Q(entries__account=F("debit"), entries__amount_vnd=-F("amount_vnd"))
    came = Q(entries__account=F("credit"), entries__amount_vnd=F("amount_vnd"))
    return (
        Transfer.objects.annotate(
            ends=Count("entries"),
            left=Count("entries", filter=left),
            came=Count("entries", filter=came),
        )
        .exclude(Q(state=Transfer.State.POSTED, ends=2, left=1, came=1))
        .exclude(~Q(state=Transfer.State.POSTED) & Q(ends=0))
        .select_related("debit", "credit")
        .order_by("pk")
    )


def _lines() -> Iterator[Line]:
    """Read all entries by account, in the order in which the account was locked for them."""
    rows = Entry.objects.order_by("account_id", "id").values_list(
        "id", "account__code", "amount_vnd", "balance_after_vnd"
    )
    return (Line(*row) for row in rows.iterator(chunk_size=10_000))


def _broken_chains(lines: Iterable[Line]) -> Iterator[str]:
    """Name the first entry of each account whose balance does not follow from the entries before it."""
    for code, of_account in groupby(lines, key=attrgetter("code")):
        balance_vnd, is_sound = 0, True
        for line in of_account:
            balance_vnd += line.amount_vnd
            if is_sound and line.balance_after_vnd != balance_vnd:
                is_sound = False
                yield (
                    f"Account {code}: entry {line.id} says it left {line.balance_after_vnd:,} VND, the "
                    f"entries up to it add up to {balance_vnd:,} VND."
                )
