"""The books read again from the first entry on, without trusting any sum or digest that is kept.

What the database's functions wrote is recomputed here in Python, so that a mistake there, or somebody
who wrote to the tables behind the ledger's back, shows.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter

from django.db import connection, transaction
from django.db.models import Count, F, Q, QuerySet, Sum

from payments.ledger import chain
from payments.ledger.chain import Line
from payments.ledger.models import Account, Transfer
from payments.ledger.selectors import accounts_out_of_balance

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

    The balance and the digest every entry left are followed from the first entry of its account; of each, the
    first that is wrong is named. ``watch`` is given the entries as they are read and passes them on. Cost:
    every entry is read once, in the order of its account, in constant memory; four aggregates besides.
    """
    yield from _broken(watch(chain.lines()))
    for code in chain.emptied_accounts().values_list("code", flat=True):
        yield f"Account {code}: all of its entries were removed."
    yield from balances_that_differ()
    for transfer in transfers_without_their_entries().iterator():
        yield (
            f"Transfer {transfer.pk} ({transfer.state}) of {transfer.amount_vnd:,} VND from account "
            f"{transfer.debit.code} to account {transfer.credit.code} does not have the entries it should."
        )


def balances_that_differ() -> Iterator[str]:
    """Say in a sentence each which account's balance or holds are not the sum of what it has.

    Cost: two aggregates over the entries; the order in which they came is not looked at.
    """
    columns = ("code", "balance_vnd", "entries_vnd", "held_vnd", "pending_vnd")
    for account in accounts_out_of_balance().values_list(*columns, named=True):
        yield (
            f"Account {account.code}: its balance is {account.balance_vnd:,} VND, its entries add up to "
            f"{account.entries_vnd:,} VND; it holds {account.held_vnd:,} VND, its pending transfers add up "
            f"to {account.pending_vnd:,} VND."
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


def _broken(lines: Iterable[Line]) -> Iterator[str]:
    """Name the first entry of each account whose balance, and the first whose digest does not follow."""
    for code, of_account in groupby(lines, key=attrgetter("code")):
        balances = _Balances(code)
        followed = balances.follow(of_account)
        broken = chain.first_break(followed)
        deque(followed, maxlen=0)  # the rest, after a break
        if balances.mistake:
            yield balances.mistake
        if broken:
            yield broken


class _Balances:
    """Adds up the entries of one account and remembers the first that says otherwise."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.balance_vnd = 0
        self.mistake = ""

    def follow(self, lines: Iterable[Line]) -> Iterator[Line]:
        for line in lines:
            self.balance_vnd += line.amount_vnd
            if not self.mistake and line.balance_after_vnd != self.balance_vnd:
                self.mistake = (
                    f"Account {self.code}: entry {line.id} says it left {line.balance_after_vnd:,} VND, the "
                    f"entries up to it add up to {self.balance_vnd:,} VND."
                )
            yield line
