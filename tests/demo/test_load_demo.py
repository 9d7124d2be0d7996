"""The demo fills an empty market once: sellers everywhere, people to sign in as, books that agree."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.sites.models import Site
from django.core.management import CommandError, call_command
from django.db.models import Count, F, Sum
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from oscar.core.loading import get_model

from agriculture.categories import CATEGORIES
from agriculture.harvests.models import Harvest
from agriculture.models import Produce
from agriculture.trace.models import Certificate
from marketplace.accounts.models import User
from marketplace.accounts.selectors import official_scope
from marketplace.board.models import Alert
from marketplace.counter.kept import kept_promises
from marketplace.counter.selectors import office_of, waiting_at
from marketplace.delivery.models import Shipment
from marketplace.demo import packing
from marketplace.demo.history import WAITING
from marketplace.places.models import MERGER_ON, Commune
from marketplace.sellers.models import Origin, Seller, SubOrder
from marketplace.sellers.search import find
from marketplace.statistics.models import SaleLine
from payments import tills
from payments.ledger.selectors import accounts_out_of_balance, standing, total_by_purpose, trial_balance
from payments.models import Intent
from tests.database import Baseline
from tourism.calendars.models import HostEntry, StayRequest
from tourism.desk.models import Review
from tourism.desk.selectors.day import day_of, desk_of
from tourism.desk.selectors.villages import village_page
from tourism.feasts import feasts_on
from tourism.models import AddOn, Booking, RoomNight, RoomType, Stay
from tourism.opening import OPEN_DAYS

Category = get_model("catalogue", "Category")
Order = get_model("order", "Order")
StockRecord = get_model("partner", "StockRecord")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.timeout(400),  # whoever comes first waits for the load
]

PASSWORD = "dienbien-demo"
ORDERS = 40
# Letters that Vietnamese has and English has not.
VIETNAMESE = re.compile(
    r"[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE
)


def load(**options: Any) -> str:
    """Run the command as the tests do, and return what it says."""
    said = StringIO()
    call_command(
        "load_demo",
        no_pictures=True,
        orders=ORDERS,
        verbosity=0,
        even_without_debug=True,
        stdout=said,
        **options,
    )
    return said.getvalue()


@pytest.fixture(scope="module", autouse=True)
def said(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Load the demo once for this module, say what the command said, and leave nothing behind."""
    with django_db_blocker.unblock():
        baseline = Baseline()
        try:
            yield load()
        finally:
            baseline.restore()


def test_parcels_reached_their_buyers_mostly_in_time_and_three_wait_at_the_agents_counter():
    today = timezone.localdate()
    months = kept_promises(today=today)
    judged = sum(row.arrived + row.waiting_late for row in months)

    assert judged >= ORDERS // 4
    assert sum(row.in_time for row in months) >= judged * 3 // 4
    ready = Shipment.objects.filter(state="ready", office__code="380000")
    assert ready.count() >= WAITING


def test_the_command_says_what_it_has_loaded_and_who_can_sign_in(said):
    sellers, listings = (
        Seller.objects.count(),
        Origin.objects.filter(kind="goods", product__pool=None, product__listing=None).count(),
    )

    assert f"{sellers} sellers with {listings} listings of produce and 42 stays" in said
    assert f"0 pictures and {ORDERS} paid orders are loaded, all of them sample data" in said
    assert "password dienbien-demo: 0399000001, 0399000002, 0889000003" in said


def test_all_94_products_and_42_stays_are_listed_on_16_shelves():
    assert 180 <= Produce.objects.count() <= 230
    assert (
        Origin.objects.filter(kind="goods", product__pool=None, product__listing=None)
        .values("product__title")
        .distinct()
        .count()
        == 94
    )
    assert Stay.objects.count() == 42
    assert set(Category.objects.values_list("slug", flat=True)) == set(CATEGORIES)
    assert set(Produce.objects.values_list("category", flat=True)) == set(CATEGORIES)
    assert not Origin.objects.exclude(group__in=["stay", "tour"]).exclude(group__in=CATEGORIES).exists()


