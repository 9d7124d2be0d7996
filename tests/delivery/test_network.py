"""The postal network as data: 167 points, 89 roads, and what was made of them is marked."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from django.core.management import call_command

from marketplace.delivery import build_network, loading
from marketplace.delivery.models import OpeningHours, PostOffice, Route, RouteFee, RouteStop
from marketplace.delivery.promises import Network
from marketplace.delivery.selectors import hours_of
from tests.factories import load_province

pytestmark = pytest.mark.django_db


@pytest.fixture
def province(db):
    load_province()
    call_command("load_delivery", stdout=StringIO())


def test_the_files_are_what_the_builder_builds():
    for name, built in build_network.build().items():
        with (loading.DATA / name).open(encoding="utf-8", newline="") as file:
            written = list(csv.DictReader(file))
        assert written == [{key: str(value) for key, value in row.items()} for row in built], name


def test_there_are_167_points_and_89_routes_and_only_68_points_are_real(province):
    assert PostOffice.objects.count() == 167
    assert PostOffice.objects.filter(is_simulated=False).count() == 68
    assert Route.objects.filter(is_simulated=True).count() == 89
    # Every point but the central one is on one route, that of its hub.
    assert RouteStop.objects.count() == 166
    for stop in RouteStop.objects.select_related("route", "office"):
        assert stop.office.hub_id == stop.route.office_id


def test_every_commune_of_today_has_a_point_and_every_point_is_open_some_day(province):
    assert PostOffice.objects.values("commune").distinct().count() == 45
    assert OpeningHours.objects.values("office").distinct().count() == 167


def test_loading_again_changes_nothing(province):
    before = sorted(RouteStop.objects.values_list("route__code", "place", "office__code"))

    call_command("load_delivery", stdout=(said := StringIO()))

    assert sorted(RouteStop.objects.values_list("route__code", "place", "office__code")) == before
    assert OpeningHours.objects.count() == 10 * 7 + 157 * 6
    assert RouteFee.objects.count() == 7
    assert "167 post offices and 89 routes" in said.getvalue()


def test_a_parcel_can_go_from_every_point_to_every_other(province, django_assert_num_queries):
    points = list(PostOffice.objects.order_by("code").values_list("pk", flat=True))
    with django_assert_num_queries(1):
        network = Network()
        ways = [network.way(points[0], end) for end in points]
        ways += [network.way(start, points[-1]) for start in points]

    assert None not in ways
    assert max(len(way) for way in ways if way) == 5


def test_hours_are_said_by_days_that_are_alike(province):
    central = PostOffice.objects.get(code="380000")

    said = [(each.days, f"{each.opens:%H:%M}–{each.closes:%H:%M}") for each in hours_of(central.pk)]

    assert said == [("Mon–Sat", "07:00–18:30"), ("Sun", "07:30–17:00")]
    assert hours_of(None) == []
