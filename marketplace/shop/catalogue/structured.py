"""What search engines are told: schema.org Product, LodgingBusiness and TouristTrip."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.sellers.models import Origin, Seller
from tourism.models import RoomType, Stay

from .cards import address_of, description_of
from .pages import ProducePage
from .stay_page import RoomOffer, StayPage
from .tour_page import TourPage

CONTEXT = "https://schema.org"
REGION, COUNTRY = "Điện Biên", "VN"
PICTURES = 5
STAY_TYPES = {Stay.Kind.HOTEL: "Hotel", Stay.Kind.RESORT: "Resort"}
ROOM_TYPES = {RoomType.Kind.HOUSE: "House"}


def goods(page: ProducePage) -> dict[str, Any]:
    """Return what the page of a produce says, as a schema.org Product with its offer. No query."""
    if page.is_preorder:
        availability = "PreOrder"
    else:
        availability = "OutOfStock" if page.sold_out or page.closed else "InStock"
    return {
        "@context": CONTEXT,
        "@type": "Product",
        **_about(page.product, page.name, page.other_name, page.images, page.seller),
        "category": page.category,
        "productionPlace": {"@type": "Place", "address": _address(page.origin, street="")},
        "offers": {
            "@type": "Offer",
            "price": page.price_vnd,
            "priceCurrency": "VND",
            "availability": f"{CONTEXT}/{availability}",
            "seller": {"@type": "Organization", "name": page.seller.name},
            "url": _absolute(address_of(page.product.slug, page.product.pk)),
        },
    }


def lodging(page: StayPage) -> dict[str, Any]:
    """Return what the page of a stay says, as a schema.org LodgingBusiness (or a finer type). No query."""
    prices = sorted(room.room_type.price_vnd for room in page.rooms)
    return {
        "@context": CONTEXT,
        "@type": STAY_TYPES.get(Stay.Kind(page.stay.kind), "LodgingBusiness"),
        **_about(page.product, page.name, page.other_name, page.images, page.seller),
        "address": _address(page.origin, street=page.stay.village),
        "checkinTime": page.stay.check_in_from.isoformat(),
        "checkoutTime": page.stay.check_out_until.isoformat(),
        **({"priceRange": f"{prices[0]}–{prices[-1]} VND"} if prices else {}),
        "makesOffer": [_room(room) for room in page.rooms],
    }


def trip(page: TourPage) -> dict[str, Any]:
    """Return what the page of a tour says, as a schema.org TouristTrip. No query."""
    tour = page.tour
    found: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "TouristTrip",
        **_about(page.product, page.name, page.other_name, page.images, page.seller),
        "touristType": _("Visitors of Điện Biên"),
        "itinerary": {
            "@type": "ItemList",
            "itemListElement": [
                {"@type": "ListItem", "position": number, "item": {"@type": "Place", "name": stop}}
                for number, stop in enumerate(tour.stops, start=1)
            ],
        },
        "provider": {"@type": "Organization", "name": page.seller.name},
        "offers": [
            {
                "@type": "Offer",
                "price": row.departure.adult_vnd,
                "priceCurrency": "VND",
                "availability": f"{CONTEXT}/{'InStock' if row.left > 0 else 'SoldOut'}",
                "validThrough": timezone.localtime(row.departure.cut_off_at).isoformat(),
                "itemOffered": {
                    "@type": "TouristTrip",
                    "name": page.name,
                    "departureTime": timezone.localtime(row.departure.starts_at).isoformat(),
                },
            }
            for row in page.departures
        ],
    }
    return found


def _about(product: Any, name: str, other_name: str, images: Iterable[Any], seller: Seller) -> dict[str, Any]:
    """What both have. Whoever is only a sample says so: search engines must not take it for a real house."""
    found: dict[str, Any] = {"name": name, "url": _absolute(address_of(product.slug, product.pk))}
    if other_name:
        found["alternateName"] = other_name
    if product.description:
        found["description"] = description_of(product)
    if pictures := [_absolute(default_storage.url(image.original.name)) for image in images][:PICTURES]:
        found["image"] = pictures
    if seller.is_sample:
        found["disambiguatingDescription"] = _("Sample data, prices for reference")
    return found


def _address(origin: Origin, *, street: str) -> dict[str, str]:
    address = {
        "@type": "PostalAddress",
        "addressLocality": origin.commune.full_name,
        "addressRegion": REGION,
        "addressCountry": COUNTRY,
    }
    return address | {"streetAddress": street} if street else address


def _room(offer: RoomOffer) -> dict[str, Any]:
    room = offer.room_type
    return {
        "@type": "Offer",
        "itemOffered": {
            "@type": ROOM_TYPES.get(RoomType.Kind(room.kind), "Room"),
            "name": offer.name,
            "occupancy": {"@type": "QuantitativeValue", "maxValue": room.sleeps},
        },
        "priceSpecification": {
            "@type": "UnitPriceSpecification",
            "price": room.price_vnd,
            "priceCurrency": "VND",
            "unitCode": "DAY",
        },
    }


def _absolute(path: str) -> str:
    return path if path.startswith("http") else f"{settings.PUBLIC_BASE_URL}{path}"
