"""Codes that show that a telephone is in somebody's hand: six digits, sent by SMS or said by a call."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta

from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from marketplace.messaging import services as messages
from marketplace.messaging.models import Message
from marketplace.messaging.readers import speaking_to

from .errors import TooManyCodes

PURPOSE = "code"
LIVES = timedelta(minutes=10)
WRONG_MOST = 5
# Whoever sends them: a telephone that rings for every code somebody asks for is no telephone any more.
CODES_PER_HOUR = 6
CODES_PER_DAY = 15


def new_code() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


def digest(code: str, *, salt: str) -> str:
    """Return what is kept of a code; ``salt`` names what it was sent for."""
    return salted_hmac(f"joining.code/{salt}", code, algorithm="sha256").hexdigest()


def is_right(code: str, *, kept: str, salt: str) -> bool:
    return constant_time_compare(digest(code.strip().replace(" ", ""), salt=salt), kept)


def refuse_too_many(*, phone: str, now: datetime) -> None:
    """Raise TooManyCodes if ``phone`` (E.164) has had enough codes for now, whoever asked for them."""
    sent = Message.objects.filter(to=phone, purpose=PURPOSE)
    if sent.filter(queued_at__gt=now - timedelta(hours=1)).count() >= CODES_PER_HOUR:
        raise TooManyCodes(hours=1)
    if sent.filter(queued_at__gt=now - timedelta(days=1)).count() >= CODES_PER_DAY:
        raise TooManyCodes(hours=24)


def send(*, phone: str, code: str, by_call: bool, now: datetime) -> None:
    """Send the code for signing in to ``phone`` (E.164), or have it said by a call."""
    with speaking_to(phone):
        if by_call:
            text = _("This is Mường Then. Your code is: %(code)s. Once more: %(code)s.") % {
                "code": ", ".join(code)
            }
        else:
            text = _("%(code)s is your code for Muong Then. Tell it nobody. It ends in 10 minutes.") % {
                "code": code
            }
    _write(phone=phone, text=text, by_call=by_call, now=now)


def send_question(*, phone: str, code: str, agent: str, about: str, by_call: bool, now: datetime) -> None:
    """Ask the farmer at ``phone`` whether ``agent`` may act for them; the code is their yes."""
    with speaking_to(phone):
        words = {"agent": agent, "about": about, "code": ", ".join(code) if by_call else code}
        text = (
            _("%(agent)s asks to sell for you: %(about)s. If you agree, tell them the code %(code)s.") % words
        )
    _write(phone=phone, text=text, by_call=by_call, now=now)


def _write(*, phone: str, text: str, by_call: bool, now: datetime) -> None:
    messages.send(
        to=phone,
        text=text,
        purpose=PURPOSE,
        key=f"code/{uuid.uuid4()}",
        now=now,
        channel=Message.Channel.VOICE if by_call else Message.Channel.SMS,
        secret=True,
    )
