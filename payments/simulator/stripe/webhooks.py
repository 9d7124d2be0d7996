"""Writing down what happened, and that the merchant is to hear of it."""

import json
from datetime import datetime, timedelta

from payments.simulator.faults import Draw
from payments.simulator.stripe.models import Account, Event, EventDelivery, new_reference
from payments.simulator.stripe.objects import API_VERSION, Shape, seconds

REORDER_PAUSE = timedelta(seconds=3)
AMOUNTS = ("amount", "amount_total", "amount_received")


def tell(account: Account, type: str, shape: Shape, *, draw: Draw, now: datetime) -> Event:
    """Write down an event, and that the merchant is to hear of it, in the transaction that made it happen.

    The plan of faults may drop, double, delay or falsify what is sent; the event itself stays right.
    """
    reference = new_reference("evt_")
    told = {
        "id": reference,
        "object": "event",
        "api_version": API_VERSION,
        "created": seconds(now),
        "data": {"object": shape},
        "livemode": False,
        "pending_webhooks": int(bool(account.webhook_url)),
        "request": {"id": None, "idempotency_key": None},
        "type": type,
    }
    event = Event.objects.create(
        reference=reference, account=account, type=type, body=_written(told), created_at=now
    )
    if account.webhook_url:
        _owe(event, told, draw=draw, now=now)
    return event


def _owe(event: Event, told: Shape, *, draw: Draw, now: datetime) -> None:
    due_at = now + timedelta(seconds=draw.seconds("delay_callbacks_s"))
    if draw.happens("reorder"):
        due_at += REORDER_PAUSE
    is_dropped = draw.happens("drop_callbacks") or draw.happens("debit_then_timeout")
    EventDelivery.objects.bulk_create(
        EventDelivery(
            event=event,
            url=event.account.webhook_url,
            body=_falsified(told) if draw.happens("wrong_amount") else event.body,
            created_at=now,
            next_try_at=None if is_dropped else due_at,
            last_answer="dropped by the plan of faults" if is_dropped else "",
        )
        for _ in range(2 if draw.happens("duplicate_callbacks") else 1)
    )


def _falsified(told: Shape) -> str:
    shape = told["data"]["object"]
    wrong = {name: shape[name] + 1 for name in AMOUNTS if shape.get(name)}
    return _written(told | {"data": {"object": shape | wrong}})


def _written(told: Shape) -> str:
    return json.dumps(told, ensure_ascii=False, indent=2)
