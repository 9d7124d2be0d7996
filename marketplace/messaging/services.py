"""Everything that writes messages, and what sends them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models, transaction

from payments.services.outbox import run_later

from .errors import NoSender, SenderRefused, SenderUnavailable, TextTooLong
from .models import Message
from .senders.registry import sender_for
from .text import SMS_LETTERS, SMS_MOST, parts, plain

Channel, State = Message.Channel, Message.State

TRIES = 8
FIRST_PAUSE = timedelta(seconds=20)  # then twice as long each time: the eighth try comes after 42 minutes
SECRET_LIVES = timedelta(minutes=10)  # a code that comes later only confuses
DUE_AT_ONCE = 200


def send(
    *,
    to: str,
    text: str,
    purpose: str,
    key: str,
    now: datetime,
    channel: str = Channel.SMS,
    secret: bool = False,
) -> Message:
    """Write a message for ``to`` (E.164) into the caller's transaction; it goes out after the commit.

    The same ``key`` twice is one message, whatever else is said: name with it what is told to whom, as
    ``part-paid/<number>/<seller>``. An SMS loses its accents and is divided into pieces of 160 letters of
    GSM-7; a call keeps them. A ``secret`` text is emptied when it is sent, and no longer sent after ten
    minutes. Returns its first piece. Raises TextTooLong for more than three SMS.
    """
    assert to.startswith("+"), "a number in E.164"
    assert 0 < len(key) <= 110, key
    body = plain(text) if channel == Channel.SMS else text.strip()
    assert body, f"an empty message: {key}"
    pieces = parts(body) if channel == Channel.SMS else [body]
    if len(pieces) > SMS_MOST:
        raise TextTooLong(length=len(body), most=SMS_LETTERS * SMS_MOST)
    rows = [
        Message.objects.get_or_create(
            key=key if number == 1 else f"{key}#{number}",
            defaults={
                "channel": channel,
                "to": to,
                "text": piece,
                "purpose": purpose,
                "is_secret": secret,
                "next_try_at": now,
                "queued_at": now,
            },
        )
        for number, piece in enumerate(pieces, start=1)
    ]
    new = [message.pk for message, is_new in rows if is_new]

    for message_id in new:
        run_later("marketplace.messaging.tasks.deliver_message", message_id=message_id)
    return rows[0][0]


def deliver(*, message_id: int, now: datetime) -> bool:
    """Send one message if it is due. Returns False if it is not, or could not be sent.

    The try is written down before it is made, and nobody else tries meanwhile. If this process dies in
    between, the message goes out a second time: better twice than never.
    """
    message = _claim(message_id=message_id, now=now)
    if message is None:
        return False
    try:
        reference = sender_for(message.channel).send(
            to=str(message.to), text=message.text, key=f"{message.pk}-{message.key}"
        )
    except SenderUnavailable as error:
        if message.attempts >= TRIES:
            _end(message, State.FAILED, error=str(error))
        else:
            _still_claimed(message).update(error=str(error)[:200])
        return False
    except (SenderRefused, NoSender) as error:
        _end(message, State.FAILED, error=str(error))
        return False
    _end(message, State.SENT, sent_at=now, reference=reference)
    return True


def deliver_due(*, now: datetime) -> int:
    """Send what is due, the oldest first; return how many went out. Meant for every few seconds."""
    due = Message.objects.filter(state=State.QUEUED, next_try_at__lte=now).order_by("next_try_at", "pk")
    found = list(due.values_list("pk", flat=True)[:DUE_AT_ONCE])
    return sum(deliver(message_id=message_id, now=now) for message_id in found)


def forget(*, now: datetime, days: int = 180) -> int:
    """Empty the texts of messages older than ``days`` days: a market keeps no diary of its people."""
    old = Message.objects.filter(queued_at__lt=now - timedelta(days=days)).exclude(state=State.QUEUED)
    return old.exclude(text="").update(text="")


@transaction.atomic
def _claim(*, message_id: int, now: datetime) -> Message | None:
    """Take one due message for this process, and say when it may be tried again. None if it is not due."""
    row = Message.objects.select_for_update(skip_locked=True).filter(pk=message_id, state=State.QUEUED)
    message = row.filter(next_try_at__lte=now).first()
    if message is None:
        return None
    if message.is_secret and now - message.queued_at > SECRET_LIVES:
        _end(message, State.FAILED, error="The code had ended before it could be sent.")
        return None
    message.attempts += 1
    message.next_try_at = now + FIRST_PAUSE * 2 ** (message.attempts - 1)
    message.save(update_fields=["attempts", "next_try_at"])
    return message


def _still_claimed(message: Message) -> models.QuerySet[Message]:
    """The row, unless somebody else has tried meanwhile."""
    return Message.objects.filter(pk=message.pk, state=State.QUEUED, attempts=message.attempts)


def _end(
    message: Message, state: str, *, error: str = "", sent_at: datetime | None = None, reference: str = ""
) -> None:
    text = "" if message.is_secret else message.text
    Message.objects.filter(pk=message.pk, state=State.QUEUED).update(
        state=state, text=text, error=error[:200], sent_at=sent_at, reference=reference
    )
