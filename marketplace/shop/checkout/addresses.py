"""Where an order goes, as Oscar keeps it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from oscar.core.loading import get_model

from marketplace.delivery.models import Destination
from payments.compiled import compiled

ShippingAddress = get_model("order", "ShippingAddress")
Country = get_model("address", "Country")


def shipping_address(name: str, phone: str, destination: Destination | None) -> Any:
    """The address in words, for Oscar's dashboard and the parcel's label."""
    if destination is None:
        return None
    country = next(iter(_countries("VN")), None)
    if country is None:
        country, _created = Country.objects.get_or_create(
            iso_3166_1_a2="VN",
            defaults={"printable_name": "Việt Nam", "name": "Việt Nam", "is_shipping_country": True},
        )
    return ShippingAddress.objects.create(
        first_name=name[:255],
        line1=destination.post_office.name if destination.post_office else destination.detail,
        line3=destination.commune.full_name if destination.commune else "",
        line4=destination.province.name,
        phone_number=phone,
        country=country,
    )


@compiled
def _countries(code: str) -> QuerySet[Any]:
    return Country.objects.filter(iso_3166_1_a2=code)
