"""Which of our operations and payouts a statement's lines tell of, and what does not agree. Only reads."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from payments.ledger import selectors as books
from payments.models import Difference, Operation, OperationShare, Payout, Share, StatementRow
from payments.providers.base import StatementLine
from payments.services import booking, settling
from payments.services.payout_reports import LATE
from payments.services.payouts import PAYOUT
from payments.services.treasury import OWN_MONEY

Kind = Difference.Kind
Ours = Operation | Payout


@dataclass(frozen=True)
class Finding:
    """Something that does not agree. ``subject`` tells it from others of its kind, at every run alike."""

    kind: Difference.Kind
    subject: str
    line: StatementLine | None = None
    ours: Ours | None = None
    asked_vnd: int | None = None  # if it is not that of ``ours``
    booked_vnd: int | None = None
    detail: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind} {self.subject}"[:160]


@dataclass
class Pair:
    """A line of the statement, and what of ours it tells of, if anything."""

    number: int
    line: StatementLine
    ours: Ours | None = None
    is_own_money: bool = False  # between the bank and the provider, as recorded
    findings: list[Finding] = field(default_factory=list)


def moving() -> QuerySet[Operation]:
    """Return the operations whose success moves money: not what only reserves it or lets it go."""
    return Operation.objects.filter(Q(is_capturing=True) | Q(kind=Operation.Kind.REFUND))


def signed_vnd(ours: Ours) -> int:
    """Return what ``ours`` asks for, as a statement shows it: negative when it leaves us."""
    is_coming = isinstance(ours, Operation) and ours.kind != Operation.Kind.REFUND
    return ours.amount_vnd if is_coming else -ours.amount_vnd


def pair(
    provider: str, lines: Sequence[tuple[int, StatementLine]], *, reconciliation: int, run: int, day: date
) -> list[Pair]:
    """Find what each numbered line tells of, and whether it may. Cost: ten queries, however many lines."""
    known = _Known(provider, [line for _, line in lines])
    pairs = [Pair(number, line, known.find(line), known.is_own_money(line)) for number, line in lines]
    earlier = StatementRow.objects.filter(reconciliation__provider=provider).filter(
        Q(reconciliation=reconciliation, run=run)
        | Q(reconciliation__day__lt=day, run=F("reconciliation__run"))
    )
    refs, counted = _seen(earlier, pairs)
    for one in pairs:
        _check(one, provider, refs=refs, counted=counted)
        refs[one.line.provider_ref] += 1
        if one.ours is not None:
            counted.add(one.ours.pk)
    return pairs


def day_finding(one: Pair, *, day: date) -> Finding | None:
    """Say if a line is listed, or was booked by us, on a day it cannot have moved on.

    Whoever hears of money late books it late: that is no difference. To move before it was asked for, or
    after it was booked, is one.
    """
    assert one.ours is not None
    moved_on, asked_on = _day(one.line.moved_at), _day(one.ours.created_at)
    booked_on = _day(one.ours.ended_at) if one.ours.ended_at else moved_on
    if moved_on == day and asked_on <= moved_on <= booked_on:
        return None
    return Finding(
        Kind.DAY_DIFFERS,
        str(one.ours.pk),
        one.line,
        one.ours,
        detail=f"listed {day:%d/%m/%Y}, moved {moved_on:%d/%m/%Y}, booked {booked_on:%d/%m/%Y}",
    )


def book_findings(provider: str, ours: Iterable[Ours]) -> list[Finding]:
    """Say which of those, all of which succeeded, the ledger does not have as they are. Three queries."""
    transfers = _transfers(list(ours))
    ids = [transfer_id for _, several in transfers.values() for transfer_id in several]
    moved_vnd = books.moved_vnd(booking.clearing_code(provider), ids)
    findings = []
    for one, several in transfers.values():
        # What came to us left the account that stands for the provider.
        booked_vnd = -sum(moved_vnd.get(transfer_id, 0) for transfer_id in several)
        if booked_vnd != signed_vnd(one):
            findings.append(Finding(Kind.LEDGER_DIFFERS, str(one.pk), None, one, booked_vnd=booked_vnd))
    return findings


def total_finding(provider: str) -> Finding | None:
    """Say if all that ever succeeded is not what the ledger has of the provider. Three aggregates."""
    succeeded = moving().filter(provider=provider, state=Operation.State.SUCCEEDED)
    is_back = Q(kind=Operation.Kind.REFUND)
    sums = succeeded.aggregate(
        came=Sum("amount_vnd", filter=~is_back, default=0), went=Sum("amount_vnd", filter=is_back, default=0)
    )
    payouts = Payout.objects.filter(provider=provider, state=Payout.State.SUCCEEDED)
    asked_vnd = sums["came"] - sums["went"] - payouts.aggregate(paid=Sum("amount_vnd", default=0))["paid"]
    purposes = [booking.CAPTURE, booking.REFUND, PAYOUT, LATE]
    booked_vnd = -books.total_of(booking.clearing_code(provider), purposes)
    if booked_vnd == asked_vnd:
        return None
    return Finding(
        Kind.LEDGER_DIFFERS,
        "all of the provider",
        asked_vnd=asked_vnd,
        booked_vnd=booked_vnd,
        detail="all payments, refunds and payouts so far",
    )


class _Known:
    """What we have that a number of lines may tell of, looked up in a fixed number of queries."""

    def __init__(self, provider: str, lines: Sequence[StatementLine]) -> None:
        self.provider = provider
        ids = {line.operation_id for line in lines if line.operation_id}
        refs = {line.provider_ref for line in lines if line.provider_ref}
        references = {line.reference for line in lines if line.reference}
        operations = Operation.objects.select_related("intent").order_by("created_at", "pk")
        own, paid = operations.filter(provider=provider), Payout.objects.filter(provider=provider)
        named = list(operations.filter(pk__in=ids))
        self.by_id: dict[UUID, Ours] = {one.pk: one for one in named if _moves(one)}
        self.by_id |= {one.pk: one for one in Payout.objects.filter(pk__in=ids)}
        by_original = {one.original_id: one for one in moving_after(named)}
        # A line may name the authorisation; what moved is its capture.
        self.by_id |= {one.pk: by_original[one.pk] for one in named if one.pk in by_original}
        self.by_ref: dict[str, Ours] = {
            one.provider_ref: one for one in own.filter(provider_ref__in=refs) if _moves(one)
        }
        self.by_ref |= {one.provider_ref: one for one in paid.filter(provider_ref__in=refs)}
        self.by_reference: dict[str, list[Operation]] = {}
        for one in own.filter(intent__reference__in=references):
            if _moves(one):
                self.by_reference.setdefault(one.intent.reference, []).append(one)

        clearing = booking.clearing_code(provider)
        self.own_vnd = books.moved_by_reference(clearing, purpose=OWN_MONEY, references=refs)

    def is_own_money(self, line: StatementLine) -> bool:
        """Whether somebody recorded this movement between the bank and the provider."""
        return -self.own_vnd.get(line.provider_ref, 0) == line.amount_vnd

    def find(self, line: StatementLine) -> Ours | None:
        """Return what ``line`` names: by our id, else by the provider's, else by the order."""
        if line.operation_id in self.by_id:
            return self.by_id[line.operation_id]
        if line.provider_ref in self.by_ref:
            return self.by_ref[line.provider_ref]
        candidates = [
            one
            for one in self.by_reference.get(line.reference, [])
            if (signed_vnd(one) > 0) == (line.amount_vnd > 0)
        ]
        return max(candidates, key=lambda one: _likelihood(one, line), default=None)


