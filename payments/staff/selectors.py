"""What the pages for staff show, each put together in a number of queries that does not grow."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from payments import providers
from payments.ledger import telling
from payments.ledger.telling import KindTotal, TransferStory
from payments.models import Claim, Difference, Intent, Operation, Payout, Reconciliation
from payments.providers.base import Capability
from payments.services import booking

# What an account of each kind stands for; another kind is called by its own name.
KIND_WORDS = {
    "bank": _("Our bank account"),
    "clearing": _("With the payment providers"),
    "debt": _("Owed to us"),
    "escrow": _("Held for orders"),
    "fund": _("Funds"),
    "payable": _("To be paid to sellers and the post"),
    "revenue": _("Commission"),
    "tax": _("Tax withheld"),
    "till": _("Cash at post points"),
}
OLDEST = 8
DAYS = 14  # on one page


@dataclass(frozen=True)
class Overview:
    """Where the money is, in đồng, and what waits for somebody."""

    kinds: list[KindTotal]
    sum_vnd: int
    states: list[tuple[str, int, int]]  # label, payments, đồng
    unanswered: int
    oldest: list[Operation]
    open_differences: int
    days: list[Reconciliation]


@dataclass(frozen=True)
class Day:
    """The reconciliations of one day, in the order of the providers; None where there was none."""

    day: date
    cells: list[tuple[str, str, Reconciliation | None]] = field(default_factory=list)  # code, name


@dataclass(frozen=True)
class Story:
    """All that happened about one order's number."""

    reference: str
    intents: list[Intent]
    operations: list[Operation]
    claims: list[Claim]
    payouts: list[Payout]
    transfers: list

    @property
    def is_empty(self) -> bool:
        return not (self.intents or self.transfers or self.payouts)


def overview() -> Overview:
    """Return what the first page shows. Six queries."""
    kinds = telling.totals_by_kind()
    states = Intent.objects.values("state").annotate(number=Count("pk"), total_vnd=Sum("amount_vnd"))
    labels = dict(Intent.State.choices)
    rows = {row["state"]: (row["number"], row["total_vnd"]) for row in states}
    waiting = _unanswered()
    return Overview(
        kinds=kinds,
        sum_vnd=sum(kind.balance_vnd for kind in kinds),
        states=[(str(labels[state]), *rows[state]) for state in Intent.State.values if state in rows],
        unanswered=waiting.count(),
        oldest=list(waiting.select_related("intent").order_by("created_at", "pk")[:OLDEST]),
        open_differences=Difference.objects.filter(state=Difference.State.OPEN).count(),
        days=list(with_open_differences()[:OLDEST]),
    )


def with_open_differences() -> QuerySet[Reconciliation]:
    """Return the reconciliations that need somebody, oldest first: with open differences, or that failed."""
    return (
        _counted(Reconciliation.objects.all())
        .filter(Q(open_differences__gt=0) | ~Q(error=""))
        .order_by("day", "provider")
    )


def statement_providers() -> list[tuple[str, str]]:
    """Return code and name of the providers that give statements, in the order of the settings."""
    codes = [code for code in settings.PAYMENT_PROVIDERS if providers.can(code, Capability.STATEMENT)]
    return [(code, providers.label(code)) for code in codes]


def days(last: date, columns: Sequence[tuple[str, str]]) -> list[Day]:
    """Return ``DAYS`` days, ``last`` first, each with its reconciliation per (code, name). One query."""
    wanted = [last - timedelta(days=ago) for ago in range(DAYS)]
    found = _counted(Reconciliation.objects.filter(day__in=wanted, provider__in=dict(columns)))
    by_cell = {(one.day, one.provider): one for one in found}
    return [Day(day, [(code, name, by_cell.get((day, code))) for code, name in columns]) for day in wanted]


def first_day() -> date | None:
    """Return the first day that was ever compared."""
    return Reconciliation.objects.aggregate(first=Min("day"))["first"]


def reconciliation(provider: str, day: date) -> Reconciliation:
    """Return the reconciliation of one provider's day; one that is not saved if there was none yet."""
    found = _counted(Reconciliation.objects.filter(provider=provider, day=day)).first()
    return found or Reconciliation(provider=provider, day=day)


def differences(of: Reconciliation) -> QuerySet[Difference]:
    """Return the differences of one day, each with what of ours it is about, by class."""
    if of._state.adding:
        return Difference.objects.none()
    found = Difference.objects.filter(reconciliation=of)
    return found.select_related("operation__intent", "payout").order_by("kind", "found_at", "pk")


def story_of(reference: str) -> Story:
    """Return all that happened about an order, one of its parts, or a payee of payouts. Five queries."""
    intents = list(
        Intent.objects.filter(Q(reference=reference) | Q(shares__reference=reference))
        .distinct()
        .order_by("created_at", "pk")
    )
    operations = list(
        Operation.objects.filter(intent__in=intents)
        .select_related("intent")
        .order_by("created_at", F("original").asc(nulls_first=True), "pk")
    )
    claims = Claim.objects.filter(operation__in=operations).order_by("pk")
    payouts = Payout.objects.filter(payee=reference).order_by("created_at", "pk")
    return Story(
        reference=reference,
        intents=intents,
        operations=operations,
        claims=list(claims),
        payouts=list(payouts),
        transfers=list(telling.transfers_about(reference)),
    )


def reference_of(known_id: UUID) -> str | None:
    """Return the reference whose story tells of a payment, an operation or a payout; None for other ids."""
    intents = Intent.objects.filter(Q(pk=known_id) | Q(operations=known_id))
    found = intents.values_list("reference", flat=True).first()
    return found or Payout.objects.filter(pk=known_id).values_list("payee", flat=True).first()


def cause_of(story: TransferStory) -> Operation | Payout | None:
    """Return the operation or the payout that made a transfer, if one did."""
    transfer = story.transfer
    named = _uuid(transfer.memo)
    payout = Payout.objects.filter(pk__in=[transfer.pk, named or transfer.pk]).first()
    if payout is not None or named is None:
        return payout
    operations = Operation.objects.filter(Q(pk=named) | Q(intent=named)).select_related("intent")
    for operation in operations.order_by("created_at", "pk"):
        own = (transfer.reference, f"late {transfer.reference}")
        if transfer.pk in [booking.transfer_id(operation.pk, part) for part in own]:
            return operation
    return None


def claims_about(cause: Operation | Payout | None) -> list[Claim]:
    """Return what was said of an operation or a payout, in the order in which it arrived."""
    return [] if cause is None else list(Claim.objects.filter(operation_named=cause.pk).order_by("pk"))


def words_for(kind: str) -> str:
    """Return what accounts of ``kind`` stand for."""
    return str(KIND_WORDS.get(kind, kind))


def _counted(found: QuerySet[Reconciliation]) -> QuerySet[Reconciliation]:
    still_open = Q(differences__state=Difference.State.OPEN)
    return found.annotate(open_differences=Count("differences", filter=still_open))


def _unanswered() -> QuerySet[Operation]:
    return Operation.objects.filter(state__in=Operation.OPEN_STATES)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
