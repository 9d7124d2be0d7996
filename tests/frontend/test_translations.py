"""The shop speaks Vietnamese: every string is translated, and its pages show no English."""

import importlib
import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.utils import timezone

from frontend import borrowed_words
from marketplace.accounts.models import RoleAssignment
from marketplace.accounts.services import grant_role
from marketplace.delivery.models import PostOffice
from marketplace.local import translations
from marketplace.sellers.models import Member
from marketplace.settlement import services as settlement
from marketplace.shop.basket import services as baskets
from payments.providers.base import Outcome
from tests.factories import (
    DepartureFactory,
    ProduceFactory,
    RoomTypeFactory,
    SellerFactory,
    StayFactory,
    TourFactory,
    UserFactory,
    commune_named,
    load_province,
)
from tests.shop.conftest import (  # noqa: F401  (fixtures)
    _silent_wallet,
    check_out,
    in_days,
    new_basket,
    post,
    stay_options,
)
from tests.shop.silent import tell

# What both languages write alike: units, names, and words that came with the thing.
SAME_IN_BOTH = {
    "Wi-Fi",
    "kg",
    "homestay",
    "tour",
    "Tour",
    "REST API",
    "SMS",
    "webhook",
    "%(number)s: %(state)s.",
    "“%(title)s”: %(problem)s",
    # What is written to the market by SMS: the words are commands, the same for everybody.
    (
        "BAN GAO 50KG 18000. GIA GAO 19000. CON GAO 20. HET GAO. DON. NHAN 12. CAN 12 2KG. XONG 12. "
        "GIAO 12 5678. TIEN. VI. NGHI 3"
    ),
}
# Words no English page does without. None of them is a Vietnamese syllable.
ENGLISH = re.compile(
    r"\b(the|and|of|your|you|with|from|for|is|are|not|basket|orders?|stays?|nights?|guests?|rooms?|sold|search"
    r"|price|total|pay|payment|communes?|sellers?|season|show|choose|see|back|phone|password|page|sales|seconds?)\b",
    re.IGNORECASE,
)
# What nobody reads: scripts, pictures' own addresses, and the names of things for the machine.
UNREAD = re.compile(r"<(script|style)\b.*?</\1>|<!--.*?-->", re.DOTALL)
READ_ALOUD = re.compile(r'\b(?:alt|title|placeholder|aria-label|content|data-label)="([^"]*)"')
HEAD = re.compile(
    r'<meta (?:name="(?:viewport|theme-color|color-scheme|robots)"'
    r'|property="og:(?:url|type|locale|image[\w:]*)")[^>]*>'
)


def catalogue():
    path = translations.LOCALE_DIR / "vi" / "LC_MESSAGES" / "django.po"
    with path.open("rb") as source:
        return [message for message in read_po(source, locale="vi") if message.id]


def english_on(response) -> list[str]:
    """The English words of a page and a few words around each."""
    html = HEAD.sub("", UNREAD.sub(" ", response.content.decode()))
    html = re.sub(r'<(\w+)[^>]* lang="en"[^>]*>.*?</\1>', " ", html, flags=re.DOTALL)
    spoken = " | ".join(READ_ALOUD.findall(html))
    text = unescape(" ".join(f"{re.sub(r'<[^>]+>', ' ', html)} | {spoken}".split()))
    return [text[max(0, found.start() - 30) : found.end() + 30] for found in ENGLISH.finditer(text)]


def english_at(client, paths, *, status_codes=(200,)) -> dict[str, list[str]]:
    pages = {path: client.get(path) for path in paths}
    assert {page.status_code for page in pages.values()} <= set(status_codes)
    return {path: found for path, page in pages.items() if (found := english_on(page))}


@pytest.fixture
def client(client, settings):
    settings.LANGUAGE_CODE = "vi"
    return client


