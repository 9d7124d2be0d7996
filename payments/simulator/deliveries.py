"""What the sandboxes owe to shops: an outbox per sandbox, sent with growing pauses until it is taken."""

import time
from datetime import datetime
from typing import Self

import httpx
from django.db import models, transaction
from django.utils import timezone

from payments.simulator import faults
from payments.simulator.callbacks import LEASE, TRIES_MAX, pause_after


def clock_of(sandbox: str) -> int:
    """Return what the clock of ``sandbox`` says, in seconds since 1970. A plan of faults may put it wrong."""
    return int(time.time() + faults.skew_of(sandbox).total_seconds())


class Delivery(models.Model):
    """One message to one address. What was dropped on purpose is kept, and never due."""

    url = models.CharField(max_length=500)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    last_answer = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True

    def request(self) -> httpx.Request:
        """Return the request as it is made now: a signature may name the moment."""
        raise NotImplementedError

    def is_taken(self, answer: httpx.Response) -> bool:
        """Return whether the shop has understood."""
        return answer.is_success

    @classmethod
    def claim_due(cls, *, now: datetime, limit: int) -> list[Self]:
        """Take up to ``limit`` messages that are due, so that nobody else sends them during the lease."""
        with transaction.atomic():
            due = cls._default_manager.filter(next_try_at__lte=now).select_for_update(skip_locked=True)
            claimed = list(due.order_by("next_try_at", "pk")[:limit])
            for message in claimed:
                message.tries += 1
                message.next_try_at = now + LEASE
            cls._default_manager.bulk_update(claimed, ["tries", "next_try_at"])
        return claimed

    def send(self, http: httpx.Client) -> bool:
        """Send a claimed message and write the answer down. Returns whether it was taken.

        What was not is sent again, TRIES_MAX times in all.
        """
        try:
            answer = http.send(self.request())
            self.last_answer, is_taken = f"{answer.status_code} {answer.text}"[:200], self.is_taken(answer)
        except httpx.HTTPError as error:
            self.last_answer, is_taken = f"{type(error).__name__}: {error}"[:200], False
        now = timezone.now()
        if is_taken:
            self.delivered_at, self.next_try_at = now, None
        elif self.tries >= TRIES_MAX:
            self.next_try_at = None
        else:
            self.next_try_at = now + pause_after(self.tries)
        self.save(update_fields=["delivered_at", "next_try_at", "last_answer"])
        return is_taken
