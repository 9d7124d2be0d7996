"""Comparing a provider's statement of one day with what we asked for and booked, and settling by it."""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from payments import providers
from payments.errors import PaymentError, ReconciliationRunning, UnknownDifference
from payments.ledger.replay import one_moment
from payments.models import Claim, Difference, Operation, Payout, Reconciliation, StatementRow
from payments.providers.base import Capability, Outcome, Report, StatementLine
from payments.services import matching
from payments.services.matching import Finding, Kind, Ours, Pair
from payments.services.payout_reports import record_payout_report
from payments.services.reports import record_report
from payments.states import LEASE

# So many lines are looked up together.
LINES = 1_000
# Whoever compares has this long before somebody else may start over.
RUN_WITHIN = timedelta(minutes=30)

logger = logging.getLogger(__name__)

T = TypeVar("T")
Watch = Callable[[Iterable[StatementLine]], Iterable[StatementLine]]


def reconcile(
    *, provider: str, day: date, by: str = "", now: datetime, watch: Watch = iter
) -> Reconciliation:
    """Compare ``provider``'s statement of ``day`` (Asia/Ho_Chi_Minh) with us; return what came of it.

    What the statement shows as moved and we did not know to be is settled by it, through record_report(), so
    that it is settled once. A payment that began and expired that day and is not in the statement of an ended
    day has failed. All else that does not agree is a Difference. Running again updates the same
    reconciliation: what is still different stays as it is, also if it was closed, unless its figures
    changed; what has vanished is marked as gone.

    ``by`` is whoever asked for it, empty for the daily run; ``watch`` is given the lines as they are read and
    passes them on. Lines are read as a stream; the number of queries per 1,000 lines is constant, besides
    those of what is settled. Must not run inside a transaction.

    Raises NotSupported, UnknownProvider, ReconciliationRunning, and ProviderUnavailable if the statement
    cannot be had; then the last comparison stands, with the reason beside it.
    """
    source = providers.get(provider)
    run = _Run(_begin(provider, day, by=by, now=now), now=now)
    try:
        lines = watch(source.statement(day))
        for chunk in _in_chunks(enumerate(lines, start=1)):
            run.take(chunk)
        run.look_for_the_missing()
    except BaseException as error:
        run.give_up(error)
        raise
    return run.finish()


@transaction.atomic
def close_difference(*, difference_id: int, note: str, by: str, now: datetime) -> Difference:
    """Close an open difference with a note of what was found and done. Closing twice changes nothing.

    It stays closed as long as its figures stay the same. Raises UnknownDifference.
    """
    assert note.strip(), "a difference closed without a word"
    assert by, "a difference closed by nobody"

    difference = Difference.objects.select_for_update(no_key=True).filter(pk=difference_id).first()
    if difference is None:
        raise UnknownDifference(difference_id)
    if difference.state == Difference.State.OPEN:
        difference.state = Difference.State.CLOSED
        difference.closed_at, difference.closed_by, difference.note = now, by, note.strip()[:500]
        difference.save(update_fields=["state", "closed_at", "closed_by", "note"])
    return difference