@pytest.fixture
def market(db):
    """Rice and a bed for sale in Mường Phăng."""
    load_province()
    commune = commune_named("Mường Phăng")
    seller = SellerFactory(commune=commune, introduction="Nhà mình ở bản Che Căn.", is_sample=True)
    rice = ProduceFactory(title="Gạo tám thơm", seller=seller, ocop_stars=4, season_months=list(range(1, 12)))
    stay = StayFactory(seller=seller, title="Nhà sàn Che Căn", meal_price_vnd=120_000)
    room = RoomTypeFactory(
        stay=stay, title="Sàn chung", kind="floor", sleeps=1, rooms=9, open_from=in_days(0)
    )
    return {"seller": seller, "rice": rice, "room": room, "stay": stay}


def fill_basket(client, market) -> None:
    client.post(f"/basket/add/{market['rice'].product_id}/", {"quantity": 2})
    nights = {"first_night": in_days(3), "leaves_on": in_days(5), "rooms": 2, "guests": 2}
    client.post(f"/basket/add/{market['room'].product_id}/", nights)


def test_every_string_is_translated_with_its_placeholders():
    assert translations.faults("vi") == []


def test_no_translation_is_the_english_itself():
    same = {message.id for message in catalogue() if message.id == message.string}

    assert same <= SAME_IN_BOTH


def test_a_translation_keeps_the_spaces_around_its_string():
    def edges(text: str) -> tuple[bool, bool]:
        return text[:1].isspace(), text[-1:].isspace()

    singular = [message for message in catalogue() if isinstance(message.id, str)]

    assert [message.id for message in singular if edges(message.id) != edges(message.string)] == []


@pytest.mark.parametrize(
    ("package", "sentences"),
    [
        ("django", borrowed_words.DJANGO),
        ("rest_framework", borrowed_words.REST_FRAMEWORK),
        ("oscar", borrowed_words.OSCAR),
    ],
)
def test_what_is_borrowed_is_still_said_so_by_its_library(package, sentences):
    folder = Path(importlib.import_module(package).__file__).parent
    known = set()
    for path in folder.rglob("locale/fr/LC_MESSAGES/django.mo"):
        with path.open("rb") as source:
            known |= {message.id for message in read_mo(source) if isinstance(message.id, str)}

    assert [sentence for sentence in sentences if sentence not in known] == []


def test_lists_and_pages_of_things_are_vietnamese(client, market):
    stay = f"{market['stay'].product.get_absolute_url()}?first_night={in_days(3)}&leaves_on={in_days(5)}"

    found = english_at(
        client,
        [
            "/",
            "/produce/",
            "/produce/?q=gao&season=now&commune=03325",
            "/produce/?q=xyz&commune=nowhere&season=13&sort=size&page=7",
            market["rice"].product.get_absolute_url(),
            "/stays/",
            f"/stays/?from={in_days(3)}&to={in_days(5)}&guests=2",
            f"/stays/?from={in_days(3)}&guests=many",
            market["stay"].product.get_absolute_url(),
            f"{stay}&rooms=2&guests=2",
            f"{stay}&rooms=60",
            "/khong-co/",
        ],
        status_codes=(200, 404),
    )

    assert found == {}


def test_the_figures_are_vietnamese(client, market):
    client.force_login(RoleAssignment.objects.create(user=UserFactory(), role="province-official").user)
    paths = [
        "/communes/",
        "/communes/?name=muong%20phang&boundaries=2024",
        "/communes/?from=2026-02-01&to=2026-01-01&period=custom",
        "/communes/03325/",
        "/communes/99999/",
    ]

    to_officials = english_at(client, paths, status_codes=(200, 404))
    client.logout()
    to_all = english_at(client, paths, status_codes=(200, 404))

    assert (to_officials, to_all) == ({}, {})


def test_tours_the_hosts_day_and_the_board_are_vietnamese(client, market):
    tour = TourFactory()
    DepartureFactory(tour=tour, starts_at=timezone.now() + timedelta(days=5))
    strangers = english_at(client, ["/tours/", tour.product.get_absolute_url(), "/packages/"])
    host = UserFactory()
    for seller in (tour.product.origin.seller, market["stay"].product.origin.seller):
        Member.objects.create(seller=seller, user=host)
    client.force_login(host)
    hosts = english_at(
        client,
        [
            "/sell/",
            "/sell/today/",
            "/sell/register/",
            "/sell/calendar/",
            "/sell/calendar/sites/",
            "/sell/calendar/requests/",
            "/sell/terms/",
            "/sell/tours/",
            "/sell/money/",
        ],
    )
    client.force_login(RoleAssignment.objects.create(user=UserFactory(), role="province-official").user)
    officials = english_at(client, ["/board/", "/board/closures/", "/statistics/tourism/"])

    assert (strangers, hosts, officials) == ({}, {}, {})


