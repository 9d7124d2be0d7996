"""Where else the guests of an order that came to nothing could sleep on the same nights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from marketplace.fulfilment.models import Placement
from marketplace.shop.catalogue.cards import address_of, name_of
from tourism.models import Booking, Stay
from tourism.selectors import Offer, free_offers

SHOWN = 3


@dataclass(frozen=True)
class SimilarStay:
    """A stay that is free on the nights of a booking, with what they cost there."""

    name: str
    commune: str
    url: str
    total_vnd: int


def similar_stays(placement: Placement, *, today: date) -> list[SimilarStay]:
    """Return the cheapest stays free on the nights of an order that is cancelled, its own commune's first.

    None for an order that stands, that its buyer cancelled, without nights, or whose nights are over. At
    most four queries.
    """
    if placement.order.status != "cancelled" or placement.release_reason == Placement.Release.CANCELLED:
        return []
    lost = Booking.objects.filter(order_line__order=placement.order_id, first_night__gte=today)
    booking = lost.select_related("room_type__stay__product__origin").order_by("pk").first()
    if booking is None:
        return []
    own = booking.room_type.stay
    wished: dict[str, Any] = {
        "first_night": booking.first_night,
        "leaves_on": booking.leaves_on,
        "guests": booking.guests,
    }
    found: dict[int, Offer] = {}
    for where in ({"commune_id": own.product.origin.commune_id}, {}):
        if len(found) <= SHOWN:
            for offer in free_offers(**wished, **where):
                found.setdefault(offer.stay_id, offer)
    found.pop(own.pk, None)
    return _shown(list(found.values())[:SHOWN], wished)


def _shown(offers: list[Offer], wished: dict[str, Any]) -> list[SimilarStay]:
    stays = Stay.objects.filter(pk__in=[offer.stay_id for offer in offers])
    by_id = {stay.pk: stay for stay in stays.select_related("product__origin__commune")}
    similar = []
    for offer in offers:
        product = by_id[offer.stay_id].product
        query = urlencode(wished | {"room": offer.room_type_id})
        similar.append(
            SimilarStay(
                name=name_of(product.title, product.origin.name_en),
                commune=product.origin.commune.full_name,
                url=f"{address_of(product.slug, product.pk)}?{query}",
                total_vnd=offer.total_vnd or 0,
            )
        )
    return similar
