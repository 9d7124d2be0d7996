"""When what a basket holds will arrive, and what would not be fresh any more by then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from agriculture.harvests import selectors as harvests
from marketplace.delivery import promises
from marketplace.delivery import services as delivery
from marketplace.delivery.errors import NotFresh
from marketplace.delivery.models import Destination, HandlingRule, PostOffice, Promise
from marketplace.delivery.promises import Network, Promised
from marketplace.errors import Invalid
from marketplace.regulars.models import Pool
from marketplace.sellers.models import Origin, SubOrder
from marketplace.shop.basket.selectors import SellerPart
from payments.compiled import compiled

ALTERNATIVES = 3


def arrivals(
    parts: Iterable[SellerPart], *, destination: Destination, fees: Mapping[int, delivery.Fee], now: datetime
) -> dict[int, Promised]:
    """Return when what each seller sends reaches ``destination``, by seller. Four queries.

    Goods of a harvest to come are there when it ends, what is bought together goes on the day of its truck; a
    parcel goes when the last of it is there.
    """
    sending = [part for part in parts if part.weight_g]
    if not sending:
        return {}
    today = timezone.localdate(now)
    goods = [line for part in sending for line in part.lines if line.weight_g]
    rule = delivery.handling_rule(today)
    there_on = _there_on([line.product.pk for line in goods], rule=rule, today=today)
    network = Network()
    found = {}
    for part in sending:
        waits = [there_on[line.product.pk] for line in part.lines if line.product.pk in there_on]
        found[part.seller.pk] = _promise(
            network,
            rule,
            part.lines[0].origin,
            destination,
            rate_days=fees[part.seller.pk].days,
            ready_on=max(waits, default=None),
            now=now,
        )
    return found


def _there_on(product_ids: Sequence[int], *, rule: HandlingRule, today: date) -> dict[int, date]:
    """Return from which day on goods can be prepared that are not there yet, by product. Two queries.

    A truck leaves on its day: what goes with it is prepared for that day, not after it.
    """
    found = {pk: harvest.ends_on for pk, harvest in harvests.growing(set(product_ids), today=today).items()}
    for pk, leaves_on in Pool.objects.filter(product__in=product_ids).values_list("product", "leaves_on"):
        prepared_from = leaves_on - timedelta(days=rule.preparation_days)
        found[pk] = max(prepared_from, found.get(pk, prepared_from))
    return found


def refuse_stale(
    parts: Iterable[SellerPart],
    *,
    destination: Destination,
    promised: Mapping[int, Promised],
    now: datetime,
) -> None:
    """Raise NotFresh for the first thing that keeps for fewer days than its way takes, with what to do."""
    for part in parts:
        for line in part.lines:
            days = line.product.produce.shelf_life_days if line.weight_g else None
            road = promised.get(part.seller.pk)
            if days is not None and road is not None and road.days_on_road > days:
                raise NotFresh(
                    title=line.product.get_title(),
                    keeps_days=days,
                    road_days=road.days_on_road,
                    nearer=_nearer(line.origin, keeps_days=days, destination=destination, now=now),
                )


def keep(order: Any, promised: Mapping[int, Promised], *, now: datetime) -> None:
    """Write down what was promised with an order, so that it can be compared with what happens."""
    Promise.objects.bulk_create(
        Promise(
            part=part,
            sends_on=promised[part.seller_id].sends_on,
            reaches_on=promised[part.seller_id].reaches_on,
            legs=[[leg.from_code, leg.to_code, leg.on.isoformat()] for leg in promised[part.seller_id].legs],
            made_at=now,
        )
        for part in _parts(order.pk, sorted(promised))
    )


@compiled
def _parts(order_id: int, seller_ids: list[int]) -> QuerySet[SubOrder]:
    return SubOrder.objects.filter(order=order_id, seller__id__in=seller_ids).order_by("pk")


def _nearer(
    origin: Origin, *, keeps_days: int, destination: Destination, now: datetime
) -> list[tuple[str, date]]:
    """Return post offices on the way where it would arrive fresh, the furthest from its seller first."""
    network, rule = Network(), delivery.handling_rule(timezone.localdate(now))
    start = network.office_for(commune_id=origin.commune_id, unit_id=origin.unit_id)
    sends_on = promises.prepared_on(now=now, rule=rule)
    end = promises.target(network, destination)
    way = network.way(start, end) if start is not None and end is not None else None
    found = []
    for office_id in reversed(way or []):
        legs = network.legs(way[0], office_id, handed_in_on=sends_on) if way else None
        if legs is None:
            continue
        there_on = network.opens_on(office_id, legs[-1].on if legs else sends_on)
        if (there_on - sends_on).days <= keeps_days:
            found.append((network.name_of(office_id), there_on))
    return found[:ALTERNATIVES]


def _promise(
    network: Network,
    rule: HandlingRule,
    origin: Origin,
    destination: Destination,
    *,
    rate_days: int,
    ready_on: date | None,
    now: datetime,
) -> Promised:
    return promises.promise(
        network=network,
        origin_commune_id=origin.commune_id,
        origin_unit_id=origin.unit_id,
        destination=destination,
        rate_days=rate_days,
        now=now,
        rule=rule,
        ready_on=ready_on,
    )


@dataclass(frozen=True)
class Arrival:
    """When something would arrive if it were ordered now, and where: "" where the buyer said they are."""

    day: date
    place: str
    destination: Destination


def arrival_of(product: Any, *, wish: delivery.Wish | None, now: datetime) -> Arrival | None:
    """Return when one of ``product`` would reach the place of ``wish``, or else the central post office.

    None where it cannot be told: without post offices. Eleven queries at most.
    """
    today = timezone.localdate(now)
    destination, place = None, ""
    if wish is not None:
        with suppress(Invalid):
            destination = delivery.resolve(wish, on=today)
    if destination is None:
        office = PostOffice.objects.select_related("commune").order_by("code").first()
        if office is None:
            return None
        destination, place = delivery.at_office(office), office.name
    origin = product.origin
    parcel = delivery.Parcel(origin.commune_id, product.produce.weight_g)
    (fee,) = delivery.fees(parcels=[parcel], destination=destination, on=today)
    rule = delivery.handling_rule(today)
    promised = _promise(
        Network(),
        rule,
        origin,
        destination,
        rate_days=fee.days,
        ready_on=_there_on([product.pk], rule=rule, today=today).get(product.pk),
        now=now,
    )
    return Arrival(promised.reaches_on, place, destination)
