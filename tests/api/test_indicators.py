from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from marketplace.accounts.services import grant_role
from marketplace.board.models import Look
from marketplace.indicators.models import Target
from tests.api.conftest import Api, signed_in
from tests.factories import UserFactory, commune_named, load_province
from tests.statistics.orders import rice_of, sell

pytestmark = pytest.mark.django_db


@pytest.fixture
def province(db: None) -> None:
    load_province()


def official(role: str, commune: Any = None) -> Api:
    user = UserFactory()
    grant_role(user=user, role=role, commune=commune)
    return signed_in(user)


def test_an_official_reads_every_card_of_a_month_and_the_look_is_logged(province):
    today = timezone.localdate()
    sell((rice_of(commune_named("Mường Phăng")), 1, 40_000), on=today)
    sell((rice_of(commune_named("Sín Chải")), 1, 70_000), on=today)
    Target.objects.create(code="DE-03", commune_code="03325", value=4, valid_from=today, source="QĐ 5")
    api = official("province-official")

    body = api.get(f"indicators/?month={today:%Y-%m}&pack=digital-economy").json()
    of_commune = api.get("indicators/?commune=03325").json()

    assert (body["count"], body["month"]) == (9, f"{today:%Y-%m}")
    households = next(row for row in body["results"] if row["code"] == "DE-03")
    assert (households["value"], households["target"], households["why"]) == ("2.0000", None, "")
    grdp = next(row for row in body["results"] if row["code"] == "DE-08")
    assert grdp["value"] is None
    assert grdp["why"].startswith("No source yet: gross regional domestic product")
    own = next(row for row in of_commune["results"] if row["code"] == "DE-03")
    assert (own["value"], own["target"]) == ("1.0000", "4.0000")
    assert Look.objects.filter(page="api-indicators", scope="province").count() == 2


def test_others_hear_who_may_read_them_and_a_foreign_commune_is_not_there(province):
    own = official("commune-official", commune_named("Mường Phăng"))

    assert Api().get("indicators/").status_code == 401
    assert signed_in(UserFactory()).get("indicators/").status_code == 403
    assert own.get("indicators/?commune=03325").status_code == 200
    assert own.get("indicators/?commune=03127").status_code == 404


def test_a_month_without_figures_is_named(province):
    api = official("province-official")

    early, wrong = api.get("indicators/?month=1990-01"), api.get("indicators/?month=2026-13")

    assert (early.status_code, wrong.status_code) == (400, 400)
    assert "There are no figures of 01/1990." in early.json()["message"]
    assert "“2026-13” is not a month." in wrong.json()["message"]
    misspelt = api.get("indicators/?comune=03325")
    assert misspelt.status_code == 400
    assert misspelt.json()["details"]["comune"] == [
        "There is no such parameter. Known are: month, pack, commune."
    ]
