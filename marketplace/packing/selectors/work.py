"""The orders a seller has to prepare: when each goes to the post, and where from there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from marketplace.delivery.models import Destination, HandlingRule, Shipment
from marketplace.delivery.services.rules import handling_rule
from marketplace.packing.models import Preparation
from marketplace.sellers.models import Seller, SubOrder
from payments.money import to_vnd

from .goods import goods

WORKABLE = (SubOrder.Status.PAID, SubOrder.Status.ON_HANDOVER)
State = Preparation.State


@dataclass(frozen=True)
class WorkLine:
    """One line to pack. ``is_weighed`` if it is paid by what it weighs."""

    line: Any
    is_packed: bool

    @property
    def is_weighed(self) -> bool:
        return hasattr(self.line, "catch_weight")

    @property
    def quantity(self) -> int:
        """How many to pack: what its harvest did not give of it is paid back."""
        preorder = getattr(self.line, "preorder", None)
        return int(self.line.quantity - (preorder.missing if preorder else 0))

    @property
    def weight_g(self) -> int:
        """What it weighed, in grams; 0 if it was not weighed."""
        return self.line.catch_weight.weight_g or 0 if self.is_weighed else 0

    @property
    def unit(self) -> str:
        """What one of them is, as on the shelf: "bag 5 kg"; "" if the product is gone."""
        produce = getattr(self.line.product, "produce", None)
        return produce.pack if produce is not None else ""

    @property
    def estimated_g(self) -> int:
        """What it should weigh by its label, in grams; 0 if the product is gone."""
        if self.is_weighed:
            return int(self.line.catch_weight.estimate_g) * self.quantity // int(self.line.quantity)
        produce = getattr(self.line.product, "produce", None)
        return self.quantity * produce.weight_g if produce is not None else 0

    @property
    def waits_for_scales(self) -> bool:
        return self.is_weighed and not self.weight_g

    @property
    def price_vnd(self) -> int:
        """What it costs: by its weight, until it is weighed by its estimate, or as it was ordered."""
        if not self.is_weighed:
            return to_vnd(self.line.line_price_incl_tax)
        weight = self.line.catch_weight
        return int(weight.estimate_vnd if weight.price_vnd is None else weight.price_vnd)


@dataclass(frozen=True)
class Work:
    """A part of an order to prepare. ``send_on`` is the day on which it is to be at the post."""

    part: SubOrder
    lines: Sequence[WorkLine]
    send_on: date

    @property
    def preparation(self) -> Preparation | None:
        return getattr(self.part, "preparation", None)

    @property
    def state(self) -> str:
        return self.preparation.state if self.preparation else State.NEW

    @property
    def destination(self) -> Destination | None:
        return getattr(self.part.order, "destination", None)

    @property
    def hands_in_at(self) -> str:
        """The code of the post office that takes it from the seller, as it was promised; "" if unknown."""
        legs = self.part.promise.legs if hasattr(self.part, "promise") else []
        return str(legs[0][0]) if legs else ""

    @property
    def price_vnd(self) -> int:
        """What its goods cost as far as they are weighed; what is not weighed counts by its estimate."""
        return sum(line.price_vnd for line in self.lines)

    @property
    def is_by_weight(self) -> bool:
        return any(line.is_weighed for line in self.lines)

    @property
    def waits_for_scales(self) -> bool:
        return any(line.waits_for_scales for line in self.lines)

    @property
    def packed(self) -> int:
        return sum(line.is_packed for line in self.lines)

    @property
    def is_handed_over(self) -> bool:
        """Whether it has left the seller's hands."""
        shipment = getattr(self.part, "shipment", None)
        clock = getattr(self.part, "clock", None)
        return bool(
            (shipment is not None and shipment.state != Shipment.State.WITH_SELLER)
            or (clock is not None and clock.delivered_at is not None)
        )

    @property
    def is_workable(self) -> bool:
        return self.part.status in WORKABLE and self.state != State.DECLINED and bool(self.lines)


@dataclass(frozen=True)
class Hub:
    """Parts that leave by the same way on a day: to one post office, or to the doors of one province."""

    name: str
    is_post_office: bool
    works: Sequence[Work]


@dataclass(frozen=True)
class Day:
    """What is to be at the post on a day."""

    day: date
    hubs: Sequence[Hub]
    is_late: bool

    @property
    def hands_in_at(self) -> list[str]:
        """The codes of the post offices that take what leaves on the day from its sellers."""
        codes = {work.hands_in_at for hub in self.hubs for work in hub.works}
        return sorted(codes - {""})


@dataclass(frozen=True)
class Pick:
    """How much of one product has to be fetched, for how many orders."""

    title: str
    unit: str
    quantity: int
    packed: int
    weight_g: int
    orders: int


