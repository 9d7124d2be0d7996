"""Reads the postal network from its files into the tables."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path

from marketplace.delivery.models import (
    FormerProvince,
    FreeDelivery,
    OpeningHours,
    PostOffice,
    Route,
    RouteFee,
    RouteStop,
)
from marketplace.places.models import MERGER_ON, Commune
from marketplace.places.text import fold

DATA = Path(__file__).resolve().parent / "data"
FEES_VALID_FROM = date(2025, 1, 1)
CENTRAL, HUB, POINT = "central", "hub", "point"


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a file of ``data``."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load_offices() -> None:
    """Load the offices, real and simulated, which hub serves each, and their hours. May be run again."""
    communes = {commune.code: commune for commune in Commune.objects.filter(valid_from=MERGER_ON)}
    old = {commune.code: commune for commune in Commune.objects.filter(valid_to=MERGER_ON)}
    for name in ("post_offices.csv", "post_offices_simulated.csv"):
        for row in rows(name):
            PostOffice.objects.update_or_create(
                code=row["vnpost_code6"],
                defaults={
                    "name": row["name"],
                    "commune": communes[row["code_2025"]],
                    "unit": old.get(row["code_2024"]),
                    "address": row.get("address_before_2025", ""),
                    "is_simulated": "address_before_2025" not in row,
                },
            )
    offices = {office.code: office for office in PostOffice.objects.all()}
    hubs = {row["office"]: row["hub"] for row in rows("hubs.csv")}
    for code, hub in hubs.items():
        offices[code].hub = offices[hub] if hub else None
    PostOffice.objects.bulk_update(offices.values(), ["hub"])
    central = next(code for code, hub in hubs.items() if not hub)
    kinds = {code: CENTRAL if not hub else HUB if hub == central else POINT for code, hub in hubs.items()}
    serving = set(hubs.values())
    kinds |= {code: POINT for code, kind in kinds.items() if kind == HUB and code not in serving}
    hours = [hour for code, kind in kinds.items() for hour in _hours(offices[code], kind)]
    OpeningHours.objects.filter(office__code__in=kinds).delete()
    OpeningHours.objects.bulk_create(hours)


def load_routes() -> None:
    """Load the routes, their stops and their fees; needs the offices. May be run again."""
    offices = {office.code: office for office in PostOffice.objects.all()}
    routes = {}
    for row in rows("routes.csv"):
        days = [int(day) for day in row["weekdays"].split()]
        routes[row["route"]], _created = Route.objects.update_or_create(
            code=row["route"],
            defaults={
                "name": row["name"],
                "office": offices[row["office"]],
                "weekdays": days,
                "is_simulated": True,
            },
        )
        if fee_vnd := int(row["fee_vnd"]):
            RouteFee.objects.update_or_create(
                route=routes[row["route"]], valid_from=FEES_VALID_FROM, defaults={"parcel_vnd": fee_vnd}
            )
    RouteStop.objects.filter(route__in=routes.values()).delete()
    RouteStop.objects.bulk_create(
        RouteStop(route=routes[row["route"]], place=int(row["place"]), office=offices[row["office"]])
        for row in rows("route_stops.csv")
    )


def load_names_and_rules() -> None:
    """Load the provinces of before the merger, and from which price on parcels are free."""
    for row in rows("former_provinces.csv"):
        FormerProvince.objects.update_or_create(
            name=row["name"], defaults={"folded": fold(row["name"]), "province_id": row["province_code"]}
        )
    for row in rows("free_delivery.csv"):
        FreeDelivery.objects.update_or_create(
            zone=row["zone"],
            valid_from=date.fromisoformat(row["valid_from"]),
            defaults={"from_vnd": int(row["from_vnd"])},
        )


def _hours(office: PostOffice, kind: str) -> Iterator[OpeningHours]:
    for row in rows("opening_hours.csv"):
        if row["kind"] == kind:
            for day in row["weekdays"].split():
                yield OpeningHours(
                    office=office,
                    weekday=int(day),
                    opens=time.fromisoformat(row["opens"]),
                    closes=time.fromisoformat(row["closes"]),
                )