def test_at_least_three_sellers_list_produce_in_every_commune_of_today():
    rows = Origin.objects.filter(kind="goods", product__pool=None).values("commune__code")
    sellers = dict(
        rows.annotate(number=Count("seller", distinct=True)).values_list("commune__code", "number")
    )

    assert len(sellers) == 45
    assert min(sellers.values()) >= 3


def test_everything_comes_from_the_finest_unit_and_is_found_under_todays_commune():
    origins = Origin.objects.select_related("unit__became", "commune", "seller")

    assert {origin.unit.valid_to for origin in origins} == {MERGER_ON}
    assert all(origin.unit.became.new_id == origin.commune_id for origin in origins)
    assert {origin.commune.valid_to for origin in origins} == {None}


def test_every_title_and_text_is_vietnamese_and_marked_as_sample():
    origins = list(Origin.objects.select_related("product", "seller"))

    assert all(VIETNAMESE.search(origin.product.title) for origin in origins)
    assert all(VIETNAMESE.search(origin.seller.introduction) for origin in origins)
    assert all(origin.product.description.endswith("Dữ liệu mẫu. Giá tham khảo.") for origin in origins)
    assert all(origin.name_en for origin in origins)
    assert not Seller.objects.filter(is_sample=False).exists()


def test_sellers_are_mostly_households_that_joined_after_the_market_opened():
    kinds = Counter(Seller.objects.values_list("kind", flat=True))

    assert set(kinds) == {"household", "cooperative", "company"}
    assert kinds["household"] > kinds["cooperative"] > kinds["company"] > 3
    assert not Seller.objects.filter(joined_on__gte=timezone.localdate()).exists()
    assert not Origin.objects.filter(listed_at__lt=F("seller__joined_on")).exists()


def test_stars_belong_to_the_maker_alone():
    starred = Certificate.objects.living(timezone.localdate()).filter(kind="ocop")

    assert starred.count() == 27
    assert starred.values("product__title").distinct().count() == 27


def test_one_paper_of_the_farmer_waits_for_an_official():
    waiting = Certificate.objects.get(state="waiting")

    assert (waiting.kind, waiting.seller.name) == ("vietgap", "Hộ Lò Văn Sung")
    assert waiting.paper.content_type == "image/webp"


def test_the_farmers_ginger_grows_and_can_be_ordered_and_black_hens_are_weighed():
    harvest = Harvest.objects.get()

    assert (harvest.seller.name, harvest.forecast) == ("Hộ Lò Văn Sung", 60)
    assert (harvest.product.title, harvest.product.produce.shelf_life_days) == ("Gừng củ nhỏ Tủa Chùa", 60)
    assert harvest.opened_at is not None
    weighed = Produce.objects.filter(is_weighed=True)
    assert set(weighed.values_list("product__title", flat=True)) == {"Gà đen (xương đen) Tủa Chùa"}


def test_units_are_read_from_the_words_of_the_file():
    tea = Produce.objects.get(product__slug="tra-xanh-shan-tuyet-co-thu-tua-chua")
    fish = Produce.objects.get(product__slug="ca-ho-pa-khoang-nuong-pa-pinh-top")
    hens = Produce.objects.get(product__slug="ga-den-xuong-den-tua-chua")
    spirit = Produce.objects.get(product__slug="ruou-mong-pe-tua-chua")

    assert (tea.unit, tea.unit_size, tea.weight_g) == ("pack", "100 g", 100)
    assert (fish.unit, fish.unit_size, fish.keeping) == ("piece", "~700 g", "chilled")
    assert (hens.unit, hens.unit_size, hens.season_months) == ("kg", "", list(range(1, 13)))
    assert (spirit.is_alcohol, tea.is_alcohol) == (True, False)
    assert "Không bán cho người dưới 18 tuổi." in spirit.product.description


