"""After the last kill: time passes, the sweeps and the statements settle what is unknown."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date, timedelta

from django.core.management import call_command
from django.db.models import Q
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.celery import app as celery_app
from marketplace.fulfilment.models import Placement
from marketplace.fulfilment.services.orders import UNPAID
from marketplace.sellers.models import SubOrder
from marketplace.settlement.models import PartClock
from payments.models import Event, Intent, Operation, Payout, PayoutBatch
from payments.states import LEASE
from tests.chaos.money import RELEASE
from tests.chaos.scene import OPERATORS
from tests.wallet_operator import wait_until

Order = get_model("order", "Order")


def let_time_pass() -> None:
    """Have the time to pay be over for who has not paid, and the next question to the operators be due.

    Everything that follows is done by the processes: nothing is settled from here.
    """
    over_at = timezone.now() - LEASE - timedelta(seconds=1)
    unpaid = Placement.objects.filter(order__status__in=UNPAID)
    Intent.objects.filter(pk__in=unpaid.values("payment_id")).update(expires_at=over_at)
    unpaid.update(hold_expires_at=over_at)
    ask_now()


def ask_now() -> None:
    now = timezone.now()
    Operation.objects.filter(next_ask_at__gt=now).update(next_ask_at=now)
    PayoutBatch.objects.filter(next_ask_at__gt=now).update(next_ask_at=now)
    Event.objects.filter(delivered_at=None, next_try_at__gt=now).update(next_try_at=now)


def open_matters() -> dict[str, int]:
    """Return how much has not come to its end, by what it is; what is none of it is left out."""
    released = PartClock.objects.filter(released_at=None, release_at__lte=timezone.now())
    found = {
        "orders that wait for money": Order.objects.filter(status__in=UNPAID).count(),
        "operations without an end": Operation.objects.filter(state__in=Operation.OPEN_STATES).count(),
        "events nobody heard": Event.objects.filter(delivered_at=None).count(),
        "batches of payouts without an end": PayoutBatch.objects.exclude(
            state=PayoutBatch.State.ENDED
        ).count(),
        "payouts on the way": Payout.objects.filter(state=Payout.State.ON_THE_WAY).count(),
        "parts being refunded": SubOrder.objects.filter(status=SubOrder.Status.REFUNDING).count(),
        "parts that are due and not released": released.filter(part__status=SubOrder.Status.PAID).count(),
    }
    return {what: number for what, number in found.items() if number}


def settle(*, first_day: date, patience_s: float) -> tuple[list[str], int]:
    """Wait until nothing is open, compare with the statements, and wait again if that settled something.

    Returns what is still different, in words, and how much the statements settled. Raises AssertionError
    if something stays open.
    """
    let_time_pass()
    _wait_until_calm(patience_s)
    # Who has expired is asked about as well, in case the money came all the same.
    expired = Operation.objects.filter(state=Operation.State.EXPIRED, next_ask_at__isnull=False)
    asked_at = timezone.now()
    unasked = expired.filter(next_ask_at__lte=asked_at)
    expired.update(next_ask_at=asked_at)
    wait_until(
        lambda: not unasked.exists(), "all that expired is asked about once more", timeout_s=patience_s
    )
    _wait_until_calm(patience_s)
    days = days_since(first_day)
    settled = sum(_reconcile(day, provider)[1] for day in days for provider in OPERATORS)
    _wait_until_calm(patience_s)
    again = [_reconcile(day, provider) for day in days for provider in OPERATORS]
    found = [words for words, _ in again if not words.endswith("0 differences are open.")]
    if again_settled := sum(number for _, number in again):
        found.append(f"The statements settled {again_settled} more when they were read again.")
    return found, settled


def _wait_until_calm(patience_s: float) -> None:
    celery_app.send_task(RELEASE)
    rounds = iter(range(1_000_000))

    def is_calm() -> bool:
        if next(rounds) % 40 == 39:
            celery_app.send_task(RELEASE)
            _hurry()
        return not open_matters()

    wait_until(is_calm, "nothing is open", timeout_s=patience_s, told_by=_what_is_open)


def _hurry() -> None:
    """Have what is open and waits for its turn asked about now; not what is being asked about."""
    now = timezone.now()
    waiting = Operation.objects.filter(state__in=Operation.OPEN_STATES, next_ask_at__gt=now)
    waiting.filter(Q(next_ask_at__gt=now + LEASE) | Q(next_ask_at__lt=now + LEASE / 2)).update(
        next_ask_at=now
    )
    Event.objects.filter(delivered_at=None, next_try_at__gt=now).update(next_try_at=now)
    PayoutBatch.objects.filter(next_ask_at__gt=now).update(next_ask_at=now)


def _what_is_open() -> str:
    lines = [f"{number} {what}" for what, number in open_matters().items()]
    open_ones: Iterable[Operation] = Operation.objects.filter(state__in=Operation.OPEN_STATES)[:5]
    lines += [
        f"{one.kind} {one.pk} {one.state}, asked {one.tries} times, {one.error_message}" for one in open_ones
    ]
    refused = Operation.objects.filter(kind=Operation.Kind.REFUND, state=Operation.State.FAILED)
    lines += [f"refund {one.pk} was refused: {one.error_code} {one.error_message}" for one in refused[:5]]
    return "\n".join(lines)


def days_since(first_day: date) -> list[date]:
    return [first_day + timedelta(days=n) for n in range((timezone.localdate() - first_day).days + 1)]


def _reconcile(day: date, provider: str) -> tuple[str, int]:
    """Run `manage.py reconcile`; return what it says and how much it settled."""
    said = io.StringIO()
    call_command("reconcile", provider=provider, day=day, verbosity=0, stdout=said)
    words = said.getvalue().strip()
    settled = words.split(" agree, ")[1].split(" ", 1)[0].replace(",", "")
    return words, int(settled)
