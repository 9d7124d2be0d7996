"""An order's page opens to its buyer: by account, in the browser that ordered, by secret link, by phone."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from oscar.core.loading import get_model

from frontend.templatetags.money import vnd
from marketplace.fulfilment import services as fulfilment
from marketplace.settlement.models import Dispute, LineSplit, PartClock
from marketplace.shop.checkout.services import Buyer
from payments.models import Operation
from payments.providers.base import Outcome
from tests import own_cache
from tests.factories import UserFactory
from tests.shop.conftest import PHONE, in_days, order_of_rice_and_nights
from tests.shop.silent import tell
from tourism.models import Booking, Stay

Order = get_model("order", "Order")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]

ADDRESS = "Số 5 phố Hàng Mã"
CSRF_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')


@pytest.fixture
def person() -> Any:
    return UserFactory()


@pytest.fixture
def order(person: Any) -> Any:
    """An unpaid order of ``person``: rice to an address in Hà Nội, and a night."""
    return order_of_rice_and_nights(buyer=Buyer(PHONE, "Lò Thị Mai", person)).order


def is_open(page: Any) -> bool:
    """True if the page shows the order; the locked one asks for the phone number and shows nothing of it."""
    text = page.content.decode()
    assert ('name="phone"' in text) != (ADDRESS in text)
    return ADDRESS in text


def open_by_phone(client: Client, number: str, phone: str) -> Any:
    return client.post(f"/orders/{number}/", {"phone": phone}, follow=True)


# --- Who may open it -------------------------------------------------------------------------------


def test_a_stranger_sees_nothing_of_an_order_and_cannot_tell_that_it_exists(visitor, order):
    known, unknown = visitor.get(f"/orders/{order.number}/"), visitor.get("/orders/261123-000000/")

    assert not is_open(known)
    assert not is_open(unknown)
    texts = [CSRF_TOKEN.sub("", page.content.decode()) for page in (known, unknown)]
    assert texts[0].replace(order.number, "261123-000000") == texts[1]


def test_the_secret_link_opens_the_order_and_another_secret_does_not(visitor, order):
    secret = order.placement.secret

    assert is_open(visitor.get(f"/orders/{order.number}/?key={secret}"))
    for wrong in ("", "x", secret[:-1], f"{secret}x", "é"):
        assert not is_open(visitor.get(f"/orders/{order.number}/", {"key": wrong}))


def test_the_key_of_one_order_does_not_open_another(visitor, order):
    other = order_of_rice_and_nights().order

    assert not is_open(visitor.get(f"/orders/{order.number}/?key={other.placement.secret}"))


@pytest.mark.parametrize(
    "typed", ["0399000001", "0399 000 001", "+84 399 000 001", "0084399000001", "0399.000.001"]
)
def test_the_phone_number_opens_the_order_however_it_is_written(visitor, order, typed):
    page = open_by_phone(visitor, order.number, typed)

    assert page.status_code == 200
    assert is_open(page)
    assert is_open(visitor.get(f"/orders/{order.number}/"))


def test_another_phone_number_is_refused_in_the_same_words_as_another_order(visitor, order):
    wrong_phone = open_by_phone(visitor, order.number, "0399000002")
    wrong_order = open_by_phone(visitor, "261123-000000", "0399000001")

    for page in (wrong_phone, wrong_order):
        assert page.status_code == 404
        assert "No order with this number was placed with this phone number." in page.content.decode()
        assert not is_open(page)


def test_what_is_no_phone_number_is_said_to_be_none(visitor, order):
    page = open_by_phone(visitor, order.number, "hai mươi")

    assert page.status_code == 422
    assert "“hai mươi” is not a phone number." in page.content.decode()


def test_an_order_can_be_guessed_at_ten_times_an_hour(visitor, order):
    for last in range(10):
        assert open_by_phone(visitor, order.number, f"039900001{last}").status_code == 404

    page = open_by_phone(Client(), order.number, "0399000001")

    assert page.status_code == 429
    assert not is_open(page)
    own_cache.empty()  # an hour later
    assert is_open(open_by_phone(visitor, order.number, "0399000001"))


def test_an_order_opens_to_its_account_and_to_administrators_and_to_no_other_account(order, person):
    seen = {}
    for name, user in {
        "own": person,
        "other": UserFactory(),
        "same phone, other account": UserFactory(phone=PHONE),
        "administrator": UserFactory(is_staff=True),
    }.items():
        client = Client()
        client.force_login(user)
        seen[name] = is_open(client.get(f"/orders/{order.number}/"))

    assert seen == {"own": True, "other": False, "same phone, other account": False, "administrator": True}


def test_what_an_order_shows_is_kept_by_no_cache(visitor, order):
    page = visitor.get(f"/orders/{order.number}/?key={order.placement.secret}")

    assert page["Cache-Control"] == "no-store"


def test_the_number_of_the_basket_opens_nothing(visitor, order):
    page = visitor.get(f"/orders/{100_000 + order.basket_id}/")

    assert not is_open(page)
    assert order.number != str(100_000 + order.basket_id)


# --- What can be done there ------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["cancel", "again"])
def test_nobody_else_can_do_anything_to_an_order(visitor, order, act):
    visitor.force_login(UserFactory())

    answer = visitor.post(f"/orders/{order.number}/{act}/")

    order.refresh_from_db()
    assert (answer.status_code, order.status) == (404, "awaiting-payment")
    assert visitor.get(f"/orders/{order.number}/{act}/").status_code == 405


def test_cancelling_before_paying_charges_nothing(visitor, order):
    open_by_phone(visitor, order.number, "0399000001")

    page = visitor.post(f"/orders/{order.number}/cancel/", follow=True)

    order.refresh_from_db()
    assert order.status == "cancelled"
    assert 'data-status="cancelled"' in page.content.decode()
    assert "Nothing was charged." in page.content.decode()
    assert Booking.objects.get().state == "released"


def test_cancelling_a_paid_order_sends_the_money_back(visitor, order):
    open_by_phone(visitor, order.number, "0399000001")
    tell(order.placement.payment_id, Outcome.SUCCEEDED)

    page = visitor.post(f"/orders/{order.number}/cancel/", follow=True)

    refunds = Operation.objects.filter(kind=Operation.Kind.REFUND).order_by("amount_vnd")
    assert [refund.amount_vnd for refund in refunds] == [300_000, 505_500]
    assert 'data-status="refunding"' in page.content.decode()


def test_a_stay_that_has_begun_is_not_cancelled_and_the_page_says_why(visitor, order):
    open_by_phone(visitor, order.number, "0399000001")
    tell(order.placement.payment_id, Outcome.SUCCEEDED)
    Booking.objects.update(first_night=in_days(0))
    Stay.objects.update(check_in_from=time.min)

    page = visitor.post(f"/orders/{order.number}/cancel/", follow=True)

    assert "cannot be cancelled any more: a stay has begun," in page.content.decode()
    assert not Operation.objects.filter(kind=Operation.Kind.REFUND).exists()


def test_when_the_time_to_pay_has_run_out_everything_can_go_back_into_the_basket(visitor, order):
    """H5: in plain Oscar the basket stays frozen for ever, and the buyer's is empty."""
    open_by_phone(visitor, order.number, "0399000001")
    fulfilment.release_ended_holds(now=timezone.now() + timedelta(hours=1))
    waiting = visitor.get(f"/payments/{order.placement.payment_id}/").content.decode()

    page = visitor.post(f"/orders/{order.number}/again/", follow=True)

    assert "The time to pay ran out" in waiting
    assert f'action="/orders/{order.number}/again/"' in waiting
    assert page.redirect_chain[-1] == ("/basket/", 302)
    assert 'data-total-vnd="650000"' in page.content.decode()
    assert "Go to checkout" in page.content.decode()