@pytest.mark.parametrize("typed", ["shan sin chai lo van sung", "tra xanh SHAN", "Shan green tea sin chai"])
def test_the_farmers_tea_is_found_by_words_without_accents(typed):
    found = Origin.objects.filter(pk__among=find(typed).ids)

    assert found.filter(seller__name="Hộ Lò Văn Sung", group="tea").exists()


def test_a_year_and_a_half_of_nights_is_on_sale_and_weekends_and_feasts_are_dearer():
    today = timezone.localdate()
    nights = RoomNight.objects.filter(night_on__gte=today)
    per_room = nights.values("room_type").annotate(number=Count("pk")).values_list("number", flat=True)
    floor = RoomType.objects.get(stay__product__slug="nha-san-che-can", kind="floor")
    prices = dict(floor.nights.filter(night_on__gte=today).values_list("night_on", "price_vnd"))
    plain = {day: vnd for day, vnd in prices.items() if not feasts_on(day) & {"tet", "hoa-ban", "victory"}}
    tet = {vnd for day, vnd in prices.items() if "tet" in feasts_on(day)}

    assert set(per_room) == {OPEN_DAYS}
    assert (floor.rooms, floor.sleeps, floor.price_vnd) == (20, 1, 120_000)
    assert {vnd for day, vnd in plain.items() if day.weekday() in (4, 5)} <= {138_000, 150_000}
    assert {vnd for day, vnd in plain.items() if day.weekday() not in (4, 5)} <= {120_000, 150_000}
    assert tet == {168_000}


def test_every_stay_says_what_it_gives_back_and_homes_cook():
    homes = Stay.objects.filter(kind__in=["homestay", "community-village"])

    assert set(Stay.objects.values_list("policy", flat=True)) == {"flexible", "moderate", "firm", "strict"}
    assert set(AddOn.objects.values_list("stay", flat=True)) == set(homes.values_list("pk", flat=True))
    assert {"breakfast", "dinner", "other"} == set(AddOn.objects.values_list("kind", flat=True))


def test_homes_sell_places_on_the_floor_and_hotels_sell_rooms():
    homes = RoomType.objects.filter(stay__kind__in=["homestay", "community-village"])
    hotels = RoomType.objects.exclude(stay__kind__in=["homestay", "community-village"])
    private = homes.filter(kind="room")

    assert homes.filter(kind="floor").count() == homes.values("stay").distinct().count()
    assert 10 <= private.count() <= homes.filter(kind="floor").count() - 5
    assert set(private.values_list("sleeps", "rooms")) == {(2, 3)}
    assert set(hotels.values_list("kind", "sleeps")) == {("room", 2), ("room", 4)}


# --- People -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "phone",
    [
        "0399000001", "0399000002", "0889000003", "0899000004", "0899000005", "0889000006", "0399000009",
    ],
)  # fmt: skip
def test_every_demo_account_signs_in_on_the_page(phone):
    client = Client()

    answer = client.post(reverse("customer:login"), {"username": phone, "password": PASSWORD})

    assert answer.status_code == 302
    assert User.objects.get(pk=client.session["_auth_user_id"]).phone == phone


def person(phone: str) -> User:
    found = authenticate(RequestFactory().post("/"), username=phone, password=PASSWORD)
    assert isinstance(found, User)
    return found


def test_the_farmer_and_the_host_are_members_of_their_sellers_with_a_wallet():
    tea = Produce.objects.get(product__slug="tra-xanh-shan-tuyet-co-thu-tua-chua").product.origin
    house = Stay.objects.get(product__slug="nha-san-che-can").product.origin

    farm, home = person("0399000002").sellers.get(), person("0889000003").sellers.get()

    assert (farm.name, farm.kind, farm.unit.full_name) == ("Hộ Lò Văn Sung", "household", "Xã Sín Chải")
    assert (farm.wallet_provider, farm.wallet_msisdn) == ("viettel", "+84399000002")
    assert farm == tea.seller
    assert (home.unit.full_name, str(home.hamlet)) == ("Xã Mường Phăng", "Bản Che Căn")
    assert (home.wallet_provider, home.wallet_msisdn) == ("vnpt", "+84889000003")
    assert home == house.seller
    assert Seller.objects.exclude(wallet_msisdn="").count() == 2


