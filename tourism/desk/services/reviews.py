"""Reviews by both sides of a stay, each without knowing the other's."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from tourism.desk.errors import AlreadyReviewed, CannotReview
from tourism.desk.models import Review, Visit
from tourism.desk.rules import register_rule
from tourism.models import Booking

LEFT_BY = time(12)  # when nobody noted that the guests left
# What a host wrote down alone proves no guest: nobody shall praise the own house.
UNPROVEN = (Booking.Channel.HOST, Booking.Channel.CALENDAR)


@transaction.atomic
def write(*, booking: Booking, side: str, stars: int, words: str, now: datetime) -> Review:
    """Write one side's review. The same words again change nothing; others: AlreadyReviewed.

    Raises CannotReview before the guests have left, if they never came, when the time is over, and for what
    a host wrote down.
    """
    Booking.objects.select_for_update().get(pk=booking.pk)
    written = Review.objects.filter(booking=booking, side=side).first()
    if written is not None:
        if (written.stars, written.words) != (stars, words):
            raise AlreadyReviewed
        return written
    if not may_review(booking, now=now):
        raise CannotReview
    rule = register_rule(booking.leaves_on)
    return Review.objects.create(
        booking=booking,
        side=side,
        stars=stars,
        words=words,
        written_at=now,
        shown_on=booking.leaves_on + timedelta(days=rule.review_days),
    )


def may_review(booking: Booking, *, now: datetime) -> bool:
    """Whether the guests booked by themselves, came and left, and the time is not over. Two queries."""
    if booking.state != Booking.State.CONFIRMED or booking.channel in UNPROVEN:
        return False
    visit = Visit.objects.filter(booking=booking).first()
    if visit is not None and visit.no_show_at is not None:
        return False
    has_left = visit is not None and visit.left_at is not None
    left_at = timezone.make_aware(datetime.combine(booking.leaves_on, LEFT_BY))
    if not has_left and now < left_at:
        return False
    last_day = booking.leaves_on + timedelta(days=register_rule(booking.leaves_on).review_days)
    return timezone.localdate(now) < last_day
