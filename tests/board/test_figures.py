"""The figures of the board: right for whoever looks, explained by the query they come from, and logged."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.accounts.services import grant_role
from marketplace.board.cards import Card
from marketplace.board.explanations import EXPLANATIONS
from marketplace.board.models import Look, Target
from marketplace.statistics import periods, services, summaries
from marketplace.statistics.models import SaleLine
from tests.factories import UserFactory, commune_named, load_province
from tests.statistics.orders import at, order_of, rice_of, room_in, sell, write

pytestmark = pytest.mark.django_db
OLD_DAY = date(2025, 6, 30)
PHANG, CHAI = "03325", "03223"


@pytest.fixture
def province(db: None) -> None:
    load_province()


def signed_in(role: str, commune: Any = None) -> Client:
    person = UserFactory(name="Phạm Thu Hà")
    grant_role(user=person, role=role, commune=commune)
    client = Client()
    client.force_login(person)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def official(province: None) -> Client:
    return signed_in("province-official")


def card(response: Any, code: str) -> Card:
    return next(one for one in response.context["cards"] if one.code == code)


def this_month() -> date:
    return timezone.localdate().replace(day=1)


def words(response: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


def test_six_cards_say_how_much_how_much_more_and_how_far_from_the_target(official):
    month, before = this_month(), periods.months_before(this_month(), 1)
    rice, room = rice_of(commune_named("Mường Phăng")), room_in(commune_named("Sín Chải"))
    sell((rice, 1, 100_000), on=before)
    order = order_of((rice, 3, 150_000), (room, 2, 450_000), day=month)
    services.write_sales(order_id=order.pk, sold_at=at(month), provider="cash", buyer_province="01")
    sell((rice, 2, 200_000), on=month)
    Target.objects.create(measure="sellers", value=4, valid_from=OLD_DAY, source="QĐ 1")

    response = official.get(f"/board/?from={month}&to={month + timedelta(days=27)}")

    pairs = {one.code: (one.pair.now, one.pair.before, one.change) for one in response.context["cards"]}
    assert pairs == {
        "sales": (800_000, 100_000, 700),
        "orders": (3, 1, 200),
        "sellers": (2, 1, 100),
        "nights": (4, 0, None),
        "mobile": (25, 100, -75),
        "outside": (75, 0, 75),
    }
    assert card(response, "sellers").reached_percent == 50
    text = words(response)
    assert "Sales What “Sales” means and where it comes from 800.000 ₫ 700 % more" in text
    assert "50 % of the target of 4" in text
    assert "75 points less" in text
    assert "Every sale until" in text


def test_every_number_is_what_its_own_query_gives(official):
    for name, amount_vnd in (("Mường Phăng", 300_000), ("Sín Chải", 70_000)):
        write((rice_of(commune_named(name)), 2, amount_vnd), on=this_month())
    write((room_in(commune_named("Sín Chải")), 3, 900_000), on=this_month())
    summaries.keep()
    (refunded,) = SaleLine.objects.filter(amount_vnd=70_000)
    services.write_refund(
        order_id=refunded.order_id,
        amounts_vnd=None,
        refund_id="00000000-0000-0000-0000-000000000001",
        refunded_at=at(this_month()),
    )
    summaries.keep()
    shown = official.get("/board/?period=month")

    for code in ("sales", "orders", "sellers", "nights", "mobile", "outside"):
        page = official.get(f"/board/numbers/{code}/?period=month")
        assert page.context["single"] == card(shown, code).pair.now, code

    assert card(shown, "sales").pair.now == 1_200_000
    steps = official.get("/board/numbers/funnel/?period=month").context["rows"]
    assert list(steps[0]) == [step.sellers for step in shown.context["steps"]] == [3, 3, 3, 0, 0, 0]


@pytest.mark.parametrize("code", EXPLANATIONS)
def test_every_explanation_shows_its_query_and_gives_the_same_rows_as_a_file(official, code):
    sell((rice_of(commune_named("Mường Phăng")), 2, 350_000), on=this_month())

    page = official.get(f"/board/numbers/{code}/?period=month&commune={PHANG}")
    file = official.get(f"/board/numbers/{code}.csv?period=month&commune={PHANG}")

    assert page.status_code == 200
    assert "SELECT" in page.context["query_text"]
    written = b"".join(file.streaming_content).decode().splitlines()
    assert written[0] == ",".join(page.context["columns"])
    assert len(written) == 1 + page.context["number"]


def test_a_long_period_is_drawn_by_month_of_whole_months_and_of_the_days_around_them(official):
    rice = rice_of(commune_named("Mường Phăng"))
    for on, amount_vnd in (("2026-01-20", 1_000), ("2026-02-28", 2_000), ("2026-04-05", 4_000)):
        sell((rice, 1, amount_vnd), on=date.fromisoformat(on))
    sell((rice, 1, 8_000), on=date(2026, 1, 14))  # of the period before

    response = official.get("/board/?from=2026-01-15&to=2026-04-10")

    bars = response.context["chart"].bars
    assert [(bar.name, bar.point.now_vnd) for bar in bars] == [
        ("01/2026", 1_000),
        ("02/2026", 2_000),
        ("03/2026", 0),
        ("04/2026", 4_000),
    ]
    assert [bar.group.net.now for bar in response.context["groups"]] == [7_000]
    assert card(response, "sales").pair.before == 8_000


def test_of_more_than_four_hundred_days_there_is_a_chart_of_every_day(
    official, django_assert_max_num_queries
):
    rice = rice_of(commune_named("Mường Phăng"))
    sell((rice, 1, 1_000), on=date(2026, 1, 14))
    sell((rice, 1, 2_000), on=date(2026, 1, 16))
    long = "from=2025-01-01&to=2026-04-10"

    with django_assert_max_num_queries(12):
        days = official.get(f"/board/days.json?{long}")

    found = days.json()
    assert (found["from"], len(found["net_vnd"])) == ("2025-01-01", 465)
    assert found["net_vnd"][378:381] == [1_000, 0, 2_000]
    assert official.get(f"/board/?{long}").context["days_url"] == f"/board/days.json?period=custom&{long}"
    assert "days_url" not in official.get("/board/?from=2026-01-01&to=2026-04-10").context
    assert official.get("/board/days.json?from=2026-04-10&to=2026-01-01").status_code == 400


def test_both_boundaries_and_the_districts_have_the_same_sum(official):
    for number, name in enumerate(("Sín Chải", "Mường Phăng", "Nà Tấu", "Thanh Luông"), start=1):
        on = date(2025, 6, 1) if number < 3 else OLD_DAY
        sell((rice_of(commune_named(name, on)), number, 100_000 * number), on=OLD_DAY)
    sell((rice_of(commune_named("Mường Phăng")), 1, 50_000), on=date(2025, 7, 1))
    days = "from=2025-06-01&to=2025-07-31"

    today = official.get(f"/board/?{days}").context["ranked"]
    former = official.get(f"/board/?{days}&boundaries=2024").context["ranked"]

    for measure in ("net_vnd", "orders", "sellers"):
        sums = [sum(getattr(row, measure) for row in ranked.rows) for ranked in (today, former)]
        assert sums[0] == sums[1] == getattr(today.total, measure) == getattr(former.total, measure)
        assert sum(getattr(district, measure) for district in former.districts) == sums[0]
    assert (len(today.rows), today.total.net_vnd) == (45, 1_050_000)
    assert former.rows[-1].net_vnd == 0


def test_an_official_of_a_commune_sees_that_one_alone(province):
    own, other = commune_named("Mường Phăng"), commune_named("Sín Chải")
    for commune, amount_vnd in ((own, 110_000), (other, 990_000)):
        sell((rice_of(commune), 1, amount_vnd), on=this_month())
    client = signed_in("commune-official", own)

    page = client.get("/board/?period=month")
    units = client.get("/board/?period=month&boundaries=2024").context["ranked"]

    assert card(page, "sales").pair.now == 110_000
    assert [row.name for row in page.context["ranked"].rows] == ["Mường Phăng"]
    assert sum(row.net_vnd for row in units.rows) == units.total.net_vnd == 110_000
    assert "990.000" not in words(page)
    assert client.get(f"/board/?commune={other.code}").status_code == 404
    for code in EXPLANATIONS:
        file = client.get(f"/board/numbers/{code}.csv?period=month")
        assert b"990000" not in b"".join(file.streaming_content), code
        assert client.get(f"/board/numbers/{code}/?commune={other.code}").status_code == 404


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ("from=2026-02-30", "“2026-02-30” is not a day. Write it like 2025-07-01."),
        ("from=2026-03-01&to=2026-01-01", "The period ends on 2026-01-01, before it begins on 2026-03-01."),
        ("from=2020-01-01&to=4020-01-01", "is longer than the 3660 days that fit into one table."),
        ("boundaries=1999", "There are no boundaries “1999”."),
        ("commune=99999", "No commune has the code “99999”. Choose one in the table."),
        ("commune=03124", "“03124” was the code of"),
    ],
)
def test_a_question_that_makes_no_sense_is_answered_in_words(official, asked, complaint):
    response = official.get(f"/board/?{asked}")

    assert response.status_code == 400
    assert complaint in words(response)
    assert response.context["ranked"].total.net_vnd == 0


@pytest.mark.parametrize("sales", [1, 9])
def test_the_board_costs_the_same_queries_however_much_was_sold(official, sales, django_assert_num_queries):
    names = ("Sín Chải", "Mường Phăng", "Mường Ảng")
    for number in range(sales):
        sell((rice_of(commune_named(names[number % 3])), 1, 10_000), on=this_month())
    official.get("/board/")

    with django_assert_num_queries(34):
        official.get("/board/")
    with django_assert_num_queries(15):
        official.get("/board/?fragment=1")


def test_figures_that_are_not_counted_yet_are_said_to_lag_behind(official):
    write((rice_of(commune_named("Mường Phăng")), 1, 10_000), on=this_month())

    assert "The page follows by itself." in words(official.get("/board/"))
    summaries.DirtyDay.objects.update(marked_at=timezone.now() - timedelta(seconds=61))
    assert "The figures lag 61 seconds behind: 1 changes wait to be counted." in words(
        official.get("/board/")
    )


# --- Looks --------------------------------------------------------------------------------------------


def test_every_look_says_who_saw_what_as_an_official_of_what(province):
    client = signed_in("commune-official", commune_named("Mường Phăng"))
    client.get("/board/?period=month")
    client.get("/board/?period=month&fragment=1")
    client.get("/board/numbers/sales.csv")
    client.get(f"/communes/{PHANG}/?period=year")
    client.get("/board/numbers/nothing/")

    looks = Look.objects.order_by("pk")

    assert list(looks.values_list("user__name", "page", "question", "scope")) == [
        ("Phạm Thu Hà", "board:home", "period=month", PHANG),
        ("Phạm Thu Hà", "board:number-file", "code=sales", PHANG),
        ("Phạm Thu Hà", "commune", f"code={PHANG} period=year", PHANG),
    ]
    assert looks[0].until > looks[0].at
    assert looks[1].until == looks[1].at


def test_strangers_and_buyers_leave_no_look(province):
    client = Client()
    client.get("/communes/")
    client.force_login(UserFactory())
    client.get("/communes/")
    client.get("/board/")

    assert not Look.objects.exists()


def test_the_province_reads_all_looks_and_an_official_of_a_commune_only_their_own(official):
    other = signed_in("commune-official", commune_named("Mường Phăng"))
    official.get("/board/?from=2026-01-01&to=2026-01-31")
    other.get("/board/?boundaries=2024")

    mine, all_of_them = words(other.get("/board/looks/")), words(official.get("/board/looks/"))

    assert "boundaries=2024" in mine
    assert "from=2026-01-01" not in mine
    assert "boundaries=2024" in all_of_them
    assert "from=2026-01-01" in all_of_them
