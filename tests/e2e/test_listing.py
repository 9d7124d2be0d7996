"""Listing from a phone: five taps after the photo, also without a signal, and each listing exactly once."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from oscar.core.loading import get_model

from marketplace.listing.models import Listing, Photo
from marketplace.sellers.models import Member
from tests.factories import PASSWORD, SellerFactory, UserFactory
from tests.listing.conftest import jpeg
from tests.wallet_operator import wait_until

Product = get_model("catalogue", "Product")

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def farmer(transactional_db: None) -> Any:
    seller, person = SellerFactory(), UserFactory(password=None)
    # The tests' own hash is one that a process outside the tests does not know.
    hashed = make_password(PASSWORD, hasher="pbkdf2_sha256")
    type(person).objects.filter(pk=person.pk).update(password=hashed)
    Member.objects.create(seller=seller, user=person)
    return person


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(jpeg((1600, 1200)))
    return path


def sign_in(page: Any, market: Any, farmer: Any) -> None:
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": market.base_url}])
    page.goto("/accounts/login/?next=/sell/new/")
    page.fill("input[type=tel]", str(farmer.phone))
    page.fill("input[type=password]", PASSWORD)
    page.locator("main form .btn--primary").first.click()
    page.wait_for_url(lambda address: address.endswith("/sell/new/") and "login" not in address)


def answer(page: Any, photo: Path, *, crop: str) -> None:
    """Take the photo, then answer four questions: the fifth tap puts it up for sale."""
    page.set_input_files("#photo", photo)
    page.locator(f"button[name=crop][value={crop}]").click()
    page.locator("button[name=quantity][value='50']").click()
    page.locator("button[name=unit][value=kg]:visible").click()
    page.locator("#price").fill("18k")
    page.locator("[data-step=price] .btn--primary").click()


def test_something_is_listed_in_five_taps_after_the_photo(page, market, farmer, photo):
    sign_in(page, market, farmer)

    answer(page, photo, crop="khoai-so")
    page.locator("[data-step=check] .btn--pay").click()
    page.wait_for_url("**/done/")

    produce = Product.objects.get().produce
    record = produce.product.stockrecords.get()
    assert (produce.crop, int(record.price), record.num_in_stock) == ("khoai-so", 18_000, 50)
    wait_until(lambda: Photo.objects.get().state == "ready", "the pictures are made", timeout_s=30)
    assert Product.objects.get().images.count() == 1


def test_listings_without_a_signal_are_kept_on_the_phone_and_noted_once_each(page, market, farmer, photo):
    sign_in(page, market, farmer)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)

    answer(page, photo, crop="gung")
    # The shop notes it, but the answer is lost on the way: the phone cannot know, and sends it again.
    lost = SimpleNamespace(answers=0)

    def lose(route: Any) -> None:
        if not lost.answers:
            lost.answers += 1
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/sell/new/send/", lose)
    page.locator("[data-step=check] .btn--pay").click()
    page.locator("[data-waiting]").wait_for(state="visible")
    assert Listing.objects.count() == 1

    page.evaluate("dispatchEvent(new Event('online'))")
    page.locator("[data-waiting]").wait_for(state="hidden")
    page.reload()

    assert page.locator("[data-waiting]").is_hidden()
    assert (Listing.objects.count(), Photo.objects.count()) == (1, 1)
    assert len([url for url in sent if url.endswith("/sell/new/send/")]) == 2


def test_an_unfinished_listing_goes_on_after_the_page_was_closed(page, market, farmer, photo):
    sign_in(page, market, farmer)
    page.set_input_files("#photo", photo)
    page.locator("button[name=crop][value=gao]").click()
    page.locator("[data-step=quantity]").wait_for(state="visible")

    page.reload()

    page.locator("[data-step=quantity]").wait_for(state="visible")
    assert not Listing.objects.exists()
