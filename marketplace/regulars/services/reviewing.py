"""Reviews: by those who received something, once for each thing they ordered; the seller may answer once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from oscar.core.loading import get_model

from marketplace.accounts.models import User
from marketplace.errors import Invalid
from marketplace.messaging.acts import note_act
from marketplace.regulars.errors import AnsweredAlready, NotReceived, ReviewedAlready
from marketplace.regulars.models import Received
from marketplace.regulars.selectors.reviews import has_received

ProductReview = get_model("reviews", "ProductReview")

WORDS_MAX = 1_000


def review(*, line: Any, user: User | None, name: str, stars: int, words: str) -> Received:
    """Write what the buyer of ``line``, who was let onto the order's page, says of it.

    Raises NotReceived before it was delivered, ReviewedAlready, Invalid.
    """
    title = line.title
    if stars not in range(1, 6):
        raise Invalid("stars", _("Choose one to five stars."))
    words = words.replace("\x00", "").strip()
    if len(words) > WORDS_MAX:
        raise Invalid("words", _("Please write at most %(most)d letters.") % {"most": WORDS_MAX})
    if not has_received(line):
        raise NotReceived(title)
    try:
        with transaction.atomic():
            written = ProductReview.objects.create(
                product=line.product,
                user=user,
                name=_given(name),
                title=f"{stars}/5",
                body=words,
                score=stars,
                status=ProductReview.APPROVED,
            )
            return Received.objects.create(line=line, review=written)
    except IntegrityError as error:  # the line has its review, or this person said it of another order
        raise ReviewedAlready(title) from error


def _given(name: str) -> str:
    """The given name alone, which comes last: everybody reads the review, and nobody needs to know more."""
    return (name.split() or [""])[-1][:255]


@transaction.atomic
def answer(*, received: Received, words: str, by: User, now: datetime) -> None:
    """Answer a review for its seller, once. Raises AnsweredAlready, Invalid. ``by`` acts for the seller."""
    words = words.replace("\x00", "").strip()
    if not 0 < len(words) <= WORDS_MAX:
        raise Invalid("answer", _("Write an answer of at most %(most)d letters.") % {"most": WORDS_MAX})
    changed = Received.objects.filter(pk=received.pk, answered_at=None).update(
        answer=words, answered_at=now, answered_by=by
    )
    if not changed:
        raise AnsweredAlready
    product = received.review.product
    note_act(
        seller=product.origin.seller,
        by=by,
        what=gettext_noop("Answered a review"),
        detail=product.title,
        now=now,
    )