def test_officials_see_what_they_answer_for_and_the_administrator_enters_the_dashboard():
    commune, province = official_scope(person("0899000004")), official_scope(person("0899000005"))
    administrator, agent = person("0399000009"), person("0889000006")

    assert (commune.whole_province, commune.commune_codes) == (False, {"03325"})
    assert Commune.objects.get(officials__user__phone="+84899000004").valid_to is None
    assert province.whole_province
    assert (administrator.is_staff, administrator.is_superuser) == (True, True)
    assert [role.role for role in agent.roles.all()] == ["agent"]
    assert not User.objects.filter(is_staff=True).exclude(pk=administrator.pk).exists()


def test_the_site_bears_the_shops_name():
    assert Site.objects.get(pk=1).name == "Mường Then"


# --- The past -----------------------------------------------------------------------------------


def test_every_past_order_is_paid_and_dated_when_it_was_placed():
    past = Order.objects.exclude(status="on-handover")
    orders = list(past.select_related("placement").order_by("date_placed"))

    assert len(orders) == ORDERS + packing.COMPLAINED
    assert {order.status for order in orders} == {"paid"}
    assert all(
        order.number.startswith(f"{timezone.localdate(order.date_placed):%y%m%d}-") for order in orders
    )
    assert {part.status for part in SubOrder.objects.filter(order__in=orders)} == {"paid"}
    assert orders[-1].date_placed < timezone.now()
    assert set(Intent.objects.values_list("provider", "state")) == {
        ("cash", "succeeded"),
        ("cash", "pending"),
        ("viettel", "succeeded"),
        ("vnpt", "succeeded"),
        ("mobifone", "succeeded"),
    }
    assert past.filter(user__phone="+84399000001").count() == ORDERS // 15 + packing.COMPLAINED


def test_a_believable_share_was_paid_from_wallets_and_nothing_that_may_yet_be_given_back():
    paid = Intent.objects.filter(state="succeeded")
    wallets = paid.exclude(provider="cash")

    assert 25 <= 100 * wallets.count() // paid.count() <= 70
    assert not wallets.filter(created_at__gte=timezone.now() - timedelta(days=3)).exists()
    assert not wallets.filter(reference__in=Order.objects.exclude(user=None).values("number")).exists()
    assert {name: vnd for name, vnd, _held in standing(kinds=["clearing"])} == {}


def test_a_few_goods_stay_unsold():
    assert 1 <= Alert.objects.filter(kind="glut", over_on=None).count() <= 20


def test_the_demo_agent_has_parcels_waiting_for_their_cash_and_cash_for_the_bank():
    office = office_of(person("0889000006"))

    waiting = waiting_at(office)

    assert (office.code, office.name) == ("380000", "TP Điện Biên Phủ")
    assert len(waiting) == WAITING + packing.TO_PREPARE
    assert {one.placement.order.status for one in waiting} == {"on-handover"}
    assert all(one.placement.hold_expires_at > timezone.now() + timedelta(days=20) for one in waiting)
    assert str(waiting[0].placement.phone) == "+84399000001"
    assert {till.code for till in tills.tills() if till.held_vnd} <= {"380000"}


def test_sales_count_in_the_units_of_their_day_on_both_sides_of_the_merger():
    before = SaleLine.objects.filter(sold_on__lt=MERGER_ON)
    after = SaleLine.objects.filter(sold_on__gte=MERGER_ON)

    assert before.exists()
    assert not before.exclude(commune=F("unit")).exists()
    assert not after.exclude(commune=F("unit__became__new")).exists()
    assert not SaleLine.objects.exclude(sold_on=F("order__suborders__paid_at__date")).exists()


