"""The pages of indicators: who sees what, what they say, and what is refused."""

from __future__ import annotations

import csv
import re
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.board.models import Look
from marketplace.indicators.models import Fact, Target
from marketplace.statistics import periods
from tests.factories import UserFactory, commune_named
from tests.statistics.orders import rice_of, sell

pytestmark = pytest.mark.django_db


def last_month() -> date:
    return periods.months_before(timezone.localdate().replace(day=1), 1)


def words(response: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


def two_sales() -> str:
    """Sell in two communes last month; return the month."""
    sell((rice_of(commune_named("Mường Phăng")), 1, 100_000), on=last_month())
    sell((rice_of(commune_named("Sín Chải")), 1, 250_000), on=last_month())
    return f"{last_month():%Y-%m}"


def test_the_three_pillars_stand_on_one_page_with_figures_targets_and_what_is_missing(official):
    month = two_sales()

    response = official.get(f"/board/indicators/?month={month}")

    text = words(response)
    assert [pillar["code"] for pillar in response.context["pillars"]] == ["government", "economy", "society"]
    assert "Households that sell online DE-03 · month 2 – –" in text
    assert "Value paid without cash DE-01 · month 100 % 350.000 / 350.000" in text
    assert "OCOP products that are on the market OC-01 · state on the last day 0 % 0 / 155" in text
    assert "No source yet: gross regional domestic product of a year, VND." in text
    look = Look.objects.get(page="indicators:pillars")
    assert (look.user, look.scope, look.question) == (official.person, "province", f"month={month}")


def test_a_pack_narrows_the_page_and_another_word_does_not(official):
    pack = official.get("/board/indicators/?pack=tourism")
    unknown = official.get("/board/indicators/?pack=gold")

    assert [len(pillar["packs"]) for pillar in pack.context["pillars"]] == [1]
    assert len(unknown.context["pillars"]) == 3


def test_a_commune_official_sees_the_own_commune_alone(of_phang):
    month = two_sales()

    page = of_phang.get(f"/board/indicators/DE-05/?month={month}")
    rows = of_phang.get(f"/board/indicators/DE-03/figures.csv?month={month}")

    assert [row.commune.name for row in page.context["page"].rows] == ["Mường Phăng"]
    assert page.context["form"] is None
    assert "Sín Chải" not in words(page)
    told = list(csv.DictReader(StringIO(b"".join(rows.streaming_content).decode())))
    assert [(row["commune"], row["value"]) for row in told] == [("", "1.0000"), ("03325", "1.0000")]


def test_a_card_explains_itself_with_definition_query_and_download(official):
    month = two_sales()

    text = words(official.get(f"/board/indicators/DE-03/?month={month}"))
    rows = official.get(f"/board/indicators/DE-03/figures.csv?month={month}&bom=1")

    assert "Definition Households with at least one paid sale in the month." in text
    assert "Responsible Department of Science and Technology" in text
    assert "FROM span JOIN statistics_sellermonth AS sale" in text
    content = b"".join(rows.streaming_content).decode()
    assert content.startswith("\ufeffindicator,month,commune,name,value,unit,")
    assert f"DE-03,{month},03325,Xã Mường Phăng,1.0000,number" in content
    assert len(content.splitlines()) == 1 + 1 + 45


def test_what_is_divided_by_a_figure_of_the_province_shows_communes_what_was_counted(official):
    rice_of(commune_named("Mường Phăng"))

    text = words(official.get("/board/indicators/DE-06/"))

    assert "0 % 0 / 353" in text
    assert "Its denominator is known of the whole province only." in text


def test_the_province_sets_a_target_with_its_source_and_the_page_holds_the_figure_against_it(official):
    month = two_sales()
    wish = {"commune": "03325", "value": "4", "valid_from": f"{last_month()}", "source": "QĐ 5/QĐ-UBND"}

    refused = official.post("/board/indicators/DE-03/target/", wish | {"value": "-1", "source": ""})
    done = official.post("/board/indicators/DE-03/target/", wish)
    again = official.post("/board/indicators/DE-03/target/", wish)
    earlier = official.post("/board/indicators/DE-03/target/", wish | {"value": "5"})

    assert refused.status_code == 422
    assert "It cannot be below zero." in words(refused)
    assert "Say where it comes from" in words(refused)
    assert (done.status_code, again.status_code, earlier.status_code) == (302, 302, 422)
    assert "Choose a day after it." in words(earlier)
    target = Target.objects.get(code="DE-03")
    assert (target.value, target.set_by, target.source) == (4, official.person, "QĐ 5/QĐ-UBND")
    page = official.get(f"/board/indicators/DE-03/?month={month}").context["page"]
    held = {row.commune.code: row.reading.reached_percent for row in page.rows if row.reading.target}
    assert held == {"03325": 25}


def test_figures_from_elsewhere_are_written_down_by_the_province_alone(official, of_phang):
    wish = {
        "key": "grdp-vnd",
        "commune": "",
        "value": "31000000000000",
        "valid_from": "2026-01-01",
        "source": "NGTK",
    }

    foreign = of_phang.post("/board/indicators/facts/", wish)
    wrong = official.post(
        "/board/indicators/facts/", wish | {"key": "covered-percent", "value": "101", "commune": "03325"}
    )
    done = official.post("/board/indicators/facts/", wish)

    assert (foreign.status_code, wrong.status_code, done.status_code) == (403, 422, 302)
    assert "Of all hamlets at most 100 % have a network." in words(wrong)
    assert Fact.objects.get(key="grdp-vnd").value == 31_000_000_000_000
    assert "31.000.000.000.000" in words(official.get("/board/indicators/facts/"))
    assert "Write a figure down" not in words(of_phang.get("/board/indicators/facts/"))


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("?month=2026-99", 400, "“2026-99” is not a month."),
        ("?month=1990-01", 400, "There are no figures of 01/1990."),
        ("XX-99/", 404, ""),
        ("DE-03/figures.csv?month=never", 400, "“never” is not a month."),
    ],
)
def test_bad_parameters_get_words_that_name_the_mistake(official, path, status, said):
    response = official.get(f"/board/indicators/{path}")

    assert response.status_code == status
    assert said in words(response)


def test_strangers_sign_in_and_others_hear_who_may_enter(province):
    client = Client()
    paths = ["indicators/", "indicators/DE-01/", "indicators/facts/", "rollout/", "rollout/03325/"]

    assert [client.get(f"/board/{path}").status_code for path in paths] == [302] * 5
    client.force_login(UserFactory())
    assert [client.get(f"/board/{path}").status_code for path in paths] == [403] * 5
