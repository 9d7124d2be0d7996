"""The host's page of prices, rules, meals and terms."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import RoomTypeFactory, StayFactory, UserFactory
from tests.tourism.calendars.conftest import browser_of, host_of
from tourism.models import AddOn, BookingRule, PriceRule, RoomType, Stay

pytestmark = pytest.mark.django_db
URL = "/sell/terms/"


@pytest.fixture
def room() -> RoomType:
    today = timezone.localdate()
    stay = StayFactory(title="Nhà sàn Che Căn")
    return RoomTypeFactory(stay=stay, price_vnd=200_000, open_from=today, open_to=today + timedelta(days=13))


@pytest.fixture
def host(room: RoomType) -> Client:
    return browser_of(host_of(room))


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def post(host: Client, act: str, **form: Any) -> Any:
    return host.post(URL, {"act": act} | form, follow=True)


def test_the_page_is_for_hosts():
    assert reverse("stay-terms") == URL
    assert browser_of().get(URL).status_code == 302
    assert browser_of(UserFactory()).get(URL).status_code == 403


def test_a_weekend_price_is_asked_at_once(host, room):
    page = post(host, "price", kind="weekend", weekdays=["4", "5"], percent="20")

    rule = PriceRule.objects.get()
    assert (rule.weekdays, rule.percent, rule.stay_id) == ([4, 5], 20, room.stay_id)
    assert "4 nights have another price now." in text(page)
    assert "Friday, Saturday" in text(page)
    assert set(room.nights.values_list("price_vnd", flat=True)) == {200_000, 240_000}


def test_removing_a_price_brings_the_usual_one_back(host, room):
    post(host, "price", kind="weekend", weekdays=["4"], percent="20")

    post(host, "remove-price", id=PriceRule.objects.get().pk)

    assert not PriceRule.objects.exists()
    assert set(room.nights.values_list("price_vnd", flat=True)) == {200_000}


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"kind": "weekend", "percent": "20"}, "Choose the evenings."),
        ({"kind": "feast", "percent": "20"}, "Choose the festival."),
        ({"kind": "season", "percent": "20"}, "Choose the first day."),
        (
            {"kind": "season", "percent": "20", "first_on": "2027-05-02", "last_on": "2027-05-01"},
            "The last day is before the first. Exchange the two.",
        ),
        ({"kind": "weekend", "weekdays": ["4"]}, "Give either per cents or a price."),
        (
            {"kind": "weekend", "weekdays": ["4"], "percent": "20", "price_vnd": "300000"},
            "Give either per cents or a price.",
        ),
    ],
)
def test_a_price_that_says_too_little_is_refused_in_words(host, form, words):
    page = post(host, "price", **form)

    assert page.status_code == 422
    assert words in text(page)
    assert not PriceRule.objects.exists()


def test_a_rule_of_booking_is_added_and_removed(host, room):
    post(host, "rule", min_nights="2", arrival_days=["5"])
    rule = BookingRule.objects.get()
    assert (rule.min_nights, rule.arrival_days, rule.stay_id) == (2, [5], room.stay_id)

    post(host, "remove-rule", id=rule.pk)

    assert not BookingRule.objects.exists()


def test_a_rule_that_asks_nothing_is_refused(host):
    page = post(host, "rule")

    assert (page.status_code, BookingRule.objects.count()) == (422, 0)
    assert "Say at least one thing that guests must keep." in text(page)


def test_meals_are_offered_and_offered_no_longer(host, room):
    post(host, "add-on", kind="dinner", name="Cơm tối", per="guest-night", price_vnd="120000")
    dinner = AddOn.objects.get(stay=room.stay)

    post(host, "remove-add-on", id=dinner.pk)

    dinner.refresh_from_db()
    assert not dinner.is_offered


def test_a_meal_is_not_sold_by_the_piece(host):
    page = post(host, "add-on", kind="dinner", name="Cơm tối", per="piece", price_vnd="120000")

    assert "Meals are for guests" in text(page)
    assert not AddOn.objects.exists()


def test_policy_deposit_and_children_are_set(host, room):
    post(host, "terms", policy="firm", deposit_percent="30", children_until="11", child_percent="50")

    stay = Stay.objects.get(pk=room.stay_id)
    assert (stay.policy, stay.deposit_percent, stay.child_percent) == ("firm", 30, 50)


def test_nobody_changes_another_house(host):
    other = RoomTypeFactory()
    rule = PriceRule.objects.create(stay=other.stay, kind="weekend", weekdays=[4], percent=20)

    refused = host.post(URL, {"act": "remove-price", "id": rule.pk, "stay": other.stay_id})
    unharmed = host.post(URL, {"act": "remove-price", "id": rule.pk})

    assert refused.status_code == 404
    assert unharmed.status_code == 302
    assert PriceRule.objects.filter(pk=rule.pk).exists()


@pytest.mark.parametrize("act", ["", "remove-everything", "money"])
def test_an_unknown_act_does_not_exist(host, act):
    assert host.post(URL, {"act": act}).status_code == 404
