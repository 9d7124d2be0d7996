"""What buyer and seller have said about a part of an order."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from marketplace.packing.answers import ANSWERS, Answer
from marketplace.packing.models import ChatLine, ChatReading
from marketplace.sellers.models import SubOrder

SHOWN = 200


@dataclass(frozen=True)
class Said:
    """One message as it is shown: ``answer`` is None for own words. ``is_mine`` by the side that looks."""

    line: ChatLine
    answer: Answer | None
    is_mine: bool


def said_about(part: SubOrder, *, by_seller: bool) -> list[Said]:
    """Return the newest messages about ``part``, the oldest of them first. One query."""
    newest = ChatLine.objects.filter(part=part).select_related("author").order_by("-sent_at", "-id")
    return [
        Said(line, ANSWERS.get(line.answer), line.is_seller == by_seller) for line in reversed(newest[:SHOWN])
    ]


def answers_for(*, is_seller: bool) -> list[tuple[str, Answer]]:
    """The ready answers of one side, with their keys."""
    return [(key, answer) for key, answer in ANSWERS.items() if answer.is_seller == is_seller]


def unread_by_seller(part_ids: Collection[int]) -> dict[int, int]:
    """Return how many messages of buyers nobody of the seller has read, by part. One query."""
    return _unread(part_ids, by_seller=True)


def unread_by_buyer(part_ids: Collection[int]) -> dict[int, int]:
    """Return how many messages of the seller the buyer has not read, by part. One query."""
    return _unread(part_ids, by_seller=False)


def _unread(part_ids: Collection[int], *, by_seller: bool) -> dict[int, int]:
    reading = ChatReading.objects.filter(part=OuterRef("part"), is_seller=by_seller).values("read_at")
    lines = ChatLine.objects.filter(part__in=part_ids, is_seller=not by_seller)
    lines = lines.annotate(read_until=Coalesce(Subquery(reading), F("part__placed_at")))
    rows = lines.filter(sent_at__gt=F("read_until")).values_list("part").annotate(count=Count("pk"))
    return dict(rows.order_by("part"))
