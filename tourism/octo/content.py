"""The words, pictures and places of the capability octo/content, in the language of the request."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.formats import time_format
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tourism.models import RoomType

from .items import Item, Option, Unit
from .pictures import path_of

JSON = dict[str, Any]
IDENTIFIERS = (
    "googlePlaceId",
    "applePlaceId",
    "tripadvisorLocationId",
    "yelpPlaceId",
    "facebookPlaceId",
    "foursquarePlaceId",
    "baiduPlaceId",
    "amapPlaceId",
)
REGION, COUNTRY = "Điện Biên", "VN"


def of_product(item: Item) -> JSON:
    minutes = [option.minutes for option in item.options.values()]
    longest = max(minutes)
    text = strip_tags(item.text).strip()
    return {
        "title": item.title,
        "shortDescription": Truncator(text).chars(200) or None,
        "description": text or None,
        "features": _features(item),
        "faqs": [],
        "media": _media(item),
        "locations": _locations(item),
        "categoryLabels": _labels(item),
        "durationMinutesFrom": min(minutes),
        "durationMinutesTo": longest if longest > min(minutes) else None,
        "commentary": [] if _is_room(item) else [{"format": "IN_PERSON", "language": "vi"}],
    }


def of_option(item: Item, option: Option) -> JSON:
    """What is said of the product is not said again: resellers put the two together."""
    return {
        "title": option.title,
        "shortDescription": None,
        "description": None,
        "features": [],
        "faqs": [],
        "media": [],
        "locations": [],
        "categoryLabels": _labels(item),
        "durationMinutesFrom": option.minutes,
        "durationMinutesTo": None,
        "commentary": [],
    }


def of_unit(unit: Unit) -> JSON:
    people = _("For %(n)d guests") % {"n": unit.people} if unit.people > 1 else _("For one guest")
    return {"title": unit.title, "shortDescription": people, "features": []}


def of_availability(item: Item, option: Option) -> JSON:
    return {"title": item.title, "shortDescription": option.title}


def _features(item: Item) -> list[JSON]:
    found = [("CANCELLATION_TERM", str(item.policy.get("text", "")))]
    if _is_room(item):
        stay = item.row.stay
        times = {
            "arrive": time_format(stay.check_in_from, "H:i"),
            "leave": time_format(stay.check_out_until, "H:i"),
        }
        found.append(
            ("PREARRIVAL_INFORMATION", _("Check-in from %(arrive)s, check-out until %(leave)s.") % times)
        )
    else:
        tour = item.row
        found.append(
            ("PREARRIVAL_INFORMATION", _("Meeting point: %(place)s") % {"place": tour.meeting_point})
        )
        found += [("HIGHLIGHT", stop) for stop in tour.stops]
        if tour.min_group > 1:
            words = _("It goes with %(n)d guests; with fewer it is cancelled and all is given back.")
            found.append(("BOOKING_TERM", words % {"n": tour.min_group}))
    return [{"type": kind, "shortDescription": text} for kind, text in found if text]


def _media(item: Item) -> list[JSON]:
    images = sorted(item.product.images.all(), key=lambda image: (image.display_order, image.pk))
    return [
        {
            "src": absolute(path_of(image.pk)),
            "type": "image/jpeg",
            "rel": "GALLERY" if number else "COVER",
            "title": item.title,
            "caption": image.caption or None,
            "copyright": None,
        }
        for number, image in enumerate(images)
    ]


def _locations(item: Item) -> list[JSON]:
    """The commune's point: where exactly a house stands, its host tells whoever has booked."""
    commune = item.origin.commune
    if commune.lat is None or commune.lon is None:
        return []
    is_room = _is_room(item)
    place = {
        "latitude": commune.lat,
        "longitude": commune.lon,
        "postalAddress": {
            "streetAddress": (item.row.stay.village if is_room else item.row.meeting_point) or None,
            "addressLocality": commune.full_name,
            "addressRegion": REGION,
            "postalCode": None,
            "addressCountry": COUNTRY,
            "postOfficeBoxNumber": None,
        },
        "identifiers": dict.fromkeys(IDENTIFIERS),
        "sameAs": [],
    }
    return [
        {
            "title": commune.full_name,
            "shortDescription": None,
            "types": ["START"],
            "minutesTo": None,
            "minutesAt": None,
            "place": place,
        }
    ]


def _labels(item: Item) -> list[str]:
    if _is_room(item):
        return ["accommodation-included"]
    return ["guided-tours", "multi-day" if item.row.days > 1 else "day-trips"]


def _is_room(item: Item) -> bool:
    return isinstance(item.row, RoomType)


def absolute(url: str) -> str:
    """Return the whole address of something this market serves; one that is whole stays as it is."""
    return url if "://" in url else settings.PUBLIC_BASE_URL + url


def language() -> str:
    return get_language() or settings.LANGUAGE_CODE
