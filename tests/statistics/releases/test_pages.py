import csv
import hashlib
import io
import json

import pytest
from django.urls import reverse

from tests.factories import commune_named
from tests.statistics.orders import sell_from
from tests.statistics.releases.test_services import FEBRUARY, JANUARY, release

pytestmark = pytest.mark.usefixtures("province")


@pytest.fixture
def published():
    for name, sellers in (("Mường Phăng", 3), ("Nà Tấu", 5), ("Sín Chải", 1)):
        sell_from(commune_named(name), 100_000, on=JANUARY, sellers=sellers)
    return release(JANUARY)


def text_of(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_without_a_release_the_page_says_when_the_first_comes(client):
    assert "Nothing is published yet" in text_of(client.get("/statistics/"))


def test_a_stranger_finds_the_release_its_tables_and_how_to_check_them(client, published):
    home = text_of(client.get("/statistics/"))
    one = text_of(client.get("/statistics/releases/1/"))

    assert 'href="/statistics/releases/1/communes/"' in home
    assert published.hash in one
    assert published.signature in one


def test_the_first_page_of_the_market_tells_the_last_release_in_a_few_figures(client, published):
    page = " ".join(text_of(client.get("/")).split())

    assert "What the market sold in 01/2026" in page
    assert "900.000" in page.replace("\u00a0", " ")
    assert "of 45" in page


def test_a_table_shows_bars_with_their_figures_and_what_they_mean(client, published):
    page = text_of(client.get("/statistics/releases/1/communes/"))

    assert "500.000" in page
    assert page.count('<svg class="bar"') == 1  # of the others two are withheld, and nothing was sold
    assert page.index("Nà Tấu") < page.index("Xã Sín Chải") < page.index("Xã Sín Thầu")
    assert "Paid sales less refunds" in page
    assert "Nobody is estimated within" in page


def test_the_data_come_byte_for_byte_as_signed_and_as_csv(client, published):
    answer = client.get("/statistics/releases/1/communes.json")
    header = client.get("/statistics/releases/1.json").json()
    rows = list(csv.DictReader(io.StringIO(text_of(client.get("/statistics/releases/1/communes.csv")))))

    signed = json.loads(header["header"])["tables"]
    assert hashlib.sha256(answer.content).hexdigest() == signed["communes"]
    assert hashlib.sha256(header["header"].encode()).hexdigest() == header["hash"] == published.hash
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert len(rows) == (1 + 45) * 4
    assert next(row for row in rows if row["suppressed"] == "true")["net_vnd"] == ""


def test_data_that_did_not_change_are_not_sent_again(client, published):
    first = client.get("/statistics/releases/1/communes.csv")

    again = client.get(
        "/statistics/releases/1/communes.csv", headers={"If-None-Match": first.headers["ETag"]}
    )

    assert (again.status_code, again.content) == (304, b"")


def test_the_newest_table_has_an_address_that_stays(client, published):
    release(FEBRUARY)

    answer = client.get("/statistics/newest/units.json")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/statistics/releases/2/units.json")


@pytest.mark.parametrize(
    "address",
    ["releases/2/", "releases/1/sellers/", "releases/1/sellers.json", "releases/2.json", "newest/gold.csv"],
)
def test_what_was_never_published_is_not_found(client, published, address):
    assert client.get(f"{reverse('releases')}{address}").status_code == 404


def test_a_corrected_release_leads_to_its_correction(client, published):
    release(JANUARY, revise=True, changelog="One order came in late.")

    assert 'href="/statistics/releases/2/"' in text_of(client.get("/statistics/releases/1/"))
    assert "One order came in late." in text_of(client.get("/statistics/releases/2/"))