def test_the_books_agree_with_the_sales_to_the_dong():
    escrow = total_by_purpose(kind="escrow", purposes=["capture"])["capture"]
    sales_vnd = SaleLine.objects.aggregate(total=Sum("amount_vnd"))["total"]
    paid = SubOrder.objects.filter(status="paid")
    parts = paid.aggregate(lines=Sum("lines_vnd"), delivery=Sum("delivery_vnd"))
    orders_vnd = Order.objects.filter(status="paid").aggregate(total=Sum("total_incl_tax"))["total"]
    balances = trial_balance()

    assert sales_vnd == parts["lines"]
    assert escrow == parts["lines"] + parts["delivery"] == orders_vnd
    assert (balances["clearing"], balances["escrow"]) == (0, escrow)
    assert balances["bank"] + balances["till"] == -escrow
    assert not accounts_out_of_balance().exists()


def test_nothing_was_sold_that_was_not_there():
    goods = StockRecord.objects.filter(product__produce__isnull=False, product__pool=None)
    sold = goods.filter(num_allocated__gt=0)

    assert sold.exists()
    assert not goods.filter(num_in_stock__lte=F("num_allocated")).exists()
    assert not goods.exclude(num_in_stock__range=(5, 200)).exists()
    assert not Booking.objects.exclude(state="confirmed").exists()
    assert RoomNight.objects.aggregate(taken=Sum("taken"))["taken"] == sum(
        booking.nights * booking.rooms for booking in Booking.objects.all()
    )


def test_nothing_was_sold_before_it_was_listed_or_out_of_season():
    for sale in SaleLine.objects.filter(kind="goods").select_related(
        "order", "order_line__product__origin", "order_line__product__produce"
    ):
        product = sale.order_line.product
        assert product.origin.listed_at < sale.order.date_placed
        assert timezone.localtime(sale.order.date_placed).month in product.produce.season_months


def test_the_nights_of_past_guests_were_on_sale_as_well():
    first = Booking.objects.order_by("first_night").first()

    assert first.first_night < timezone.localdate() - timedelta(days=30)
    assert first.room_type.nights.get(night_on=first.first_night).taken >= first.rooms


def test_a_village_hosts_together_and_guests_come_to_the_host_today():
    village = person("0889000007").sellers.get().village
    host = desk_of(person("0889000003"))
    today = day_of(host, timezone.localdate())

    rows = village_page(village, today=timezone.localdate()).rows
    assert village.name == "Bản Che Căn"
    assert [house.village for house in host.houses] == [village]
    assert sum(row.turns for row in rows) >= 5
    assert max(row.turns for row in rows) - min(row.turns for row in rows) <= 1
    assert {row.status for row in today.arrivals} == {"expected", "here"}
    assert [(row.status, row.is_reported, row.open_vnd) for row in today.departures] == [
        ("here", True, 120_000)
    ]
    assert (today.dinners, today.breakfasts) == (5, 1)
    assert Review.objects.filter(side="guest").count() == Review.objects.filter(side="host").count() > 0


def test_the_host_has_guests_and_closed_nights_to_come_and_the_village_is_asked_first():
    floor = RoomType.objects.filter(stay__product__slug="nha-san-che-can").order_by("pk")[0]

    assert HostEntry.objects.filter(booking__room_type=floor).count() == 3
    assert floor.nights.filter(is_closed=True).count() == 3
    (request,) = StayRequest.objects.select_related("room_type__stay")
    assert (request.state, request.room_type.stay.asks_first) == ("waiting", True)
    assert Stay.objects.filter(asks_first=True).count() == 1


# --- Refusals -----------------------------------------------------------------------------------


def test_a_second_run_refuses_and_changes_nothing():
    before = (Seller.objects.count(), Order.objects.count(), User.objects.count())

    refusal = rf"already has {before[0]} sellers and {before[1]} orders.*make clean"
    with pytest.raises(CommandError, match=refusal):
        load()

    assert (Seller.objects.count(), Order.objects.count(), User.objects.count()) == before


def test_a_published_password_is_refused_where_debug_is_off():
    with pytest.raises(CommandError, match=r"DEBUG is off.*marketplace\.settings\.dev"):
        call_command("load_demo", no_pictures=True, verbosity=0)
