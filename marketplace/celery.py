"""The Celery application: `celery -A marketplace worker` and `celery -A marketplace beat`."""

import gc
import os
from typing import Any

from celery import Celery
from celery.signals import (
    before_task_publish,
    heartbeat_sent,
    setup_logging,
    task_failure,
    task_postrun,
    task_prerun,
    worker_init,
)
from django.conf import settings

from marketplace.operations import beats
from payments import tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.dev")

app = Celery("marketplace")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_configure.connect
def _tell_the_scheduler(sender: Celery, **kwargs: Any) -> None:
    """RedBeat looks for its settings by their own names, which Celery's prefix would hide."""
    sender.conf.update(settings.REDBEAT)


@worker_init.connect
def _keep_what_is_imported(**kwargs: Any) -> None:
    """What has been imported stays: no collection of garbage has to look through it again."""
    gc.freeze()


@setup_logging.connect
def _log_as_settings_say(**kwargs: Any) -> None:
    """Keep LOGGING: with a receiver here, Celery puts no handlers of its own in its place."""


@before_task_publish.connect
def _name_its_request(headers: dict[str, Any], **kwargs: Any) -> None:
    """Hand the name of the request, or of the task, that starts a task to it."""
    if name := tracing.current():
        headers["request_id"] = name


@task_prerun.connect
def _go_on_with_its_name(task: Any, **kwargs: Any) -> None:
    """Do a task under the name of whatever started it; what the scheduler started has a name of its own."""
    tracing.begin(task.request.get("request_id") or "")


@task_postrun.connect
def _forget_its_name(task: Any, **kwargs: Any) -> None:
    tracing.end()


@task_failure.connect
def _count_failure(sender: Any, **kwargs: Any) -> None:
    beats.count_failure(sender.name)


@heartbeat_sent.connect
def _tell_that_worker_lives(sender: Any, **kwargs: Any) -> None:
    beats.worker_lives(sender.eventer.hostname)