def due_reconciliations(*, now: datetime) -> list[tuple[str, date]]:
    """Return whose statement of which day to compare tonight, by provider and day.

    Yesterday's of every provider that gives statements, and those of the week that could not be had.
    """
    yesterday = timezone.localdate(now, timezone.get_default_timezone()) - timedelta(days=1)
    giving = [code for code in settings.PAYMENT_PROVIDERS if providers.can(code, Capability.STATEMENT)]
    failed = Reconciliation.objects.filter(
        provider__in=giving, finished_at=None, day__range=(yesterday - timedelta(days=6), yesterday)
    )
    due = {(code, yesterday) for code in giving} | set(failed.values_list("provider", "day"))
    return sorted(due)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the first moment of ``day`` in Asia/Ho_Chi_Minh, and that of the day after."""
    begin = timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone())
    return begin, begin + timedelta(days=1)  # no summer time there


class _Run:
    """One comparison under way."""

    def __init__(self, reconciliation: Reconciliation, *, now: datetime) -> None:
        self.reconciliation = reconciliation
        self.run = reconciliation.run
        self.provider = reconciliation.provider
        self.day = reconciliation.day
        self.now = now
        self.lines = self.in_vnd = self.out_vnd = self.agreed = self.settled = 0

    def take(self, numbered: Sequence[tuple[int, StatementLine]]) -> None:
        """Compare some lines, settle by them, and keep them."""
        pairs = matching.pair(
            self.provider, numbered, reconciliation=self.reconciliation.pk, run=self.run, day=self.day
        )
        for one in pairs:
            if one.ours is not None and not one.findings:
                self._settle(one)
                if not one.findings and (finding := matching.day_finding(one, day=self.day)):
                    one.findings.append(finding)
        books = matching.book_findings(
            self.provider, [one.ours for one in pairs if one.ours and _has_succeeded(one.ours)]
        )
        found = [*chain.from_iterable(one.findings for one in pairs), *books]
        wrong = {finding.ours.pk for finding in books if finding.ours}
        self._keep(pairs)
        self._note(found)
        self.lines += len(pairs)
        self.in_vnd += sum(one.line.amount_vnd for one in pairs if one.line.amount_vnd > 0)
        self.out_vnd -= sum(one.line.amount_vnd for one in pairs if one.line.amount_vnd < 0)
        self.agreed += sum(1 for one in pairs if _agrees(one, wrong))

    def look_for_the_missing(self) -> None:
        """Look at what we have of the day that no line told of. An unended day may still bring it."""
        begin, end = day_bounds(self.day)
        if self.now < end:
            return
        self._drop_earlier_rows()
        there = StatementRow.objects.filter(reconciliation__provider=self.provider)
        operations = matching.moving().filter(
            provider=self.provider, state=Operation.State.SUCCEEDED, ended_at__gte=begin, ended_at__lt=end
        )
        payouts = Payout.objects.filter(
            provider=self.provider, state=Payout.State.SUCCEEDED, ended_at__gte=begin, ended_at__lt=end
        )
        missing: Iterator[Ours] = chain(
            operations.exclude(pk__in=there.exclude(operation=None).values("operation"))
            .select_related("intent")
            .order_by("pk")
            .iterator(chunk_size=LINES),
            payouts.exclude(pk__in=there.exclude(payout=None).values("payout"))
            .order_by("pk")
            .iterator(chunk_size=LINES),
        )
        for some in _in_chunks(missing):
            found = [Finding(Kind.MISSING_THERE, str(ours.pk), None, ours) for ours in some]
            self._note([*found, *matching.book_findings(self.provider, some)])
        self._fail_what_never_came(begin, end)
        with one_moment():
            total = matching.total_finding(self.provider)
        self._note([total] if total else [])

    def finish(self) -> Reconciliation:
        """Close what has vanished and write down how it went, unless somebody has started over meanwhile."""
        self._drop_earlier_rows()
        with transaction.atomic():
            is_current = Reconciliation.objects.filter(pk=self.reconciliation.pk, run=self.run).update(
                running_since=None,
                finished_at=self.now,
                error="",
                lines=self.lines,
                in_vnd=self.in_vnd,
                out_vnd=self.out_vnd,
                agreed=self.agreed,
                settled=F("settled") + self.settled,
            )
            if is_current:
                self._close_what_is_gone()
        self.reconciliation.refresh_from_db()
        return self.reconciliation

    def give_up(self, error: BaseException) -> None:
        """Forget the lines of a statement that broke off; the last whole one stands."""
        mine = Reconciliation.objects.filter(pk=self.reconciliation.pk, run=self.run)
        words = str(error) or type(error).__name__
        StatementRow.objects.filter(reconciliation=self.reconciliation, run=self.run).delete()
        mine.update(running_since=None, error=words[:300])

    def _settle(self, one: Pair) -> None:
        """Have what ``one`` tells of end as the statement says, if it has not."""
        ours, line = one.ours, one.line
        assert ours is not None
        if _has_succeeded(ours):
            return
        try:
            one.ours = _believe(ours, line, provider=self.provider, now=self.now)
        except PaymentError as error:
            logger.warning("The statement of %s settles %s not: %s", self.provider, ours.pk, error)
            one.findings.append(Finding(Kind.STATE_DIFFERS, str(ours.pk), line, ours, detail=str(error)))
        else:
            self.settled += 1

    def _fail_what_never_came(self, begin: datetime, end: datetime) -> None:
        """End payments that can no longer come: they began and expired in days all of whose lines we know."""
        day_before = Reconciliation.objects.filter(
            provider=self.provider, day=self.day - timedelta(days=1), error=""
        ).exclude(finished_at=None)
        since = begin - timedelta(days=1) if day_before.exists() else begin
        waiting = Operation.objects.filter(
            Q(state__in=Operation.OPEN_STATES) | Q(state=Operation.State.EXPIRED, next_ask_at__isnull=False),
            provider=self.provider,
            kind__in=[Operation.Kind.AUTHORIZE, Operation.Kind.CAPTURE],
            is_capturing=True,
            created_at__gte=since,
            intent__expires_at__gte=begin,
            intent__expires_at__lt=end - LEASE,
            statement_rows=None,
        )
        for operation in list(waiting.select_related("intent").order_by("pk")):
            report = Report(
                operation.pk,
                "",
                Outcome.FAILED,
                error_code="not_in_statement",
                error_message=f"The statement of {self.day:%d/%m/%Y} does not have it.",
                raw={"statement": str(self.day), "lines": self.lines},
            )
            record_report(provider=self.provider, report=report, source=Claim.Source.STATEMENT, now=self.now)
            self.settled += 1

    def _keep(self, pairs: Iterable[Pair]) -> None:
        StatementRow.objects.bulk_create(
            StatementRow(
                reconciliation=self.reconciliation,
                run=self.run,
                number=one.number,
                provider_ref=one.line.provider_ref[:100],
                reference=one.line.reference[:100],
                amount_vnd=one.line.amount_vnd,
                moved_at=one.line.moved_at,
                operation=one.ours if isinstance(one.ours, Operation) else None,
                payout=one.ours if isinstance(one.ours, Payout) else None,
            )
            for one in pairs
        )

    def _note(self, findings: Iterable[Finding]) -> None:
        """Write down differences: new ones, and what is new of those that were found before."""
        wanted = {finding.key: self._difference(finding) for finding in findings}
        known = Difference.objects.filter(reconciliation=self.reconciliation, key__in=wanted)
        earlier = {difference.key: difference for difference in known}
        for key, difference in earlier.items():
            _renew(difference, wanted.pop(key))
        Difference.objects.bulk_create(wanted.values())
        Difference.objects.bulk_update(earlier.values(), _RENEWED)

    def _difference(self, finding: Finding) -> Difference:
        line, ours = finding.line, finding.ours
        operation = ours if isinstance(ours, Operation) else None
        ref = line.provider_ref if line else ours.provider_ref if ours else ""
        reference = line.reference if line else ""
        return Difference(
            reconciliation=self.reconciliation,
            key=finding.key,
            kind=finding.kind,
            provider_ref=ref[:100],
            reference=(reference or (operation.intent.reference if operation else ""))[:100],
            detail=finding.detail[:300],
            statement_vnd=line.amount_vnd if line else None,
            asked_vnd=matching.signed_vnd(ours) if ours else finding.asked_vnd,
            booked_vnd=finding.booked_vnd,
            moved_at=line.moved_at if line else None,
            raw=dict(line.raw) if line else {},
            operation=operation,
            payout=ours if isinstance(ours, Payout) else None,
            found_at=self.now,
            seen_in_run=self.run,
        )

    def _close_what_is_gone(self) -> None:
        gone = {"state": Difference.State.GONE, "closed_at": self.now}
        still_open = Difference.objects.filter(state=Difference.State.OPEN)
        still_open.filter(reconciliation=self.reconciliation, seen_in_run__lt=self.run).update(**gone)
        # What this statement has is missing in no other day's any more.
        rows = StatementRow.objects.filter(reconciliation=self.reconciliation)
        elsewhere = still_open.filter(kind=Kind.MISSING_THERE, reconciliation__provider=self.provider)
        elsewhere.filter(
            Q(operation__in=rows.exclude(operation=None).values("operation"))
            | Q(payout__in=rows.exclude(payout=None).values("payout"))
        ).update(**gone)

    def _drop_earlier_rows(self) -> None:
        StatementRow.objects.filter(reconciliation=self.reconciliation, run__lt=self.run).delete()


_FIGURES = ("statement_vnd", "asked_vnd", "booked_vnd")
_RENEWED = [
    *_FIGURES, "provider_ref", "reference", "detail", "moved_at", "raw", "operation", "payout", "seen_in_run",
    "state", "closed_at", "closed_by", "note",
]  # fmt: skip


def _begin(provider: str, day: date, *, by: str, now: datetime) -> Reconciliation:
    with transaction.atomic(durable=True):
        reconciliation, _ = Reconciliation.objects.get_or_create(provider=provider, day=day)
        reconciliation = Reconciliation.objects.select_for_update(no_key=True).get(pk=reconciliation.pk)
        since = reconciliation.running_since
        if since is not None and now - since < RUN_WITHIN:
            raise ReconciliationRunning(provider=provider, day=day, since=since)
        reconciliation.run += 1
        reconciliation.running_since = now
        reconciliation.run_by = by
        reconciliation.save(update_fields=["run", "running_since", "run_by"])
    return reconciliation


def _believe(ours: Ours, line: StatementLine, *, provider: str, now: datetime) -> Ours:
    """Record what ``line`` says of ``ours`` as every other claim is recorded, and return what it is then."""
    report = Report(
        ours.pk, line.provider_ref, Outcome.SUCCEEDED, amount_vnd=abs(line.amount_vnd), raw=dict(line.raw)
    )
    record = record_payout_report if isinstance(ours, Payout) else record_report
    return record(provider=provider, report=report, source=Claim.Source.STATEMENT, now=now)


def _in_chunks(things: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(things)
    while some := list(islice(rest, LINES)):
        yield some


def _has_succeeded(ours: Ours) -> bool:
    return ours.state in (Operation.State.SUCCEEDED, Payout.State.SUCCEEDED)


def _renew(known: Difference, found: Difference) -> None:
    """Bring a difference found before up to date; open it again if it had gone or is another by now."""
    is_same = all(getattr(known, name) == getattr(found, name) for name in _FIGURES)
    for name in _RENEWED[:9]:
        setattr(known, name, getattr(found, name))
    known.seen_in_run = found.seen_in_run
    if known.state == Difference.State.GONE or not is_same:
        known.state, known.closed_at, known.closed_by, known.note = Difference.State.OPEN, None, "", ""


def _agrees(one: Pair, wrong: Collection[UUID]) -> bool:
    is_known = one.is_own_money or (one.ours is not None and one.ours.pk not in wrong)
    return is_known and not one.findings
