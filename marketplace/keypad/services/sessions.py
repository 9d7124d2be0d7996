"""Dialled sessions: what was typed is read on from where the session stands, each step once."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.keypad import selectors
from marketplace.keypad.facts import State, from_json, to_json
from marketplace.keypad.menu import begin, menu, told
from marketplace.keypad.models import Session
from marketplace.keypad.words import fit

from .doing import do
from .numbering import number_parts

STEPS_MOST = 60
HOUR_MOST = 40  # sessions of one phone
LASTS = timedelta(minutes=10)  # no operator keeps one open for longer


@transaction.atomic
def step(*, session_id: str, phone: str, typed: str, now: datetime) -> Session:
    """Answer one request of a dialled session; ``typed`` is all that was typed in it, joined by stars.

    The same ``typed`` again, or an earlier one, changes nothing and is answered with the screen as it stands.
    A session of another phone, one that is over, and one that was never begun are answered by an end.
    """
    with translation.override(settings.LANGUAGE_CODE):
        row, is_new = Session.objects.get_or_create(
            session_id=session_id,
            defaults={"phone": phone, "state": {}, "screen": "", "began_at": now},
        )
        row = Session.objects.select_for_update().get(pk=row.pk)
        if is_new:
            _begin(row, now=now)
        if str(row.phone) != phone:
            return Session(session_id=session_id, phone=phone, screen=_over(), is_ended=True, state={})
        pieces = _new_pieces(row, typed)
        if row.is_ended or not pieces:
            return row
        if now - row.began_at > LASTS or typed.count("*") >= STEPS_MOST:
            row.screen, row.is_ended = _over(), True
            row.save(update_fields=["screen", "is_ended"])
            return row
        _go_on(row, pieces, typed=typed, now=now)
    return row


def _over() -> str:
    return fit(_("This took too long. Dial %(code)s again.") % {"code": settings.PHONE_GATEWAY["ussd_code"]})


def _begin(row: Session, *, now: datetime) -> None:
    dialled = Session.objects.filter(phone=row.phone, began_at__gt=now - timedelta(hours=1)).count()
    if dialled > HOUR_MOST:
        row.screen, row.is_ended = fit(_("You dialled very often. Wait an hour, please.")), True
    else:
        person = selectors.person_of(str(row.phone))
        number_parts(person.sellers)
        state, row.screen = begin(selectors.facts_of(person, now=now))
        row.state = to_json(state)
    row.save(update_fields=["state", "screen", "is_ended"])


def _new_pieces(row: Session, typed: str) -> list[str]:
    """Return what was typed since the session's last step; nothing if this request came before."""
    if not row.typed:
        return typed.split("*") if typed else []
    return typed.removeprefix(f"{row.typed}*").split("*") if typed.startswith(f"{row.typed}*") else []


def _go_on(row: Session, pieces: list[str], *, typed: str, now: datetime) -> None:
    person = selectors.person_of(str(row.phone))
    state: State = from_json(row.state)
    for index, piece in enumerate(pieces):
        state, row.screen = menu(state, piece)
        if state.act is not None:
            key = uuid5(NAMESPACE_URL, f"ussd:{row.session_id}:{typed}:{index}")
            words = do(state.act, person=person, key=key, now=now)
            person = selectors.person_of(str(row.phone))  # whoever joined is a seller now
            state, row.screen = told(state, words=words, facts=selectors.facts_of(person, now=now))
    row.state, row.typed, row.is_ended = to_json(state), typed, state.is_ended
    row.save(update_fields=["state", "typed", "screen", "is_ended"])