def test_what_is_gone_meanwhile_is_named_and_the_rest_goes_back_into_the_basket(visitor, order):
    open_by_phone(visitor, order.number, "0399000001")
    fulfilment.cancel(number=order.number, now=timezone.now())
    Booking.objects.get().room_type.nights.update(taken=1)

    page = visitor.post(f"/orders/{order.number}/again/", follow=True).content.decode()

    assert "has just sold out for the night of" in page
    assert 'data-total-vnd="350000"' in page


# --- The waiting page --------------------------------------------------------------------------------


def test_the_waiting_page_opens_to_whoever_has_its_address_and_to_no_guess(visitor, order):
    payment_id = order.placement.payment_id

    assert 'data-state="pending"' in visitor.get(f"/payments/{payment_id}/").content.decode()
    assert visitor.get("/payments/00000000-0000-4000-8000-000000000000/").status_code == 404


@pytest.mark.parametrize(
    ("outcome", "state", "said"),
    [
        (Outcome.SUCCEEDED, "succeeded", "Paid. Thank you!"),
        (Outcome.FAILED, "failed", "The payment was refused"),
    ],
)
def test_the_waiting_page_says_how_it_ended(visitor, order, outcome, state, said):
    tell(order.placement.payment_id, outcome)

    for address in (
        f"/payments/{order.placement.payment_id}/",
        f"/payments/{order.placement.payment_id}/status/",
    ):
        page = visitor.get(address).content.decode()
        assert f'data-state="{state}"' in page
        assert said in page


