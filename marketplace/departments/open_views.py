"""Open data: the catalogue for portals, how to use the figures, and released tables for people's programs."""

from __future__ import annotations

import json
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import condition
from django.views.generic import View

from frontend import pdf
from frontend.pdf import Column
from frontend.state_paper import state_paper
from marketplace.statistics import exports
from marketplace.statistics.releases import selectors as released
from marketplace.statistics.releases.documents import (
    DEFINITIONS,
    HEADLINES,
    LABELS,
    NAMES,
    TITLES,
    TO_DATE,
    columns_of,
)
from marketplace.statistics.releases.models import ReleaseTable
from marketplace.statistics.releases.views import FOR_EVER

from . import catalogue
from .reports import PUBLISHER


class OpenDataView(View):
    """GET: what is open, in which files, at which addresses, and on which terms."""

    def get(self, request: HttpRequest) -> HttpResponse:
        newest = released.newest_release()
        context = {
            "newest": newest,
            "tables": [(name, _title(name)) for name in NAMES] if newest else [],
            "licence": catalogue.LICENCE,
            "definitions": [(name, _(words)) for name, words in DEFINITIONS.items()],
        }
        return render(request, "departments/open_data.html", context)


def _catalogue_etag(request: HttpRequest, form: str) -> str:
    return f'"{catalogue.version()[:32]}-{form}"'


@method_decorator(condition(etag_func=_catalogue_etag), name="dispatch")
class CatalogueView(View):
    """GET: the catalogue as DCAT, in JSON-LD or Turtle. It changes with every release only."""

    def get(self, request: HttpRequest, form: str) -> HttpResponse:
        text = catalogue.serialised(form, of=catalogue.version())
        response = HttpResponse(text, content_type=catalogue.FORMATS[form][1])
        response["Access-Control-Allow-Origin"] = "*"  # open data is read by pages of others
        patch_cache_control(response, public=True, max_age=300)
        return response


def _file_etag(request: HttpRequest, number: int, name: str, format: str) -> str | None:
    tables = ReleaseTable.objects.filter(release__number=number, name=name)
    digest = tables.values_list("digest", flat=True).first()
    return f'"{digest}-{format}"' if digest else None


@method_decorator(condition(etag_func=_file_etag), name="dispatch")
class ReleaseFileView(View):
    """GET: a released table as a workbook, or as a paper with the head of the state."""

    def get(self, request: HttpRequest, number: int, name: str, format: str) -> HttpResponseBase:
        tables = ReleaseTable.objects.select_related("release")
        table = get_object_or_404(tables, release__number=number, name=name)
        if name not in NAMES:
            raise Http404
        file = f"muongthen-{table.release.month:%Y-%m}-r{table.release.revision}-{name}"
        response: HttpResponseBase
        if format == "pdf":
            response = pdf.as_response(_paper(table), name=file)
        else:
            response = FileResponse(
                _workbook(table), as_attachment=True, filename=f"{file}.xlsx", content_type=exports.XLSX
            )
        response["Cache-Control"] = FOR_EVER
        return response


def _workbook(table: ReleaseTable) -> Any:
    document = json.loads(table.document)
    about = [
        (_("Period"), f"{document['from']} – {document['to']}"),
        (_("As of"), document["as_of"]),
        ("SHA-256", table.digest),
        *((name, str(words)) for name, words in document["definitions"].items()),
    ]
    columns = columns_of(table.name)
    rows = ([row.get(name) for name in columns] for row in document["rows"])  # old ones have fewer
    return exports.xlsx_file(columns, rows, about=about)


def _paper(table: ReleaseTable) -> pdf.Paper:
    """The table in the language it was released in."""
    release, document = table.release, json.loads(table.document)
    paper = state_paper(
        issuer=PUBLISHER,
        kind="Số liệu công bố",
        subject=f"{document['title']}, {document['from']} – {document['to']}",
        on=timezone.localdate(release.made_at),
        made_at=release.made_at,
        number=str(release.number),
        footer=f"{_('Release')} {release.number} · SHA-256 {table.digest[:32]}…",
    )
    shown = HEADLINES[table.name.removesuffix(TO_DATE)]
    columns = [Column(_("Name"), 6), *(Column(_(LABELS[name]), 2, "right") for name in shown)]
    rows = [
        [row["name"], *(_("withheld") if row["suppressed"] else row.get(name) for name in shown)]
        for row in document["rows"]
        if row["suppressed"] or any(row.get(name) for name in shown)
    ]
    paper.table(columns, rows)
    paper.text(_("Rows of nothing but zeros are left out."), points=9, soft=True)
    for words in document["definitions"].values():
        paper.text(words, points=9, soft=True)
    return paper


def _title(name: str) -> str:
    title = _(TITLES[name.removesuffix(TO_DATE)])
    return _("%(table)s, the year so far") % {"table": title} if name.endswith(TO_DATE) else title
