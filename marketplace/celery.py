"""The Celery application: `celery -A marketplace worker` and `celery -A marketplace beat`."""

import gc
import os
from typing import Any

from celery import Celery
from celery.signals import worker_init
from django.conf import settings

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
