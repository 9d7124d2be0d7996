import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from marketplace.accounts.models import RoleAssignment
from marketplace.places.models import MapSheet
from marketplace.statistics import periods
from marketplace.statistics.releases.services import make_release
from tests.factories import UserFactory, commune_named
from tests.statistics.orders import rice_of, sell, sell_from

OLD_DAY = date(2025, 6, 30)

pytestmark = pytest.mark.usefixtures("province")


@pytest.fixture(autouse=True)
def english_pages(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def month(today):
    """The month before this one, which can be released."""
    return periods.months_before(today.replace(day=1), 1)


def publish(month):
    make_release(month=month, now=timezone.now())


def official(role, commune=None):
    return RoleAssignment.objects.create(user=UserFactory(), role=role, commune=commune).user


def words(response) -> str:
    """The text of a page, its spaces one apart."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


def test_the_table_lists_every_commune_by_sales_beside_a_map_of_links(client, month):
    for name, sellers in (("Sín Chải", 3), ("Mường Phăng", 4)):
        sell_from(commune_named(name), 100_000, on=month, sellers=sellers)
    publish(month)

    response = client.get("/communes/")

    text, page = words(response), response.content.decode()
    assert "Mường Phăng 400.000 ₫ 4 4 Sín Chải 300.000 ₫ 3 3" in text
    assert "Total 700.000 ₫ 7 7" in text
    assert page.count("<tr>") == 45 + 2
    assert page.count("<path class=") == 45
    assert re.search(
        r'<a href="/communes/03325/" tabindex="-1"><path class="map__c5" d="[^"]+">'
        r"<title>Xã Mường Phăng: 400\.000\s₫</title>",
        page,
    )
    assert "Schematic map." in text


def test_what_is_withheld_is_hatched_on_the_map_and_named_in_the_table(client, month):
    for name, sellers in (("Sín Chải", 1), ("Búng Lao", 2), ("Mường Phăng", 4), ("Nà Tấu", 5)):
        sell_from(commune_named(name), 100_000, on=month, sellers=sellers)
    publish(month)

    response = client.get("/communes/")

    # The one of Sín Chải could tell the two of Búng Lao, were not a third hidden with them.
    for name in ("Sín Chải", "Búng Lao", "Mường Phăng"):
        assert f"{name} withheld" in words(response)
    assert response.content.decode().count('<path class="map__hidden"') == 3
    assert "at least 3 sellers" in words(response)


def test_the_former_units_are_listed_with_the_commune_they_are_in_now(client, month):
    sell_from(commune_named("Mường Chà", OLD_DAY), 100_000, on=month, sellers=3)
    publish(month)

    response = client.get("/communes/?boundaries=2024")

    page = response.content.decode()
    assert "Mường Chà now in Xã Na Sang 300.000 ₫ 3 3" in words(response)
    assert '<a href="/communes/03172/">Mường Chà</a>' in page  # 03172 is Na Sang today
    assert page.count("<tr>") == 129 + 2
    assert page.count("<path class=") == 45


def test_a_period_that_makes_no_sense_is_explained_and_replaced(client):
    response = client.get("/communes/?from=2026-12-01&to=2026-01-01&boundaries=1975")

    assert response.status_code == 200
    assert "The period ends on 2026-01-01, before it begins on 2026-12-01." in words(response)
    assert "The last twelve months are shown instead." in words(response)


def test_strangers_see_what_is_released_and_are_told_what_is_not(client, today, month):
    sell_from(commune_named("Mường Phăng"), 100_000, on=month, sellers=3)
    publish(month)
    sell_from(commune_named("Mường Phăng"), 900_000, on=today, sellers=3)

    newest = words(client.get("/communes/03325/?period=month"))
    days = words(client.get(f"/communes/?from={today.replace(day=1)}&to={today}"))

    assert "Sales 300.000 ₫" in newest
    assert "Sales by product group" not in newest
    assert "Total withheld" in days
    assert "Public figures are those of" in days or "is released yet" in days


def test_an_official_sees_the_groups_of_a_commune(client, today):
    sell_from(commune_named("Mường Phăng", OLD_DAY), 100_000, on=today, sellers=3)
    client.force_login(official("province-official"))

    assert "Rice 300.000 ₫ 3" in words(client.get("/communes/03325/"))


def test_this_month_and_single_days_can_be_asked_for(client, today):
    sell_from(commune_named("Mường Phăng"), 100_000, on=today, sellers=3)
    sell_from(commune_named("Mường Phăng"), 1_000, on=today.replace(day=1) - timedelta(days=1), sellers=3)

    client.force_login(official("province-official"))

    month, day = client.get("/communes/?period=month"), client.get(f"/communes/?from={today}&to={today}")
    year = client.get("/communes/?period=year")

    assert "Total 300.000 ₫ 3 3" in words(month)
    assert "Total 300.000 ₫ 3 3" in words(day)
    assert "Total 303.000 ₫ 6 6" in words(year)


def test_the_same_figures_can_be_taken_along(client):
    page = client.get("/communes/?from=2026-01-01&to=2026-01-31&boundaries=2024").content.decode()

    address = "/api/v1/statistics/sales/?boundaries=2024&amp;from=2026-01-01&amp;to=2026-01-31&amp;by=commune"
    for file_format in ("csv", "xlsx", "json"):
        assert f'href="{address}&amp;format={file_format}"' in page


def test_a_commune_is_found_by_its_former_name_without_accents(client):
    text = words(client.get("/communes/?name=muong+cha"))

    assert "Xã Mường Chà" in text
    assert "Thị trấn Mường Chà until June 2025, now in Xã Na Sang" in text


def test_without_a_map_the_table_stands_alone(client):
    MapSheet.objects.all().delete()

    response = client.get("/communes/")

    assert response.status_code == 200
    assert "Sales by commune" in words(response)


def test_officials_see_withheld_figures_of_their_own_commune_or_of_all(client, today):
    for name in ("Sín Chải", "Mường Phăng"):
        sell_from(commune_named(name), 100_000, on=today)

    client.force_login(official("commune-official", commune_named("Mường Phăng")))
    own = words(client.get("/communes/"))
    client.force_login(official("province-official"))
    whole = words(client.get("/communes/"))

    assert "Mường Phăng 100.000 ₫ 1 1" in own
    assert "Sín Chải withheld" in own
    assert "You see every figure of your commune" in own
    assert "Mường Phăng 100.000 ₫ 1 1" in whole
    assert "Sín Chải 100.000 ₫ 1 1" in whole


def test_the_page_of_a_commune_tells_its_figures_facts_and_neighbours(client, month):
    sell_from(commune_named("Mường Phăng", OLD_DAY), 100_000, on=month, sellers=3)
    publish(month)

    text = words(client.get("/communes/03325/"))

    assert "Sales 300.000 ₫" in text
    assert f"{month:%m/%Y} 300.000 ₫ 3 3" in text
    assert "Area 166.70 km²" in text
    assert "People (2025) 16.063" in text
    assert "Xã Nà Nhạn 03317 NTM 2018" in text
    assert "Xã Pu Nhi" in text


def test_the_page_of_a_commune_leads_to_what_it_sells_now(client, today):
    rice = rice_of(commune_named("Mường Phăng"))
    rice.season_months = [today.month]
    rice.save()
    rice_of(commune_named("Sín Chải"))

    page = client.get("/communes/03325/").content.decode()

    assert f'<a href="{rice.product.get_absolute_url()}">{rice.product.title}</a>' in page
    assert page.count('<ul class="offers">') == 1


def test_a_commune_with_the_code_of_another_former_unit_says_so(client):
    sin_thau, muong_phang = client.get("/communes/03158/"), client.get("/communes/03325/")

    assert "Before July 2025 the code 03158 was that of Xã Leng Su Sìn." in words(sin_thau)
    assert "the code 03325 was that" not in words(muong_phang)


def test_a_code_of_before_the_merger_leads_to_the_commune_it_went_into(client):
    response = client.get("/communes/03124/", follow=True)

    assert response.redirect_chain == [("/communes/03334/", 302)]
    assert "Phường Noong Bua (03124) became part of Phường Mường Thanh on 1 July 2025." in words(response)


@pytest.mark.parametrize("code", ["99999", "3325", "muong-phang", "03325'"])
def test_an_unknown_code_is_not_found_and_offers_to_search_by_name(client, code):
    response = client.get(f"/communes/{code}/")

    assert response.status_code == 404
    assert "is not the code of a commune of Điện Biên" in words(response)
    assert 'action="/communes/"' in response.content.decode()


@pytest.mark.parametrize("sales", [0, 12])
def test_the_pages_cost_the_same_queries_however_much_was_sold(
    client, month, sales, django_assert_num_queries
):
    for name in ("Mường Phăng", "Sín Chải", "Búng Lao"):
        sell_from(commune_named(name), 100_000, on=month, sellers=sales)
    publish(month)
    client.get("/communes/")

    with django_assert_num_queries(11):
        client.get("/communes/")
    with django_assert_num_queries(24):
        client.get("/communes/03325/")


def test_a_sale_is_on_the_page_at_once_and_a_refund_takes_it_off(client, today):
    rice = rice_of(commune_named("Mường Phăng"))
    client.force_login(official("province-official"))
    sell((rice, 2, 350_000), on=today)

    text = words(client.get("/communes/03325/?period=month"))

    assert "Sales 350.000 ₫ Paid, without delivery Orders 1" in text
