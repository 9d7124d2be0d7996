"""The figures of the whole house, read from the database and Valkey when they are asked for.

Each costs one query that an index bounds, but for the sums of the books, which are kept for five minutes.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.models import Count, Max, Min, QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from redis.exceptions import RedisError

from marketplace.departments.models import Delivery, Report
from marketplace.fulfilment.models import Placement
from marketplace.fulfilment.services import orders
from marketplace.messaging.models import Message
from marketplace.statistics import selectors as statistics
from marketplace.statistics.provinces import sales_by_province
from marketplace.statistics.releases.models import Release
from marketplace.switches import selectors as switches
from payments.ledger.selectors import trial_balance
from payments.models import Difference, Event, Intent

from . import beats, standing

LATELY = timedelta(hours=1)
BOOKS_KEPT_S = 300

logger = logging.getLogger(__name__)


class House:
    """A collector for prometheus_client: what the house looks like at ``now``."""

    def __init__(self, *, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("market_part_up", "1 where the part answers", labels=["part"])
        for part, read, failures in (
            ("database", _of_database, (DatabaseError,)),
            ("valkey", _of_valkey, (RedisError, OperationalError, OSError)),
        ):
            try:
                yield from list(read(self.now))
                up.add_metric([part], 1)
            except failures as error:
                logger.warning("No figures of the %s: %s", part, error)
                up.add_metric([part], 0)
        yield up
        yield from _of_this_machine()


def _of_database(now: datetime) -> Iterator[Metric]:
    yield from _payments(now)
    yield from _outboxes(now)
    held = Placement.objects.filter(
        released_at=None, hold_expires_at__lt=now, order__status__in=orders.UNPAID
    ).aggregate(oldest=Min("hold_expires_at"))
    overdue_s = _age_s(held["oldest"], now)
    yield _gauge("market_hold_overdue_seconds", "Age of the oldest hold that should be over", overdue_s)
    yield from _books()
    behind_s = statistics.freshness(now=now).behind.total_seconds()
    yield _gauge("market_statistics_behind_seconds", "Age of the oldest sale no summary has", behind_s)
    today = timezone.localdate(now)
    sold = sales_by_province(first_day=today, last_day=today)
    by_province = (((province.code,), province.net_vnd) for province in sold)
    yield _by("market_sold_today_vnd", "Sold today, less refunds", ["province"], by_province)
    made_at = Release.objects.aggregate(last=Max("made_at"))["last"]
    age_s = _age_s(made_at, now) if made_at else None
    yield _gauge("market_release_age_seconds", "Age of the last release of figures", age_s)
    different = Difference.objects.filter(state=Difference.State.OPEN).count()
    yield _gauge("market_differences_open", "Differences to the providers' statements", different)
    is_closed = switches.closed_since(now=now) is not None
    yield _gauge("market_closed", "1 while the market is closed", float(is_closed))
    yield from _server()


def _payments(now: datetime) -> Iterator[Metric]:
    begun: QuerySet[Any] = Intent.objects.filter(created_at__gt=now - LATELY)
    rows = begun.values_list("provider", "state").annotate(Count("pk")).order_by("provider", "state")
    lately = "Payments begun in the last hour, by what became of them"
    yield _by("market_payments_last_hour", lately, ["provider", "state"], ((row[:2], row[2]) for row in rows))

    waiting: QuerySet[Any] = Intent.objects.filter(state__in=Intent.OPEN_STATES)
    facts = waiting.values_list("provider").annotate(Count("pk"), Min("expires_at")).order_by("provider")
    found = list(facts)
    counted = (((provider,), number) for provider, number, _oldest in found)
    yield _by("market_payments_open", "Payments nobody knows the end of", ["provider"], counted)
    overdue = (((provider,), _age_s(oldest, now)) for provider, _number, oldest in found)
    yield _by(
        "market_payment_overdue_seconds",
        "For how long the oldest open payment should have ended",
        ["provider"],
        overdue,
    )


def _outboxes(now: datetime) -> Iterator[Metric]:
    """Each outbox has a partial index of what waits."""
    queued: dict[str, tuple[QuerySet[Any], str]] = {
        "payments": (Event.objects.filter(delivered_at=None), "created_at"),
        "messages": (Message.objects.filter(state=Message.State.QUEUED), "queued_at"),
        "announcements": (Delivery.objects.filter(state=Delivery.State.QUEUED), "queued_at"),
        "reports": (Report.objects.filter(state=Report.State.QUEUED), "queued_at"),
    }
    numbers, ages, late = [], [], []
    for name, (rows, written) in queued.items():
        waiting = rows.aggregate(number=Count("pk"), oldest=Min(written), due_at=Min("next_try_at"))
        numbers.append(((name,), waiting["number"]))
        ages.append(((name,), _age_s(waiting["oldest"], now)))
        late.append(((name,), _age_s(waiting["due_at"], now)))
    label = ["outbox"]
    yield _by("market_outbox_waiting", "What others have not been told yet", label, numbers)
    yield _by("market_outbox_oldest_seconds", "Age of the oldest that waits", label, ages)
    yield _by("market_outbox_late_seconds", "For how long the next has been due", label, late)


def _books() -> Iterator[Metric]:
    sums: dict[str, int] | None = cache.get("operations:books")
    if sums is None:
        sums = trial_balance()
        cache.set("operations:books", sums, BOOKS_KEPT_S)
    by_kind = (((kind,), total_vnd) for kind, total_vnd in sums.items())
    yield _by("market_ledger_balance_vnd", "Sum of the accounts of a kind", ["kind"], by_kind)
    total = "Sum of all accounts: money came from nowhere where it is not 0"
    yield _gauge("market_ledger_sum_vnd", total, sum(sums.values()))


def _server() -> Iterator[Metric]:
    """What PostgreSQL tells everybody of itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM now() - last_archived_time)::float, failed_count, "
            "(SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()), "
            "pg_database_size(current_database()) FROM pg_stat_archiver"
        )
        archived_s, failed, connections, size = cursor.fetchone()
    since = "Since the last file of the log was kept"
    yield _gauge("market_log_archived_seconds", since, archived_s)
    lost = "Files of the log that could not be kept"
    yield CounterMetricFamily("market_log_failures", lost, value=failed)
    yield _gauge("market_database_connections", "Connections to the database", connections)
    yield _gauge("market_database_bytes", "Size of the database", size)


