"""The administrator's dashboard is Oscar's: every page one can click to opens, and nobody else gets in.

What an administrator does there to orders and products is in test_dashboard_orders.py and
test_dashboard_catalogue.py.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import URLPattern, get_resolver, resolve, reverse
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.fulfilment import services as fulfilment
from marketplace.sellers.models import Member
from marketplace.shop.basket import services as baskets
from marketplace.shop.checkout.services import Buyer
from payments.models import Operation
from payments.providers.base import Outcome
from tests.factories import PASSWORD, ProduceFactory, UserFactory
from tests.shop.bargains import offer, range_of
from tests.shop.conftest import PHONE, new_basket, order_of_rice_and_nights
from tests.shop.silent import tell

Order = get_model("order", "Order")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]

SCRIPT = re.compile(r'<(?:script|link|img)\s[^>]*?(?:src|href)="([^"]+)"')
LINK = re.compile(r'<a\s[^>]*?href="([^"]+)"')
SAME_PAGES = 3  # of one page for many things (products, orders) the first few tell as much as all


def one_order_in_every_status() -> None:
    order_of_rice_and_nights()
    paid = order_of_rice_and_nights()
    tell(paid.intent.id, Outcome.SUCCEEDED)
    cancelled = order_of_rice_and_nights()
    fulfilment.cancel(number=cancelled.order.number, now=timezone.now())
    refunded = order_of_rice_and_nights()
    tell(refunded.intent.id, Outcome.SUCCEEDED)
    fulfilment.cancel(number=refunded.order.number, now=timezone.now())
    tell(refunded.intent.id, Outcome.SUCCEEDED, kind=Operation.Kind.REFUND)


def links_of(page: Any, address: str) -> Iterator[str]:
    for href in LINK.findall(page.content.decode()):
        target, _ = urldefrag(urljoin(address, unescape(href)))
        if target.startswith("/"):
            yield target


def crawl(client: Client, start: str) -> dict[str, int | str]:
    """Follow every link from the dashboard's pages; return what each address answered in the end."""
    answers: dict[str, int | str] = {}
    met: Counter[tuple[str, str]] = Counter()
    waiting = [start]
    while waiting:
        address = waiting.pop()
        if address in answers:
            continue
        try:
            page = client.get(address, follow=True)
        except Exception as error:
            answers[address] = f"{type(error).__name__}: {error}"
            continue
        answers[address] = page.status_code
        if not address.startswith(start) or not page["Content-Type"].startswith("text/html"):
            continue
        for target in links_of(page, address):
            parts = urlsplit(target)
            page_name = resolve(parts.path).view_name if parts.path.startswith(start) else parts.path
            kind = (page_name, parts.query)
            met[kind] += target not in answers
            if met[kind] <= SAME_PAGES:
                waiting.append(target)
    return answers


def every_page_of_the_dashboard(number: str) -> list[str]:
    """Return an address of each, linked or not."""

    def patterns(resolver: Any) -> Iterator[URLPattern]:
        for each in resolver.url_patterns:
            yield from [each] if isinstance(each, URLPattern) else patterns(each)

    pages = patterns(resolve_root("dashboard"))
    values = {"number": number, "skus": "P1"}
    return [
        reverse(f"dashboard:{page.name}", kwargs={name: values.get(name, 1) for name in names_in(page)})
        for page in pages
        if page.name not in ("login", "logout")
    ]


def resolve_root(namespace: str) -> Any:
    return next(each for each in get_resolver().url_patterns[-1].url_patterns if each.namespace == namespace)


def names_in(page: URLPattern) -> list[str]:
    pattern: Any = page.pattern
    return list(pattern.regex.groupindex)


def test_every_page_one_can_click_to_opens(administrator):
    one_order_in_every_status()
    assert sorted(Order.objects.values_list("status", flat=True)) == [
        "awaiting-payment",
        "cancelled",
        "paid",
        "refunded",
    ]
    rice = ProduceFactory()
    baskets.add_goods(new_basket(), product_id=rice.product_id, quantity=1)
    offer("Percentage", 10, on=range_of(rice.product, is_public=True))
    Order.objects.first().notes.create(message="Khách gọi điện.", note_type="Info")
    UserFactory(email="mai@example.com")

    answers = crawl(administrator, "/dashboard/")

    assert {address: answer for address, answer in answers.items() if answer != 200} == {}
    assert len(answers) > 150


@pytest.fixture
def seller_member() -> Any:
    """Somebody who has all that Oscar asks of a seller: a partner, and the permission to the dashboard."""
    person = UserFactory()
    person.user_permissions.add(Permission.objects.get(codename="dashboard_access"))
    return person


def test_a_stranger_is_asked_to_sign_in_on_every_page(visitor):
    number = order_of_rice_and_nights().order.number

    for address in every_page_of_the_dashboard(number):
        for answer in (visitor.get(address), visitor.post(address)):
            assert (answer.status_code, answer.url) == (302, f"/accounts/login/?next={address}"), address


