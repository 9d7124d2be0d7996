"""A stay's page tells what is around it and whether one can come, and search engines read the same."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from frontend.templatetags.structured import json_ld
from tests.factories import (
    DepartureFactory,
    RoomTypeFactory,
    SellerFactory,
    StayFactory,
    TourFactory,
    UserFactory,
    commune_named,
    load_province,
)
from tourism.closures import services as closing

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Any:
    """A stay in the former commune of Mường Phăng."""
    load_province()
    call_command("load_sights", stdout=StringIO())
    stay = StayFactory(
        title="Nhà sàn Che Căn",
        name_en="Che Can stilt house",
        commune=commune_named("Mường Phăng", date(2025, 6, 30)),
    )
    RoomTypeFactory(stay=stay, sleeps=2, rooms=3, price_vnd=300_000, title="Phòng đôi")
    RoomTypeFactory(stay=stay, kind="house", sleeps=10, rooms=1, price_vnd=900_000)
    return stay


def structured(page: str) -> dict[str, Any]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert len(found) == 1
    return json.loads(found[0])


def test_a_stay_names_the_sights_around_it_and_the_festivals_of_its_commune(visitor, house):
    response = visitor.get(house.product.get_absolute_url())

    page = response.content.decode()
    assert "Campaign headquarters" in page
    assert "?near=so-chi-huy-chien-dich-muong-phang" in page
    assert "Pa Khoang cherry-blossom festival" in page
    kilometres = [near.km for near in response.context["around"].sights]
    assert kilometres == sorted(kilometres)


def test_a_closed_commune_says_so_on_the_page_of_its_stays(visitor, house):
    today = timezone.localdate()
    closing.close(
        commune=house.product.origin.commune,
        first_night=today,
        last_night=today + timedelta(days=2),
        cause="flood",
        words="Cầu bị lũ cuốn.",
        by=UserFactory(),
        now=timezone.now(),
    )

    page = visitor.get(house.product.get_absolute_url()).content.decode()

    assert "Xã Mường Phăng cannot be reached on the nights of" in page
    assert "Cầu bị lũ cuốn." in page


def test_search_engines_read_a_lodging_business(visitor, house):
    data = structured(visitor.get(house.product.get_absolute_url()).content.decode())

    assert (data["@context"], data["@type"]) == ("https://schema.org", "LodgingBusiness")
    assert (data["name"], data["alternateName"]) == ("Che Can stilt house", "Nhà sàn Che Căn")
    assert data["address"] == {
        "@type": "PostalAddress",
        "streetAddress": "Bản Che Căn",
        "addressLocality": "Xã Mường Phăng",
        "addressRegion": "Điện Biên",
        "addressCountry": "VN",
    }
    assert (data["checkinTime"], data["checkoutTime"]) == ("14:00:00", "11:00:00")
    assert data["priceRange"] == "300000–900000 VND"
    assert [offer["itemOffered"]["@type"] for offer in data["makesOffer"]] == ["Room", "House"]
    assert data["makesOffer"][0]["priceSpecification"]["price"] == 300_000
    assert data["url"].endswith(house.product.get_absolute_url())
    assert "disambiguatingDescription" not in data


def test_a_sample_house_is_called_one(visitor):
    stay = StayFactory(kind="hotel", seller=SellerFactory(is_sample=True))

    data = structured(visitor.get(stay.product.get_absolute_url()).content.decode())

    assert data["@type"] == "Hotel"
    assert data["disambiguatingDescription"] == "Sample data, prices for reference"


def test_search_engines_read_a_tourist_trip_with_its_departures(visitor):
    tour = TourFactory(title="Leo đỉnh Pú Huốt", stops=["Bản Che Căn", "Pú Huốt"], adult_vnd=600_000)
    starts_at = timezone.now() + timedelta(days=3)
    DepartureFactory(tour=tour, starts_at=starts_at)

    data = structured(visitor.get(tour.product.get_absolute_url()).content.decode())

    assert (data["@type"], data["name"]) == ("TouristTrip", "Leo đỉnh Pú Huốt")
    stops = data["itinerary"]["itemListElement"]
    assert [(stop["position"], stop["item"]["name"]) for stop in stops] == [
        (1, "Bản Che Căn"),
        (2, "Pú Huốt"),
    ]
    (offer,) = data["offers"]
    assert (offer["price"], offer["priceCurrency"]) == (600_000, "VND")
    assert offer["availability"] == "https://schema.org/InStock"
    assert offer["itemOffered"]["departureTime"] == timezone.localtime(starts_at).isoformat()


def test_words_of_a_host_cannot_leave_the_data(visitor):
    stay = StayFactory(title="</script><script>alert(1)</script>")

    page = visitor.get(stay.product.get_absolute_url()).content.decode()

    assert structured(page)["name"] == "</script><script>alert(1)</script>"
    assert "<script>alert" not in page
    assert (
        json_ld({"a": "<&>"}) == '<script type="application/ld+json">{"a": "\\u003C\\u0026\\u003E"}</script>'
    )
    assert json_ld(None) == ""