def test_asking_again_for_the_money_asks_for_the_same_payment(visitor, order):
    answer = visitor.post(f"/payments/{order.placement.payment_id}/")

    assert answer.url == f"/payments/{order.placement.payment_id}/"
    assert Operation.objects.count() == 1


def test_the_page_says_to_the_dong_who_gets_what(visitor, order):
    open_by_phone(visitor, order.number, "0399000001")
    tell(order.placement.payment_id, Outcome.SUCCEEDED)

    page = visitor.get(f"/orders/{order.number}/").content.decode()

    splits = LineSplit.objects.filter(part__order=order)
    for split in splits:
        assert vnd(split.seller_vnd) in page
        assert vnd(split.commission_vnd) in page
    assert sum(split.gross_vnd for split in splits) == 650_000


def test_who_has_it_says_so_and_the_seller_waits_for_the_window_only(visitor, order):
    open_by_phone(visitor, order.number, "0399000001")
    tell(order.placement.payment_id, Outcome.SUCCEEDED)

    page = visitor.post(
        f"/orders/{order.number}/received/", {"part": f"{order.number}-1"}, follow=True
    ).content.decode()

    assert "Delivered. The seller is paid after" in page
    assert PartClock.objects.get(part__number=f"{order.number}-1").delivered_at is not None
    assert PartClock.objects.get(part__number=f"{order.number}-2").delivered_at is None


def test_a_complaint_freezes_the_sellers_money(visitor, order):
    open_by_phone(visitor, order.number, "0399000001")
    tell(order.placement.payment_id, Outcome.SUCCEEDED)
    line = order.lines.order_by("pk").first()
    form = {"part": f"{order.number}-1", "line": line.pk}

    visitor.post(f"/orders/{order.number}/dispute/", form | {"reason": " "})
    assert not Dispute.objects.exists()
    page = visitor.post(
        f"/orders/{order.number}/dispute/", form | {"reason": "Gạo bị ẩm"}, follow=True
    ).content.decode()

    dispute = Dispute.objects.get()
    assert (dispute.line_id, dispute.reason, dispute.wanted_vnd) == (line.pk, "Gạo bị ẩm", 350_000)
    assert "The seller is not paid before it is settled." in page


@pytest.mark.parametrize("act", ["received", "dispute", "pay"])
def test_who_may_not_open_an_order_may_not_act_on_it(client, order, act):
    tell(order.placement.payment_id, Outcome.SUCCEEDED)

    answer = client.post(f"/orders/{order.number}/{act}/", {"part": f"{order.number}-1", "reason": "?"})

    assert answer.status_code == 404
    assert not Dispute.objects.exists()


@pytest.mark.parametrize("part", ["", "261123-AAAAAA-1", "\x00"])
def test_a_part_of_another_order_is_not_found(visitor, order, part):
    open_by_phone(visitor, order.number, "0399000001")
    tell(order.placement.payment_id, Outcome.SUCCEEDED)

    assert visitor.post(f"/orders/{order.number}/received/", {"part": part}).status_code == 404


def test_what_is_delivered_in_part_is_not_offered_to_be_cancelled(visitor, order):
    open_by_phone(visitor, order.number, "0399000001")
    tell(order.placement.payment_id, Outcome.SUCCEEDED)
    url = f"/orders/{order.number}/"
    assert f"{url}cancel/" in visitor.get(url).content.decode()

    visitor.post(f"{url}received/", {"part": f"{order.number}-1"})

    assert f"{url}cancel/" not in visitor.get(url).content.decode()
