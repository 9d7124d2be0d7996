"""The chain of digests over the entries of each account, computed again; and seals to prove it later.

The database's function ``ledger_digest`` (migrations/0004_digests.sql) writes the chain. Whoever edits,
removes or inserts an entry, or edits the transfer or the account it tells of, breaks it, also with the
triggers switched off and every balance made to agree. Whoever can do that could also compute the whole chain
anew; then only a seal shows it that was written down where they cannot write.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db import OperationalError, connection, transaction
from django.db.models import Max, OuterRef, QuerySet, Subquery

from payments.ledger.errors import BooksBusy, NotASeal
from payments.ledger.models import Account, Entry

GENESIS = b""  # before the first entry of an account
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SEAL = re.compile(r"(?P<moment>\d{8}T\d{6}Z)-(?P<last_entry>\d{1,19})-(?P<digest>[0-9a-f]{64})")
# A seal waits until nobody is posting, and makes others wait meanwhile: not longer than they would notice.
WAIT_AT_MOST = "3s"


class Line(NamedTuple):
    """One entry with all that its digest covers, and the head of its account."""

    account_id: int
    code: str
    account_kind: str
    may_overdraw: bool
    head: bytes
    id: int
    amount_vnd: int
    balance_after_vnd: int
    posted_at: datetime
    digest: bytes
    transfer_id: str
    debit_id: int
    credit_id: int
    moved_vnd: int
    kind: str
    state: str
    purpose: str
    reference: str
    memo: str
    recorded_at: datetime
    resolved_at: datetime | None


_COLUMNS = (
    *("account_id", "account__code", "account__kind", "account__may_overdraw", "account__head"),
    *("id", "amount_vnd", "balance_after_vnd", "created_at", "digest"),
    *("transfer_id", "transfer__debit_id", "transfer__credit_id", "transfer__amount_vnd", "transfer__kind"),
    *("transfer__state", "transfer__purpose", "transfer__reference", "transfer__memo"),
    *("transfer__created_at", "transfer__resolved_at"),
)


def lines() -> Iterator[Line]:
    """Read all entries by account, in the order in which the account was locked for them."""
    rows = Entry.objects.order_by("account_id", "id").values_list(*_COLUMNS)
    return (Line(*row) for row in rows.iterator(chunk_size=10_000))


def digest(previous: bytes, line: Line) -> bytes:
    """Return the digest ``line`` must carry if the entry before it on its account carries ``previous``."""
    facts = [
        *(line.account_id, line.code, line.account_kind, line.may_overdraw),
        *(line.id, line.amount_vnd, line.balance_after_vnd, _microseconds(line.posted_at)),
        *(str(line.transfer_id), line.debit_id, line.credit_id, line.moved_vnd, line.kind, line.state),
        *(line.purpose, line.reference, line.memo, _microseconds(line.recorded_at)),
        None if line.resolved_at is None else _microseconds(line.resolved_at),
    ]
    # As PostgreSQL writes a JSON list: a space after each comma, no letter escaped that need not be.
    return hashlib.sha256(previous + json.dumps(facts, ensure_ascii=False).encode()).digest()


def first_break(of_account: Iterable[Line]) -> str | None:
    """Say where the chain of one account, whose entries come in order, is broken first; None if nowhere."""
    entries = iter(of_account)
    two_back = carried = GENESIS
    previous: Line | None = None
    for line in entries:
        if previous is not None and carried == line.head:
            return f"Account {line.code}: entry {line.id} was inserted after the last one that was posted."
        if digest(carried, line) != line.digest:
            if previous is not None and digest(two_back, line) == line.digest:
                return f"Account {line.code}: entry {previous.id} was inserted."
            following = next(entries, None)
            if following is not None and digest(carried, following) == following.digest:
                return f"Account {line.code}: entry {line.id} was inserted."
            return _edited_or_removed(line, previous)
        two_back, carried, previous = carried, line.digest, line
    if previous is not None and carried != previous.head:
        return f"Account {previous.code}: what was posted after entry {previous.id} was removed."
    return None


def is_linked(entry: Entry) -> bool:
    """Whether ``entry`` carries the digest that follows from its facts and the entry before it."""
    before = Entry.objects.filter(account=entry.account_id, pk__lt=entry.pk).order_by("-pk")
    carried = before.values_list("digest", flat=True).first()
    line = Line(*Entry.objects.values_list(*_COLUMNS).get(pk=entry.pk))
    return digest(GENESIS if carried is None else bytes(carried), line) == line.digest


def emptied_accounts() -> QuerySet[Account]:
    """Return the accounts that have no entry any more, though they once had, by code."""
    return Account.objects.filter(entries=None).exclude(head=GENESIS).order_by("code")


def seal(*, now: datetime) -> str:
    """Return a line that fixes all entries posted so far: a moment, the last entry, one digest of all heads.

    Waits for whoever is posting, lets nobody post for an instant, and raises BooksBusy if that takes more
    than seconds. Must not be called inside a transaction.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{WAIT_AT_MOST}'")
        try:
            # Every transfer locks its accounts before it numbers its entries: all numbers given are in use.
            cursor.execute("LOCK TABLE ledger_account IN EXCLUSIVE MODE")
        except OperationalError as error:
            raise BooksBusy(waited=WAIT_AT_MOST) from error
        last_entry = Entry.objects.aggregate(last=Max("pk", default=0))["last"]
    words = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{last_entry}"
    return f"{words}-{_digest_of_heads(words, last_entry)}"


def is_unbroken(sealed: str) -> bool:
    """Whether all entries up to the one a seal names carry the digests they carried then.

    Proves something of their facts only together with first_break(). Raises NotASeal.
    """
    found = SEAL.fullmatch(sealed.strip())
    if found is None:
        raise NotASeal(sealed)
    words = f"{found['moment']}-{found['last_entry']}"
    return _digest_of_heads(words, int(found["last_entry"])) == found["digest"]


def _digest_of_heads(words: str, last_entry: int) -> str:
    """Digest what every account's last entry up to ``last_entry`` carries. Cost: one look per account."""
    upto = Entry.objects.filter(account=OuterRef("pk"), pk__lte=last_entry).order_by("-pk")
    heads = Account.objects.annotate(then=Subquery(upto.values("digest")[:1])).exclude(then=None)
    whole = hashlib.sha256(words.encode())
    for code, then in heads.order_by("code").values_list("code", "then").iterator():
        whole.update(f"\n{code} {then.hex()}".encode())
    return whole.hexdigest()


def _edited_or_removed(line: Line, previous: Line | None) -> str:
    left_vnd = previous.balance_after_vnd if previous else 0
    where = f"after entry {previous.id}" if previous else "before it"
    if left_vnd + line.amount_vnd == line.balance_after_vnd:
        return f"Account {line.code}: entry {line.id}, transfer {line.transfer_id} or the account was edited."
    return (
        f"Account {line.code}: entry {line.id} of transfer {line.transfer_id} was edited, or what was posted "
        f"{where} was removed."
    )


def _microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)
