"""Short messages from phones: each is carried out once, and answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.keypad import selectors
from marketplace.keypad.models import Inbound
from marketplace.keypad.reading import READ_MOST, read
from marketplace.keypad.words import fit
from marketplace.messaging import services as messaging

from .answering import answer
from .numbering import number_parts

# A person writes a few an hour. What is more is a machine, and two machines would write to each other for
# ever: the first message too many is told so, and then nothing is answered.
HOUR_MOST, DAY_MOST = 30, 120
STRANGER_DAY_MOST = 5


@transaction.atomic
def receive(*, message_id: str, phone: str, text: str, now: datetime) -> Inbound:
    """Carry out a short message from ``phone`` (E.164) and answer it by SMS, in one transaction.

    The same ``message_id`` again changes nothing and is answered by nothing, whatever else it says. Never
    raises for what is written in it.
    """
    cleaned = text.replace("\x00", "").strip()[:READ_MOST]
    row, is_new = Inbound.objects.get_or_create(
        message_id=message_id,
        defaults={"phone": phone, "text": cleaned, "verb": "", "received_at": now},
    )
    if not is_new:
        return row
    person = selectors.person_of(phone)
    row.user = person.user
    # The market speaks one language on phones with keys; whoever sees it in a browser chooses theirs.
    with translation.override(settings.LANGUAGE_CODE):
        excess = _excess(person, now=now)
        if excess:
            row.verb = "too-many"
            row.answer = _("That is a lot of messages. Wait an hour, or dial *138#.") if excess == 1 else ""
        else:
            command = read(cleaned)
            row.verb = command.verb.value
            number_parts(person.sellers)
            key = uuid5(NAMESPACE_URL, f"sms:{message_id}")
            row.answer = answer(command, person=person, key=key, now=now)
    row.answer = fit(row.answer)
    row.save(update_fields=["user", "verb", "answer"])
    if row.answer:
        messaging.send(to=phone, text=row.answer, purpose="keypad", key=f"sms-answer/{message_id}", now=now)
    return row


def _excess(person: selectors.Person, *, now: datetime) -> int:
    """Return how many messages beyond what a person writes have come from the phone, this one counted."""
    newest = Inbound.objects.filter(phone=person.phone)
    day = newest.filter(received_at__gt=now - timedelta(days=1)).count()
    if not person.sellers:
        return max(0, day - STRANGER_DAY_MOST)
    hour = newest.filter(received_at__gt=now - timedelta(hours=1)).count()
    return max(0, hour - HOUR_MOST, day - DAY_MOST)