def _of_valkey(now: datetime) -> Iterator[Metric]:
    workers = beats.workers(now=now)
    present = [worker for worker in workers if not worker.is_silent]
    yield _gauge("market_workers", "Workers that gave a sign of life lately", len(present))
    scheduler = beats.scheduler(now=now)
    silent_s = _age_s(scheduler.seen_at, now) if scheduler else None
    yield _gauge("market_scheduler_silent_seconds", "Since the scheduler's last sign of life", silent_s)
    waiting = (((queue,), number) for queue, number in standing.queues().items())
    yield _by("market_queue_tasks", "Tasks that wait for a worker", ["queue"], waiting)
    failed = CounterMetricFamily("market_task_failures", "Tasks that raised", labels=["task"])
    for task, number in beats.failures().items():
        failed.add_metric([task], number)
    yield failed


def _of_this_machine() -> Iterator[Metric]:
    yield _gauge("market_disk_free_ratio", "Part of this machine's disk that is free", standing.disk_free())


def _gauge(name: str, words: str, value: float | None) -> Metric:
    """Return one figure; where there is none, only its name."""
    return GaugeMetricFamily(name, words, value=value)


def _by(
    name: str, words: str, labels: list[str], rows: Iterable[tuple[tuple[str, ...], float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=labels)
    for values, value in rows:
        family.add_metric(list(values), value)
    return family


def _age_s(moment: datetime | None, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds()) if moment else 0.0
