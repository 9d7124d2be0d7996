"""Who is told, in which language and by which channels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from django.conf import settings
from django.db import transaction
from django.utils import translation

from marketplace.accounts.models import User

from .events import CHANNELS, EVENTS, Event
from .models import Channel, Choice, Reader

NO_MAIL = "django.core.mail.backends.dummy.EmailBackend"


def language_of(phone: str) -> str:
    """Return the language that the reader at ``phone`` (E.164) chose, else that of the market. One query."""
    return languages_of([phone])[phone] if phone else settings.LANGUAGE_CODE


def languages_of(phones: Iterable[str]) -> dict[str, str]:
    """Return the language of each reader, by telephone number in E.164. One query."""
    asked = list(phones)
    chosen = Reader.objects.filter(phone__in=asked).values_list("phone", "language")
    known = {str(phone): language for phone, language in chosen}
    return {phone: known.get(phone, settings.LANGUAGE_CODE) for phone in asked}


@contextmanager
def speaking_to(phone: object) -> Iterator[None]:
    """``with speaking_to(seller.phone):`` what is translated inside is said in the language of its reader."""
    with translation.override(language_of(str(phone or ""))):
        yield


def remember_language(*, phone: str, language: str) -> None:
    """Note in which language the reader at ``phone`` is told things from now on. Repeats change nothing."""
    assert language in dict(settings.LANGUAGES), language
    Reader.objects.update_or_create(phone=phone, defaults={"language": language})


def known_user(phone: str) -> User | None:
    """Return the account whose number this has been shown to be; an account only claimed is nobody's."""
    return User.objects.filter(phone=phone, is_active=True).exclude(phone_verified_at=None).first()


def channels_of(user: User, event: Event) -> frozenset[str]:
    """Return by which channels ``user`` is told of ``event``. One query."""
    return channels_of_all([user], event)[user]


def channels_of_all(users: Iterable[User], event: Event) -> dict[User, frozenset[str]]:
    """Return by which channels each of ``users`` is told of ``event``. One query."""
    chosen: dict[int, dict[str, bool]] = {}
    asked = list(users)
    rows = Choice.objects.filter(user__in=asked, event=event.code)
    for user_id, channel, is_wanted in rows.values_list("user", "channel", "is_wanted"):
        chosen.setdefault(user_id, {})[channel] = is_wanted
    return {user: _wanted(event, chosen.get(user.pk, {})) for user in asked}


def choices_of(user: User) -> dict[str, frozenset[str]]:
    """Return the channels by which ``user`` is told, for every event by its code. One query."""
    chosen: dict[str, dict[str, bool]] = {code: {} for code in EVENTS}
    for code, channel, is_wanted in Choice.objects.filter(user=user).values_list(
        "event", "channel", "is_wanted"
    ):
        chosen.setdefault(code, {})[channel] = is_wanted
    return {code: _wanted(event, chosen[code]) for code, event in EVENTS.items()}


@transaction.atomic
def choose(*, user: User, wanted: Mapping[str, Iterable[str]]) -> None:
    """Keep by which channels ``user`` wants to hear of each event of ``wanted``. Repeats change nothing.

    What an event is always told by stays on, whatever is chosen.
    """
    rows = [
        Choice(user=user, event=code, channel=channel, is_wanted=channel in set(channels))
        for code, channels in wanted.items()
        for channel in CHANNELS
        if channel not in EVENTS[code].always
    ]
    Choice.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["user", "event", "channel"],
        update_fields=["is_wanted"],
    )


def is_mail_sent() -> bool:
    """Whether this market has somebody who takes its e-mails."""
    return settings.EMAIL_BACKEND != NO_MAIL


def _wanted(event: Event, chosen: Mapping[str, bool]) -> frozenset[str]:
    usual = {channel for channel in Channel.values if chosen.get(channel, channel in event.usual)}
    return frozenset(usual | event.always)