def moving_after(named: Iterable[Operation]) -> QuerySet[Operation]:
    """Return the captures of those among ``named`` that only reserved the money."""
    reserving = [one.pk for one in named if not _moves(one)]
    return moving().filter(original__in=reserving, is_capturing=True).select_related("intent")


def _check(one: Pair, provider: str, *, refs: Counter[str], counted: set[UUID]) -> None:
    """Note why ``one`` may not be what it seems, and part what does not belong together."""
    line, ours = one.line, one.ours
    if one.is_own_money and not refs[line.provider_ref]:
        return
    if ours is None:
        one.findings.append(Finding(Kind.MISSING_HERE, line.provider_ref or str(one.number), line))
        return
    finding = _unfit(line, ours, provider)
    if refs[line.provider_ref] and line.provider_ref:
        subject = f"{line.provider_ref} {refs[line.provider_ref] + 1}"
        finding = Finding(Kind.TWICE, subject, line, ours)
    elif finding is None and (ours.pk in counted or ours.provider_ref not in ("", line.provider_ref)):
        finding = Finding(Kind.TWICE, line.provider_ref, line, ours)
    if finding is not None:
        one.findings.append(finding)
        if finding.kind != Kind.AMOUNT_DIFFERS:
            one.ours = None


def _unfit(line: StatementLine, ours: Ours, provider: str) -> Finding | None:
    if ours.provider != provider:
        return Finding(
            Kind.REFERENCE_DIFFERS, line.provider_ref, line, ours, detail=f"ours is with {ours.provider}"
        )
    if isinstance(ours, Operation) and line.reference not in ("", ours.intent.reference):
        detail = f"the statement says {line.reference}, we say {ours.intent.reference}"
        return Finding(Kind.REFERENCE_DIFFERS, line.provider_ref, line, ours, detail=detail)
    asked_vnd = signed_vnd(ours)
    if (asked_vnd > 0) != (line.amount_vnd > 0):
        return Finding(Kind.MISSING_HERE, line.provider_ref, line, ours, detail="it moved the other way")
    if asked_vnd != line.amount_vnd:
        return Finding(Kind.AMOUNT_DIFFERS, str(ours.pk), line, ours)
    return None