def test_accounts_and_the_sellers_home_are_vietnamese(client, market):
    strangers = english_at(client, ["/accounts/login/", "/accounts/register/", "/basket/"])
    wrong = client.post("/accounts/login/", {"username": "12", "password": ""})
    twice = client.post("/accounts/register/", {"phone": "0399", "name": "", "password": "123"})
    member = UserFactory(phone="+84399000002")
    client.force_login(member)
    not_yet = english_at(client, ["/sell/"], status_codes=(403,))
    Member.objects.create(seller=market["seller"], user=member)

    signed_in = english_at(
        client,
        ["/accounts/", "/accounts/orders/", "/accounts/profile/", "/accounts/change-password/", "/sell/"],
    )

    assert (strangers, not_yet, signed_in) == ({}, {}, {})
    assert english_on(wrong) == english_on(twice) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("post", "stay_options")
def test_the_way_from_the_basket_to_the_paid_order_is_vietnamese(client, market):
    fill_basket(client, market)
    details = {
        "name": "Lò Thị Mai",
        "phone": "0399000001",
        "method": "home",
        "province": "01",
        "detail": "Số 5",
    }
    pages = {path: client.get(path) for path in ("/basket/", "/checkout/")}
    pages["/checkout/ with nothing"] = client.post("/checkout/", {})
    pages["preview"] = client.post("/checkout/", details, follow=True)
    agreed = pages["preview"].context["agreed"]
    pages["preview with nothing"] = client.post("/checkout/preview/", {"agreed": "made up"})
    placed = client.post(
        "/checkout/preview/", {"provider": "viettel", "msisdn": "0399000001", "agreed": agreed}, follow=True
    )
    pages["payment"] = placed
    order = placed.context["order"]
    pages["order"] = client.get(f"/orders/{order.number}/")
    tell(order.placement.payment_id, Outcome.SUCCEEDED)
    pages["paid"] = client.get(placed.request["PATH_INFO"])
    pages["order paid"] = client.get(f"/orders/{order.number}/")
    client.cookies.clear()
    pages["order locked"] = client.get(f"/orders/{order.number}/")

    assert {name: page.status_code for name, page in pages.items()} == dict.fromkeys(pages, 200) | {
        "/checkout/ with nothing": 422,
        "preview with nothing": 422,
    }
    assert {name: found for name, page in pages.items() if (found := english_on(page))} == {}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("post", "stay_options")
def test_where_the_money_is_is_said_in_vietnamese(client, market):
    basket = new_basket()
    baskets.add_goods(basket, product_id=market["rice"].product_id, quantity=2)
    order = check_out(basket).order
    tell(order.placement.payment_id, Outcome.SUCCEEDED)
    part, now = order.suborders.get(), timezone.now()
    settlement.delivered(part=part, at=now, now=now)
    settlement.open_dispute(part=part, reason="Bao gạo bị rách.", now=now)
    office = PostOffice.objects.create(
        code="381100", name="Him Lam", commune=market["seller"].unit, address="Đường Võ Nguyên Giáp"
    )
    member, agent, staff = UserFactory(), UserFactory(), UserFactory(is_staff=True)
    Member.objects.create(seller=market["seller"], user=member)
    grant_role(user=agent, role="agent", post_office=office.code)
    ways = {
        member: ["/sell/", "/sell/money/", f"/sell/money/{timezone.localdate():%Y-%m}/"],
        agent: ["/post/", "/post/till/"],
        staff: [
            "/staff/",
            "/staff/reconciliation/",
            "/staff/ledger/",
            f"/staff/ledger/escrow:{part.number}/",
            f"/staff/stories/{order.number}/",
            "/staff/payouts/",
            "/staff/disputes/",
            "/staff/tills/",
        ],
    }
    found = {}
    for person, paths in ways.items():
        client.force_login(person)
        found |= english_at(client, paths)

    assert found == {}
