"""How the house stands: who is there, what waits, what failed."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Min
from django.utils.translation import gettext as _
from kombu import Connection
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from marketplace import health
from marketplace.messaging.models import Message
from marketplace.statistics import selectors as statistics
from marketplace.statistics.releases.models import Release
from marketplace.switches import selectors as switches
from payments.models import Event

from . import beats


@dataclass
class State:
    """What the page of status shows. ``problems`` are sentences, none when all is well."""

    problems: list[str] = field(default_factory=list)
    signs: list[beats.Sign] = field(default_factory=list)
    queues: dict[str, int] = field(default_factory=dict)  # tasks that wait, by queue
    failures: dict[str, int] = field(default_factory=dict)  # since the memory was emptied, by task
    events: int = 0  # of payments, which nobody has heard
    oldest: datetime | None = None
    messages: int = 0  # that should have been sent by now
    behind_s: int = 0  # how old the oldest sale is that no summary has
    release: Release | None = None
    closed_since: datetime | None = None
    disk_free_percent: int = 100  # of the machine that shows the page


def state(*, now: datetime) -> State:
    """Look at every part once. What cannot be reached is a problem, never an error."""
    found = State(problems=[problem for problem in health.problems().values() if problem])
    waiting = Event.objects.filter(delivered_at=None).aggregate(number=Count("pk"), oldest=Min("created_at"))
    found.events, found.oldest = waiting["number"], waiting["oldest"]
    due = Message.objects.filter(state=Message.State.QUEUED, next_try_at__lt=now)
    found.messages = due.count()
    found.behind_s = round(statistics.freshness(now=now).behind.total_seconds())
    found.release = Release.objects.order_by("-made_at").first()
    found.closed_since = switches.closed_since(now=now)
    found.disk_free_percent = round(100 * disk_free())
    try:
        scheduler = beats.scheduler(now=now)
        workers = beats.workers(now=now)
        found.failures = beats.failures()
        found.queues = queues()
    except (RedisError, OperationalError, OSError):
        return found  # which health.problems() has said
    found.signs = [*([scheduler] if scheduler else []), *workers]
    if scheduler is None or scheduler.is_silent:
        found.problems.append(_("The scheduler is silent: start it again."))
    if not any(not worker.is_silent for worker in workers):
        found.problems.append(_("No worker is there: start one."))
    return found


def disk_free() -> float:
    """Return which part of this machine's disk is free, between 0 and 1."""
    disk = shutil.disk_usage(settings.VAR_DIR if settings.VAR_DIR.exists() else settings.BASE_DIR)
    return disk.free / disk.total


def queues() -> dict[str, int]:
    """Return how many tasks wait, by queue. Raises RedisError, OperationalError, OSError."""
    with Connection(
        settings.CELERY_BROKER_URL, transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS
    ) as broker:
        channel: Any = broker.default_channel  # of Valkey: it counts without asking for the queue anew
        return {queue.name: channel._size(queue.name) for queue in settings.CELERY_TASK_QUEUES}
