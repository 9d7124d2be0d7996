"""Buyer and seller write to each other about a part of an order."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from marketplace.accounts.models import User
from marketplace.errors import Invalid
from marketplace.joining.services import note_act
from marketplace.messaging import services as messaging
from marketplace.messaging.readers import speaking_to
from marketplace.packing.answers import ANSWERS
from marketplace.packing.errors import ActConflict, TooMuchSaid
from marketplace.packing.models import ChatLine, ChatReading
from marketplace.packing.models.chat import WORDS_LENGTH
from marketplace.sellers.models import SubOrder
from payments.hints import hint

TOLD_LETTERS = 110  # of what was said, so that the whole is one SMS
PER_HOUR = 40  # of one side about one part: a conversation, not a machine


@transaction.atomic
def say(
    *,
    part: SubOrder,
    is_seller: bool,
    author: User | None,
    line_id: UUID,
    now: datetime,
    answer: str = "",
    words: str = "",
) -> ChatLine:
    """Say a ready ``answer`` (a key of ``ANSWERS``) or own ``words`` about ``part``.

    ``line_id`` was made with the form: sent twice, it is said once. Whoever calls this has checked that it is
    the buyer, or somebody who may act for the seller. Raises Invalid, ActConflict, TooMuchSaid.
    """
    words = " ".join(words.replace("\x00", "").split())
    if answer:
        words = ""
        if answer not in ANSWERS or ANSWERS[answer].is_seller != is_seller:
            raise Invalid("answer", _("This answer is not known. Load the page again."))
    elif not words:
        raise Invalid("words", _("Write something, or choose a picture."))
    elif len(words) > WORDS_LENGTH:
        raise Invalid("words", _("This is too long: at most %(most)d letters.") % {"most": WORDS_LENGTH})
    SubOrder.objects.select_for_update(no_key=True).get(pk=part.pk)
    if known := ChatLine.objects.filter(pk=line_id).first():
        if (known.part_id, known.is_seller) != (part.pk, is_seller):
            raise ActConflict
        return known
    lately = ChatLine.objects.filter(part=part, is_seller=is_seller, sent_at__gt=now - timedelta(hours=1))
    if lately.count() >= PER_HOUR:
        raise TooMuchSaid
    line = ChatLine.objects.create(
        pk=line_id,
        part=part,
        is_seller=is_seller,
        author=author,
        answer=answer,
        words=words,
        sent_at=now,
    )
    if is_seller:
        assert author is not None, "a seller is always signed in"
        note_act(
            seller=part.seller, by=author, what=gettext_noop("Wrote to a buyer"), detail=part.number, now=now
        )
    _tell_by_sms(line)
    read(part=part, is_seller=is_seller, until=now)
    hint(group_of(part), "chat.changed")
    return line


def _tell_by_sms(line: ChatLine) -> None:
    """Tell the other side by SMS, unless it was told before and has not looked since."""
    part = line.part
    reading = ChatReading.objects.filter(part=part, is_seller=not line.is_seller).first()
    unread = ChatLine.objects.filter(part=part, is_seller=line.is_seller).exclude(pk=line.pk)
    if reading is not None:
        unread = unread.filter(sent_at__gt=reading.read_at)
    to = part.order.placement.phone if line.is_seller else part.seller.phone
    if unread.exists() or not to:
        return
    with speaking_to(to):
        words = str(ANSWERS[line.answer].words) if line.answer else line.words
        text = _("About order %(number)s: %(words)s") % {"number": part.number, "words": words[:TOLD_LETTERS]}
        messaging.send(to=str(to), text=text, purpose="chat", key=f"chat/{line.pk}", now=line.sent_at)


def read(*, part: SubOrder, is_seller: bool, until: datetime) -> None:
    """Note that one side has read what was said until a moment. It never moves back."""
    reading, is_new = ChatReading.objects.get_or_create(
        part=part, is_seller=is_seller, defaults={"read_at": until}
    )
    if not is_new:
        ChatReading.objects.filter(pk=reading.pk, read_at__lt=until).update(read_at=until)


def group_of(part: SubOrder) -> str:
    """Return the group of open pages that are told when something new was said."""
    return f"chat.{part.pk}"