@pytest.mark.parametrize("who", ["buyer", "seller"])
def test_a_buyer_and_a_seller_are_refused_on_every_page(visitor, seller_member, who):
    order = order_of_rice_and_nights(buyer=Buyer(PHONE, "Lò Thị Mai", seller_member)).order
    part = order.suborders.get(number=f"{order.number}-1")
    Member.objects.create(seller=part.seller, user=seller_member)
    if who == "seller":
        part.seller.partner.users.add(seller_member)
    visitor.force_login(seller_member if who == "seller" else UserFactory())
    pages = every_page_of_the_dashboard(order.number)

    answers = {address: (visitor.get(address), visitor.post(address)) for address in pages}

    assert len(pages) > 60
    assert {
        address for address, both in answers.items() if {answer.status_code for answer in both} != {403}
    } == set()
    order.refresh_from_db()
    assert order.status == "awaiting-payment"


@pytest.mark.parametrize("page", ["", "orders/", "orders/statistics/", "catalogue/", "users/", "reports/"])
def test_no_page_asks_another_host_for_anything(administrator, page):
    text = administrator.get(f"/dashboard/{page}").content.decode()

    assert "/static/oscar/js/jquery/jquery.min.js" in text
    assert [each for each in SCRIPT.findall(text) if not re.match(r"/[^/]", each)] == []
    assert "//ajax." not in text


@pytest.mark.parametrize("address", ["/dashboard/", "/dashboard/orders/statistics/"])
def test_only_what_is_paid_counts_as_revenue(administrator, address):
    one_order_in_every_status()

    figures = administrator.get(address).context

    assert figures["total_revenue"] == 805_500
    if address == "/dashboard/":
        assert figures["total_revenue_last_day"] == figures["average_order_costs"] == 805_500
        assert (figures["total_orders"], figures["total_orders_last_day"]) == (1, 1)
        assert (figures["total_lines"], figures["total_lines_last_day"]) == (2, 2)
        assert (
            sum(each["total_incl_tax"] for each in figures["hourly_report_dict"]["order_total_hourly"])
            == 805_500
        )


@pytest.mark.parametrize("part", ["reviews", "pages", "comms", "shipping"])
def test_what_the_shop_does_not_have_is_not_in_its_dashboard(administrator, part):
    page = administrator.get("/dashboard/").content.decode()

    assert f"/dashboard/{part}/" not in page
    assert administrator.get(f"/dashboard/{part}/").status_code == 404


def test_the_dashboard_has_no_door_of_its_own(visitor):
    person = UserFactory(is_staff=True)
    password = {"username": str(person.phone), "password": PASSWORD}

    asked = visitor.get("/dashboard/login/?next=/dashboard/orders/")
    tried = visitor.post("/dashboard/login/", password)

    assert asked.url == "/accounts/login/?next=/dashboard/orders/"
    assert tried.status_code == 302
    assert "_auth_user_id" not in visitor.session


def test_people_are_found_by_name_without_accents_and_by_phone_number(administrator):
    UserFactory(name="Lò Văn Hạnh", phone="+84399000111")
    UserFactory(name="Đinh Thị Hạnh", phone="+84399000222")

    def found(**asked: str) -> set[str]:
        page = administrator.get("/dashboard/users/", {"search": ""} | asked).content.decode()
        return {name for name in ("Lò Văn Hạnh", "Đinh Thị Hạnh") if name in page}

    assert found(name="hanh") == {"Lò Văn Hạnh", "Đinh Thị Hạnh"}
    assert found(name="Lo Van Hanh") == {"Lò Văn Hạnh"}
    assert found(name="HẠNH Đinh") == {"Đinh Thị Hạnh"}
    assert found(name="Hanh ZZZ") == set()
    assert found(phone="0399 000 222") == {"Đinh Thị Hạnh"}
    assert found(phone="000111") == {"Lò Văn Hạnh"}


def test_setting_a_password_leads_to_the_page_that_can(administrator):
    person = UserFactory()

    answer = administrator.post(f"/dashboard/users/{person.pk}/password-reset/")

    assert answer.url == f"/admin/accounts/user/{person.pk}/password/"
    assert administrator.get(answer.url).status_code == 200


@pytest.mark.parametrize("kind", ["order_report", "open_baskets", "submitted_baskets", "conditional-offers"])
def test_a_report_is_made_anew_every_time(administrator, kind):
    address = f"/dashboard/reports/?report_type={kind}"
    before = administrator.get(f"{address}&download=on").content.decode().splitlines()
    rice = ProduceFactory()
    baskets.add_goods(new_basket(), product_id=rice.product_id, quantity=1)
    offer("Percentage", 10)
    order_of_rice_and_nights()

    after = administrator.get(f"{address}&download=on").content.decode().splitlines()

    assert len(after) == len(before) + 1
    assert administrator.get(address).status_code == 200


def test_the_report_of_orders_costs_the_same_for_every_number_of_them(
    administrator, django_assert_num_queries
):
    for name in ("Lò Thị Mai", "Vừ A Sùng", "Quàng Thị Ánh"):
        order_of_rice_and_nights(buyer=Buyer(PHONE, name, UserFactory()))
    address = "/dashboard/reports/?report_type=order_report&download=on"

    with django_assert_num_queries(2):  # the administrator, the orders
        report = administrator.get(address).content.decode()

    assert [line.split(",")[1:5] for line in report.splitlines()[1:]] == [
        [name, "+84399000001", "awaiting-payment", "805500"]
        for name in ("Quàng Thị Ánh", "Vừ A Sùng", "Lò Thị Mai")
    ]