def parts_to_prepare(sellers: Sequence[Seller]) -> QuerySet[SubOrder]:
    """The parts of these sellers with goods that are wanted and have not left their hands.

    Those with a pooled order wait until it is known whether its truck goes.
    """
    wanted = goods().filter(order=OuterRef("order"), partner=OuterRef("seller__partner"))
    return SubOrder.objects.filter(
        Exists(wanted),
        ~Exists(wanted.filter(product__pool__state__in=["open", "closing"])),
        Q(shipment=None) | Q(shipment__state=Shipment.State.WITH_SELLER),
        Q(clock=None) | Q(clock__delivered_at=None),
        Q(preparation=None) | Q(preparation__declined_at=None),
        seller__in=sellers,
        status__in=WORKABLE,
    )


def count_to_prepare(sellers: Sequence[Seller]) -> int:
    """Return how many parts wait to be packed. One query."""
    return parts_to_prepare(sellers).filter(Q(preparation=None) | Q(preparation__ready_at=None)).count()


def to_prepare(
    sellers: Sequence[Seller], *, today: date, part_ids: Collection[int] | None = None
) -> list[Work]:
    """Return what these sellers have to prepare, what is due first coming first. Three queries.

    ``part_ids`` narrows to some parts.
    """
    rule = handling_rule(today)
    parts = parts_to_prepare(sellers)
    if part_ids is not None:
        parts = parts.filter(pk__in=part_ids)
    works = [_work(part, rule) for part in _with_lines(parts)]
    return sorted(works, key=lambda work: (work.send_on, *_hub(work), work.part.placed_at, work.part.pk))


def work_of(sellers: Sequence[Seller], number: str, *, today: date) -> Work | None:
    """Return the part ``number`` if it is one of these sellers' and was ever work. Three queries."""
    parts = SubOrder.objects.filter(seller__in=sellers, number=number).exclude(
        status__in=[SubOrder.Status.AWAITING_PAYMENT, SubOrder.Status.CANCELLED]
    )
    rule = handling_rule(today)
    return next((_work(part, rule) for part in _with_lines(parts)), None)


def by_day(works: Sequence[Work], *, today: date) -> list[Day]:
    """Group works, sorted as to_prepare() does, by the day they leave and by the way they take."""
    return [
        Day(
            day,
            [Hub(name, not is_door, list(own)) for (is_door, name), own in groupby(same_day, key=_hub)],
            is_late=day < today,
        )
        for day, same_day in ((day, list(own)) for day, own in groupby(works, key=lambda w: w.send_on))
    ]


def pick_list(works: Sequence[Work]) -> list[Pick]:
    """Sum up what has to be fetched for ``works``, by product."""
    rows: dict[tuple[str, str], list[WorkLine]] = {}
    for work in works:
        for line in work.lines:
            rows.setdefault((line.line.title, line.unit), []).append(line)
    return [
        Pick(
            title=title,
            unit=unit,
            quantity=sum(line.quantity for line in lines),
            packed=sum(line.quantity for line in lines if line.is_packed),
            weight_g=sum(line.weight_g or line.estimated_g for line in lines),
            orders=len({line.line.order_id for line in lines}),
        )
        for (title, unit), lines in sorted(rows.items())
    ]


def _with_lines(parts: QuerySet[SubOrder]) -> QuerySet[SubOrder]:
    lines = (
        goods().select_related("product__produce", "tick", "preorder__harvest", "catch_weight").order_by("pk")
    )
    return parts.select_related(
        "seller",
        "preparation",
        "clock",
        "shipment",
        "promise",
        "order__placement",
        "order__destination__commune",
        "order__destination__province",
        "order__destination__post_office",
    ).prefetch_related(Prefetch("order__lines", queryset=lines, to_attr="goods"))


def _work(part: SubOrder, rule: HandlingRule) -> Work:
    own = [line for line in part.order.goods if line.partner_id == part.seller.partner_id]
    return Work(part, [_line(line) for line in own], _send_on(part, own, rule))


def _line(line: Any) -> WorkLine:
    tick = getattr(line, "tick", None)
    return WorkLine(line=line, is_packed=tick is not None and tick.is_packed)


def _send_on(part: SubOrder, lines: Sequence[Any], rule: HandlingRule) -> date:
    """The day on which it was promised to be handed in; by the rule of today for what has no promise."""
    if hasattr(part, "promise"):
        return part.promise.sends_on
    ordered_at = timezone.localtime(part.paid_at or part.placed_at)
    first_day = ordered_at.date() + timedelta(days=ordered_at.time() > rule.cut_off)
    harvests = [line.preorder.harvest for line in lines if hasattr(line, "preorder")]
    days = [first_day + timedelta(days=rule.preparation_days)]
    return max([*days, *(harvest.starts_on for harvest in harvests)])


def _hub(work: Work) -> tuple[bool, str]:
    """Where it goes: whether to a door, and the name of the post office or of the province."""
    destination = work.destination
    if destination is None:
        return True, ""
    if destination.post_office is not None:
        return False, destination.post_office.name
    return True, destination.province.name
