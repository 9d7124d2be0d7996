"""The catalogue of open data, and released tables as files."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pyshacl import validate
from rdflib import DCTERMS, RDF, SH, Graph, Literal, URIRef
from rdflib.compare import isomorphic

from marketplace.departments import catalogue
from marketplace.departments.catalogue import DCAT
from marketplace.statistics.releases.documents import NAMES, TABLES
from marketplace.statistics.releases.models import Release
from tests.factories import commune_named
from tests.statistics.orders import sell_from
from tests.statistics.releases.test_services import FEBRUARY, JANUARY, release

pytestmark = pytest.mark.usefixtures("province")

SHAPES = Graph().parse(Path(__file__).parent / "shapes.ttl")


@pytest.fixture
def published() -> Release:
    """January with its tables, February with them and their year to date."""
    for month in (JANUARY, FEBRUARY):
        sell_from(commune_named("Mường Phăng"), 100_000, on=month, sellers=4)
        release(month)
    return Release.objects.get(number=2)


def judge(graph: Graph) -> list[str]:
    """Return which properties the catalogue lacks or has wrong."""
    _conforms, report, _text = validate(graph, shacl_graph=SHAPES)
    assert isinstance(report, Graph)
    return sorted(str(path) for path in report.objects(None, SH.resultPath))


def test_the_catalogue_has_what_dcat_ap_asks_for_and_is_the_same_in_both_forms(client, published):
    graphs = [
        Graph().parse(data=client.get(f"/statistics/catalog.{form}").content, format=name)
        for form, name in (("jsonld", "json-ld"), ("ttl", "turtle"))
    ]

    assert judge(graphs[0]) == []
    assert isomorphic(*graphs)
    assert len(set(graphs[0].subjects(RDF.type, DCAT.Dataset))) == len(TABLES) + len(NAMES)
    assert len(set(graphs[0].subjects(RDF.type, DCAT.DatasetSeries))) == len(NAMES)


def test_the_judge_finds_what_is_missing(published):
    graph = catalogue.graph()
    graph.remove((None, DCTERMS.license, None))
    graph.remove((None, DCAT.accessURL, None))

    assert set(judge(graph)) == {str(DCTERMS.license), str(DCAT.accessURL)}


def test_a_checksum_of_the_catalogue_is_that_of_the_file_it_leads_to(client, published):
    graph = catalogue.graph()
    file = URIRef("http://127.0.0.1:8000/statistics/releases/2/communes.json")
    distribution = graph.value(predicate=DCAT.downloadURL, object=file)
    value = graph.value(graph.value(distribution, catalogue.SPDX.checksum), catalogue.SPDX.checksumValue)

    content = client.get("/statistics/releases/2/communes.json").content

    assert str(value).lower() == hashlib.sha256(content).hexdigest()


def test_the_period_of_a_year_to_date_begins_in_january(published):
    graph = catalogue.graph()
    dataset = graph.value(predicate=DCTERMS.identifier, object=Literal("muongthen/2/communes-to-date"))
    period = graph.value(dataset, DCTERMS.temporal)

    days = [str(graph.value(period, each)) for each in (DCAT.startDate, DCAT.endDate)]
    assert days == ["2026-01-01", "2026-02-28"]


def test_who_has_the_catalogue_already_is_not_sent_it_again_until_the_next_release(client, published):
    first = client.get("/statistics/catalog.ttl")

    again = client.get("/statistics/catalog.ttl", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/statistics/catalog.jsonld")["ETag"] != first["ETag"]
    Release.objects.filter(number=2).update(hash="f" * 64)
    assert client.get("/statistics/catalog.ttl", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_a_market_without_a_release_has_a_catalogue_of_nothing_but_series(client):
    graph = Graph().parse(data=client.get("/statistics/catalog.ttl").content, format="turtle")

    assert judge(graph) == []
    assert not set(graph.subjects(RDF.type, DCAT.Dataset))


def test_a_released_table_comes_as_a_workbook_and_as_a_paper(client, published):
    book = client.get("/statistics/releases/2/communes.xlsx")
    paper = client.get("/statistics/releases/2/communes.pdf")

    rows = list(load_workbook(io.BytesIO(b"".join(book)))["Sales"].iter_rows(values_only=True))
    total = dict(zip(rows[0], rows[1], strict=True))
    assert (total["name"], total["net_vnd"]) == ("Total", 400_000)
    assert paper.content.startswith(b"%PDF-")
    assert "immutable" in book["Cache-Control"]
    assert client.get("/statistics/releases/9/communes.pdf").status_code == 404


def test_a_csv_file_of_a_release_has_the_mark_for_excel_when_it_is_asked_for(client, published):
    plain = client.get("/statistics/releases/2/communes.csv").content

    assert client.get("/statistics/releases/2/communes.csv?bom=1").content == b"\xef\xbb\xbf" + plain


def test_the_page_leads_to_every_file_the_licence_and_the_catalogue(client, published):
    page = client.get("/statistics/data/").content.decode()

    for address in (
        "/statistics/newest/units.csv",
        "/statistics/releases/2/units.xlsx",
        "/statistics/catalog.jsonld",
        catalogue.LICENCE,
    ):
        assert f'href="{address}"' in page


def test_programs_can_list_what_was_published(client, published):
    listed = client.get("/api/v1/statistics/releases/?page_size=1").json()

    [newest] = listed["results"]
    assert (listed["count"], newest["number"], newest["month"]) == (2, 2, "2026-02")
    assert newest["tables"]["units"]["csv"].endswith("/statistics/releases/2/units.csv")
