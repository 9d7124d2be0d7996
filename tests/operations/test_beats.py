from datetime import UTC, datetime, timedelta

import pytest

from marketplace.operations import beats, valkey


@pytest.fixture
def now():
    """Signs of life bear the time of the clock: that of this test, not that of the run's beginning."""
    return datetime.now(UTC)


@pytest.fixture(autouse=True)
def _nobody_there():
    names = [valkey.key(name) for name in (beats.WORKERS, beats.SCHEDULER, beats.FAILURES)]
    valkey.counts().delete(*names)
    beats._Told.at_s = float("-inf")
    yield
    valkey.counts().delete(*names)


def test_a_worker_is_there_until_it_is_silent_and_forgotten_after_a_day(now):
    beats.worker_lives("celery@one")

    [sign] = beats.workers(now=now + timedelta(seconds=20))
    assert (sign.name, sign.is_silent) == ("celery@one", False)
    [sign] = beats.workers(now=now + timedelta(seconds=90))
    assert sign.is_silent
    assert beats.workers(now=now + timedelta(days=2)) == []
    assert beats.workers(now=now) == []  # forgotten


def test_a_worker_tells_so_every_ten_seconds_at_most(now):
    beats.worker_lives("celery@one")
    beats.worker_lives("celery@two")

    assert [sign.name for sign in beats.workers(now=now)] == ["celery@one"]


def test_the_scheduler_that_never_gave_a_sign_is_not_there(now):
    assert beats.scheduler(now=now) is None
    beats.scheduler_lives(now=now - timedelta(minutes=1))
    sign = beats.scheduler(now=now)
    assert sign is not None
    assert sign.is_silent
    assert sign.seen_at == now - timedelta(minutes=1)


def test_failures_are_counted_by_task():
    for task in ("b.task", "a.task", "b.task"):
        beats.count_failure(task)

    assert beats.failures() == {"a.task": 1, "b.task": 2}
