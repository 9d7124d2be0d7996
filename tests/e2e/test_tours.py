"""A guest books seats on a phone, with and without JavaScript; the organiser cancels, the money is back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.fulfilment.models import Placement
from marketplace.sellers.models import Member
from tests.factories import PASSWORD, DepartureFactory, TourFactory, UserFactory
from tests.shop.test_seats import tour_options  # noqa: F401  (fixture)
from tests.wallet_operator import wait_until
from tourism.tours.models import Departure

Order = get_model("order", "Order")

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("post", "stay_options", "tour_options"),
]


@pytest.fixture
def departure(goods: Any) -> Departure:
    """The departure of a tour of the host of the stilt house, in twenty days."""
    seller = goods.room.stay.product.origin.seller
    tour = TourFactory(title="Leo đỉnh Pú Huốt", seller=seller, adult_vnd=600_000, capacity=10, min_group=2)
    starts_at = timezone.localtime().replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=20)
    return DepartureFactory(tour=tour, starts_at=starts_at)


def organiser_of(departure: Departure) -> Any:
    user = UserFactory(name="Lò Thị Pản")
    # The running shop does not know the tests' fast hash.
    user.password = make_password(PASSWORD, hasher="pbkdf2_sha256")
    user.save()
    Member.objects.create(seller=departure.tour.product.origin.seller, user=user)
    return user


def book(page: Any, departure: Departure, payer: str) -> str:
    """From the list of tours to the waiting page; returns the order's number."""
    page.goto("/tours/")
    page.get_by_role("link", name="Leo đỉnh Pú Huốt").click()
    page.locator(".departure__when").first.click()
    page.locator("[formaction='/tours/book/']").click()
    page.wait_for_url("**/basket/")
    page.locator("a[href='/checkout/']").click()
    page.fill("input[name=name]", "Lò Thị Mai")
    page.fill("input[name=phone]", payer)
    page.locator("form .btn--primary").last.click()
    page.wait_for_url("**/checkout/preview/")
    page.check("input[name=provider][value=viettel]")
    page.fill("input[name=msisdn]", payer)
    page.locator("button.btn--pay").click()
    page.wait_for_url(re.compile("/payments/"))
    return Placement.objects.select_related("order").get().order.number


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_guest_books_seats_and_has_all_money_back_when_the_organiser_cancels(
    market, browser, departure, payer, scripts
):
    context = browser.new_context(
        service_workers="block",
        base_url=market.base_url,
        viewport={"width": 360, "height": 800},
        java_script_enabled=scripts,
        locale="vi-VN",
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    number = book(page, departure, payer)
    market.wallet.accept(market.wallet.wait_for_prompt(payer)["id"])
    wait_until(lambda: Order.objects.filter(status="paid").exists(), "it is paid", told_by=market.log)
    departure.refresh_from_db()
    assert (departure.state, departure.taken) == ("goes", 2)

    organiser = organiser_of(departure)
    page.goto(f"/accounts/login/?next=/sell/tours/departures/{departure.pk}/")
    page.fill("input[name$=username]", str(organiser.phone))
    page.fill("input[type=password]", PASSWORD)
    page.locator("main form button.btn--primary").first.click()
    page.goto(f"/sell/tours/departures/{departure.pk}/")
    page.get_by_text("Lò Thị Mai").wait_for()
    page.locator("details", has=page.locator("button[value=cancel]")).locator("summary").click()
    page.fill("input[name=reason]", "Đường sạt lở")
    page.locator("button[value=cancel]").click()
    page.get_by_text("Đường sạt lở").first.wait_for()

    wait_until(lambda: Order.objects.get(number=number).status == "refunded", "refunded", told_by=market.log)
    departure.refresh_from_db()
    assert (departure.state, departure.taken) == ("cancelled", 0)
    assert market.wallet.books_are_right()
    context.close()
