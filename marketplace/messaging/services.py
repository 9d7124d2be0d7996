"""Everything that writes messages, and what sends them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction

from marketplace.accounts.models import User
from payments.services.outbox import run_later

from . import notices, readers
from .errors import AddressGone, NoSender, SenderRefused, SenderUnavailable, TextTooLong
from .events import BY_PURPOSE, EVENTS, Event
from .models import Channel, Device, Message, Notice
from .senders.base import Letter
from .senders.registry import sender_for
from .text import SMS_LETTERS, SMS_MOST, parts, plain

State = Message.State

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
    link: str = "",
) -> Message | None:
    """Write a message for ``to`` (E.164) into the caller's transaction; it goes out after the commit.

    The same ``key`` twice is one message, whatever else is said: name with it what is told to whom, as
    ``part-paid/<number>/<seller>``. An SMS loses its accents and is divided into pieces of 160 letters of
    GSM-7; a call keeps them. A ``secret`` text is emptied when it is sent, and no longer sent after ten
    minutes. A ``purpose`` of messaging.events is told to whoever has shown that the number is theirs by the
    channels they chose, with a ``link`` to where it can be seen. Returns the (first) SMS or call; None where
    none was chosen. Raises TextTooLong for more than three SMS.
    """
    assert to.startswith("+"), "a number in E.164"
    event = BY_PURPOSE.get(purpose)
    if channel == Channel.SMS and not secret and event is not None:
        user = readers.known_user(to)
        if user is not None:
            return _tell(user, event, to=to, text=text, purpose=purpose, key=key, link=link, now=now)
    return _to_telephone(to=to, text=text, purpose=purpose, key=key, now=now, channel=channel, secret=secret)


def _tell(
    user: User, event: Event, *, to: str, text: str, purpose: str, key: str, link: str, now: datetime
) -> Message | None:
    """Write what ``user`` is told by each channel they chose."""
    wanted = readers.channels_of(user, event)
    link = link or event.link
    notice = Notice(
        user=user, event=event.code, text=text[: notices.TEXT_LETTERS], link=link, key=key, at=now
    )
    if Channel.PAGE in wanted:
        notices.write([notice])
    by_web([notice], {user: wanted}, purpose=purpose, now=now)
    if Channel.SMS not in wanted:
        return None
    return _to_telephone(
        to=to, text=text, purpose=purpose, key=key, now=now, channel=Channel.SMS, secret=False
    )


def was_told(key: str) -> bool:
    """Return whether something was told under ``key``, by whatever channel."""
    return Message.objects.filter(key=key).exists() or Notice.objects.filter(key=key).exists()


def by_web(
    told: Iterable[Notice], wanted: Mapping[User, frozenset[str]], *, purpose: str, now: datetime
) -> None:
    """Write what notices say as e-mails and for browsers, to those who ``wanted`` that. One query each."""
    people = {user.pk: (user, channels) for user, channels in wanted.items()}
    pushed = [pk for pk, (_user, channels) in people.items() if Channel.PUSH in channels]
    devices: dict[int, list[Device]] = {pk: [] for pk in pushed}
    for device in Device.objects.filter(user__in=pushed).order_by("pk") if pushed else ():
        devices[device.user_id].append(device)
    for notice in told:
        user, channels = people[notice.user_id]
        facts = {
            "title": str(EVENTS[notice.event].words),
            "text": notice.text,
            "link": notice.link,
            "purpose": purpose,
            "next_try_at": now,
            "queued_at": now,
        }
        if Channel.EMAIL in channels and user.email and readers.is_mail_sent():
            _queue(f"{notice.key}/email", channel=Channel.EMAIL, email=user.email, **facts)
        for device in devices.get(user.pk, ()):
            _queue(f"{notice.key}/push/{device.pk}", channel=Channel.PUSH, device=device, **facts)


def _to_telephone(
    *, to: str, text: str, purpose: str, key: str, now: datetime, channel: str, secret: bool
) -> Message:
    assert 0 < len(key) <= 110, key
    body = plain(text) if channel == Channel.SMS else text.strip()
    assert body, f"an empty message: {key}"
    pieces = parts(body) if channel == Channel.SMS else [body]
    if len(pieces) > SMS_MOST:
        raise TextTooLong(length=len(body), most=SMS_LETTERS * SMS_MOST)
    rows = [
        _queue(
            key if number == 1 else f"{key}#{number}",
            channel=channel,
            to=to,
            text=piece,
            purpose=purpose,
            is_secret=secret,
            next_try_at=now,
            queued_at=now,
        )
        for number, piece in enumerate(pieces, start=1)
    ]
    return rows[0]


def _queue(key: str, **facts: Any) -> Message:
    """Write one row of the outbox, unless it stands there; it goes out after the commit."""
    message, is_new = Message.objects.get_or_create(key=key, defaults=facts)
    if is_new:
        run_later("marketplace.messaging.tasks.deliver_message", message_id=message.pk)
    return message


def deliver(*, message_id: int, now: datetime) -> bool:
    """Send one message if it is due. Returns False if it is not, or could not be sent.

    The try is written down before it is made, and nobody else tries meanwhile. If this process dies in
    between, the message goes out a second time: better twice than never.
    """
    message = _claim(message_id=message_id, now=now)
    if message is None:
        return False
    try:
        reference = sender_for(message.channel).send(_letter(message))
    except SenderUnavailable as error:
        if message.attempts >= TRIES:
            _end(message, State.FAILED, error=str(error))
        else:
            _still_claimed(message).update(error=str(error)[:200])
        return False
    except AddressGone:
        Device.objects.filter(message=message).delete()  # and with it what was to be shown there
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


def _letter(message: Message) -> Letter:
    device = message.device
    link = f"{settings.PUBLIC_BASE_URL}{message.link}" if message.link else ""
    return Letter(
        to=device.endpoint if device is not None else message.email or str(message.to),
        text=message.text,
        key=f"{message.pk}-{message.key}",
        title=message.title,
        link=link,
        keys=(device.p256dh, device.auth) if device is not None else ("", ""),
    )


@transaction.atomic
def _claim(*, message_id: int, now: datetime) -> Message | None:
    """Take one due message for this process, and say when it may be tried again. None if it is not due."""
    rows = Message.objects.select_for_update(skip_locked=True, of=("self",)).select_related("device")
    row = rows.filter(pk=message_id, state=State.QUEUED)
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