def _seen(earlier: QuerySet[StatementRow], pairs: Sequence[Pair]) -> tuple[Counter[str], set[UUID]]:
    """Return which of the transactions, and of what is ours, was in lines before these. One query."""
    operations = [one.ours.pk for one in pairs if isinstance(one.ours, Operation)]
    payouts = [one.ours.pk for one in pairs if isinstance(one.ours, Payout)]
    refs = [one.line.provider_ref for one in pairs]
    rows = earlier.filter(Q(provider_ref__in=refs) | Q(operation__in=operations) | Q(payout__in=payouts))
    found = list(rows.values_list("provider_ref", "operation", "payout"))
    counted = {pk for _, *ours in found for pk in ours if pk is not None}
    return Counter(ref for ref, _, _ in found), counted


def _transfers(ours: Sequence[Ours]) -> dict[UUID, tuple[Ours, list[UUID]]]:
    """Return for each the ids of the transfers that booking makes for it. Two queries."""
    found: dict[UUID, tuple[Ours, list[UUID]]] = {one.pk: (one, []) for one in ours}
    sales: dict[UUID, list[UUID]] = {}
    for one in ours:
        if isinstance(one, Payout):
            found[one.pk][1].extend([one.pk, *_late(one)])
        elif one.kind == Operation.Kind.AUTHORIZE:
            sales.setdefault(one.intent_id, []).append(one.pk)
    shares: Any = Share.objects.filter(intent__in=sales).values_list("intent", "reference")
    for intent_id, reference in shares:
        for pk in sales[intent_id]:
            found[pk][1].append(booking.transfer_id(pk, reference))
    parts = OperationShare.objects.filter(
        operation__in=[one.pk for one in ours if isinstance(one, Operation)]
    )
    for pk, reference in parts.values_list("operation", "share__reference"):
        # A refund that was refused first and made after all has its second id.
        late = booking.transfer_id(pk, f"late {reference}")
        found[pk][1].extend([booking.transfer_id(pk, reference), late])
    return found


def _late(payout: Payout) -> list[UUID]:
    """Return the ids of the transfers for a payout that came back first and arrived after all."""
    accounts = (settling.payable_code(payout.payee), settling.debt_code(payout.payee))
    return [uuid5(payout.pk, f"{LATE} {account}") for account in accounts]


def _moves(operation: Operation) -> bool:
    return operation.is_capturing or operation.kind == Operation.Kind.REFUND


def _likelihood(operation: Operation, line: StatementLine) -> tuple[bool, bool, bool, datetime]:
    """Rank the operations of one order for a line that names neither our id nor a known transaction."""
    return (
        operation.provider_ref == "",  # what is counted under another transaction is not meant
        operation.amount_vnd == abs(line.amount_vnd),
        operation.is_open,
        operation.created_at,
    )


def _day(moment: datetime) -> date:
    return timezone.localdate(moment, timezone.get_default_timezone())
