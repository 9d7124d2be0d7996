"""Pages that are kept for everybody: never an old price, never anything of somebody."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.copies import services
from marketplace.copies.models import Change
from marketplace.copies.selectors import state_of
from marketplace.sellers.models import Origin
from tests import own_cache
from tests.factories import PASSWORD, ProduceFactory, RoomTypeFactory, StockRecord, UserFactory, load_province
from tests.shop.conftest import in_days
from tourism.models import RoomNight, RoomType
from tourism.tours.models import Tour

# Tables a page reads besides what it shows: who may see a review, and where guests stayed. Names of
# reviewers and switches may be a minute old.
NOT_SHOWN = {
    *("order_order", "order_line", "fulfilment_placement", "tourism_booking", "tours_seatbooking"),
    *("accounts_user", "switches_switch", "vocabulary_word"),
}


@pytest.fixture(autouse=True)
def copies_are_kept(settings: Any) -> None:
    settings.COPIES_KEPT_S = 300
    own_cache.empty()


@pytest.fixture
def shelf(db: None) -> dict[str, Any]:
    load_province()
    rice = ProduceFactory(title="Gạo nếp nương", price_vnd=90_000, stock=7)
    room = RoomTypeFactory(price_vnd=300_000, open_from=in_days(0))
    return {"rice": rice.product, "room": room, "house": room.stay.product}


def seen(address: str, client: Client | None = None) -> str:
    answer = (client or Client()).get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def number_of_queries(address: str, client: Client) -> int:
    with CaptureQueriesContext(connection) as queries:
        seen(address, client)
    return len(queries)


# --- never old -------------------------------------------------------------------------------------------


def change_price(shelf: dict[str, Any]) -> None:
    StockRecord.objects.filter(product=shelf["rice"]).update(price=123_000)


def sell_one(shelf: dict[str, Any]) -> None:
    StockRecord.objects.filter(product=shelf["rice"]).update(num_allocated=1)


def sell_all(shelf: dict[str, Any]) -> None:
    StockRecord.objects.filter(product=shelf["rice"]).update(num_allocated=7)


def rename(shelf: dict[str, Any]) -> None:
    type(shelf["rice"]).objects.filter(pk=shelf["rice"].pk).update(title="Gạo tẻ đỏ")


def fall_out_of_season(shelf: dict[str, Any]) -> None:
    month = timezone.localdate().month
    shelf["rice"].produce.season_months = [month]
    shelf["rice"].produce.save()


def close_the_shop(shelf: dict[str, Any]) -> None:
    from marketplace.packing.models import Pause

    today = timezone.localdate()
    Pause.objects.create(
        seller_id=Origin.objects.get(product=shelf["rice"]).seller_id,
        first_day=today,
        last_day=today,
        made_at=timezone.now(),
        made_by=UserFactory(),
    )


def raise_the_night(shelf: dict[str, Any]) -> None:
    RoomType.objects.filter(pk=shelf["room"].pk).update(price_vnd=456_000)


def take_the_house_off(shelf: dict[str, Any]) -> None:
    type(shelf["house"]).objects.filter(pk=shelf["house"].pk).update(is_public=False)


@pytest.mark.parametrize(
    ("change", "address", "before", "after"),
    [
        (change_price, "/produce/", "90.000", "123.000"),
        (change_price, "/", "90.000", "123.000"),
        (change_price, "rice", "90.000", "123.000"),
        (sell_one, "rice", "7 left", "6 left"),
        (sell_all, "/produce/", "card__title", "Sold out"),
        (rename, "/produce/?page=1", "Gạo nếp nương", "Gạo tẻ đỏ"),
        (fall_out_of_season, "/produce/", "card__title", "In season</span>"),
        (close_the_shop, "/produce/", "card__title", "Cannot be ordered at the moment"),
        (raise_the_night, "/stays/", "300.000", "456.000"),
        (take_the_house_off, "/stays/", "1 stay</p>", "0 stays</p>"),
    ],
)
def test_a_change_is_seen_by_the_next_who_asks(shelf, change: Callable, address, before, after):
    address = shelf["rice"].get_absolute_url() if address == "rice" else address
    first = seen(address)
    assert number_of_queries(address, Client()) == 1  # it is kept
    assert before in first
    assert after not in first

    change(shelf)

    assert after in seen(address)


def test_a_night_that_is_taken_is_seen_on_the_page_of_its_house_and_spares_the_others(shelf):
    other = RoomTypeFactory(open_from=in_days(0)).stay.product.get_absolute_url()
    house = shelf["house"].get_absolute_url()
    for address in (house, other):
        seen(address)

    RoomNight.objects.filter(room_type=shelf["room"]).update(taken=1)

    assert number_of_queries(other, Client()) == 1
    assert number_of_queries(house, Client()) > 1


def test_every_table_that_a_page_reads_tells_it_of_changes(shelf):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT event_object_table, substring(action_statement FROM '''(\\w+)''')"
            " FROM information_schema.triggers WHERE trigger_name LIKE 'copies_note%'"
        )
        noted = {(table, scope) for table, scope in cursor.fetchall()}
    own = {table for table, scope in noted if scope is None}  # those of one product
    common = {"things", "goods", "stays", "tours"}
    pages = {
        "/": {*common, "figures"},
        "/produce/": {"things", "goods"},
        "/stays/": {"things", "stays"},
        "/tours/": {"things", "tours"},
        shelf["rice"].get_absolute_url(): common,
        shelf["house"].get_absolute_url(): common,
    }

    unheard = {}
    for address, scopes in pages.items():
        with CaptureQueriesContext(connection) as queries:
            seen(address)
        sql = " ".join(query["sql"] for query in queries if "copies_change" not in query["sql"])
        read = set(re.findall(r'(?:FROM|JOIN) "(\w+)"', sql))
        heard = own | {table for table, scope in noted if scope in scopes}
        unheard[address] = read - heard - NOT_SHOWN

    assert unheard == {address: set() for address in pages}
    assert Tour._meta.db_table in {table for table, _scope in noted}


@pytest.mark.django_db(transaction=True)
def test_a_change_that_began_earlier_and_ends_later_is_another_state():
    address = connection.get_connection_params()
    address = {
        name: address[name] for name in ("host", "port", "user", "password", "dbname") if name in address
    }
    with psycopg.connect(**address) as slow:
        slow.execute("INSERT INTO copies_change (scope) VALUES ('goods')")
        Change.objects.create(scope="goods")
        before = state_of(["goods"])

        slow.commit()

    assert state_of(["goods"]) != before
    assert state_of(["stays"]) == ""


def test_sweeping_keeps_the_newest_change_of_each_scope(db):
    for scope in ("goods", "stays", "goods", "goods"):
        newest = Change.objects.create(scope=scope)

    assert services.sweep() >= 2
    assert Change.objects.filter(scope="goods").get() == newest
    assert Change.objects.filter(scope="stays").count() == 1
    assert services.sweep() == 0


# --- nothing of anybody -----------------------------------------------------------------------------------


@pytest.fixture
def mai(shelf: dict[str, Any]) -> Client:
    """Somebody with a name, a basket of one line and something that has just been said to her."""
    client = Client()
    client.force_login(UserFactory(name="Lò Thị Xuyến", phone="+84399000777", password=PASSWORD))
    client.post(f"/basket/add/{shelf['rice'].pk}/", {"quantity": 1})
    return client


@pytest.mark.parametrize("address", ["/", "/produce/", "/stays/", "rice"])
def test_a_page_first_seen_by_somebody_known_tells_nobody_of_her(shelf, mai, address):
    address = shelf["rice"].get_absolute_url() if address == "rice" else address
    hers = seen(address, mai)
    strangers = [seen(address), seen(address)]

    assert "Xuyến" in hers
    assert 'class="count"' in hers
    for page in strangers:
        assert "Xuyến" not in page
        assert 'class="count"' not in page
        assert 'action="/accounts/logout/"' not in page
        assert "\x02" not in page
    assert "\x02" not in hers


def test_somebody_known_gets_the_kept_page_with_her_name_basket_and_messages(shelf, mai):
    seen("/produce/")
    first = seen("/produce/", mai)

    assert "Xuyến" in first
    assert "Gạo nếp nương" in first
    assert number_of_queries("/produce/", mai) <= 7  # the state, who she is, her shops, her basket


def test_each_browser_gets_a_form_token_of_its_own_that_works(shelf):
    address = shelf["rice"].get_absolute_url()
    one, other = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    pages = [seen(address, one), seen(address, other), seen(address, one)]
    tokens = [re.findall(r'csrfmiddlewaretoken" value="(\w{64})"', page)[0] for page in pages]

    added = one.post(f"/basket/add/{shelf['rice'].pk}/", {"quantity": 1, "csrfmiddlewaretoken": tokens[2]})
    stolen = other.post(f"/basket/add/{shelf['rice'].pk}/", {"quantity": 1, "csrfmiddlewaretoken": tokens[0]})

    assert len(set(tokens)) == 3
    assert (added.status_code, stolen.status_code) == (302, 403)


def test_each_language_has_copies_of_its_own(shelf):
    vietnamese = Client()
    vietnamese.cookies["django_language"] = "vi"
    for _ in range(2):
        assert "Produce of Điện Biên" in seen("/produce/")
        assert "Produce of Điện Biên" not in seen("/produce/", vietnamese)


def test_what_is_typed_and_what_is_unknown_is_not_kept(shelf):
    for address in ("/produce/?q=gao", "/produce/?page=1&sort=price&season=1", "/?lang=en"):
        seen(address)
        assert number_of_queries(address, Client()) != 1, address


def test_a_browser_that_has_the_page_is_told_so_in_a_line(shelf):
    first = Client().get("/produce/", headers={"Accept-Encoding": "br"})
    again = Client().get("/produce/", headers={"Accept-Encoding": "br"})
    asked = Client().get(
        "/produce/", headers={"Accept-Encoding": "br", "If-None-Match": again.headers["ETag"]}
    )
    change_price(shelf)
    changed = Client().get(
        "/produce/", headers={"Accept-Encoding": "br", "If-None-Match": again.headers["ETag"]}
    )

    assert (first.status_code, asked.status_code, asked.content, changed.status_code) == (200, 304, b"", 200)
    assert again.headers["Content-Encoding"] == "br"
    assert {"Accept-Encoding", "Cookie", "Save-Data"} <= set(again.headers["Vary"].split(", "))
