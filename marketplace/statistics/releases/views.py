"""The releases for everybody: what there is, each table as a chart with its data, and the data as files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.http import condition

from marketplace.statistics import charts
from marketplace.statistics.models import SaleLine
from marketplace.statistics.tables import Row

from . import selectors, signing
from .documents import DEFINITIONS, MEASURES, NAMES, TABLES, TITLES, TO_DATE
from .models import Release, ReleaseTable

FOR_EVER = "public, max-age=31536000, immutable"  # a release never changes
CSV_COLUMNS = ("area", "what", "name", *MEASURES, "suppressed")


@dataclass(frozen=True)
class Line:
    """A row of a table with its bar, and the same by kind where the table has kinds."""

    row: Row
    width: str
    kinds: list[Row]


@dataclass(frozen=True)
class Link:
    """A table of a release: what it is called and where it stands."""

    name: str
    title: str
    address: str


class ReleasesView(View):
    """GET: all releases, newest first, and the tables of the newest."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = list(selectors.releases())
        context = {
            "releases": found,
            "newest": found[0] if found else None,
            "tables": _links(found[0]) if found else [],
            "public_key": signing.trusted_keys()[0],
        }
        return render(request, "releases/releases.html", context)


class ReleaseView(View):
    """GET: one release: what changed, its tables, and how to check that nobody touched it."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        release = get_object_or_404(Release.objects.select_related("previous"), number=number)
        context = {
            "release": release,
            "tables": _links(release),
            "audit": json.loads(release.header)["audit"],
            "newer": Release.objects.filter(month=release.month, revision__gt=release.revision).first(),
        }
        return render(request, "releases/release.html", context)


class TableView(View):
    """GET: one table as bars with their figures, and beside it what has to be known to read it."""

    def get(self, request: HttpRequest, number: int, name: str) -> HttpResponse:
        table = _table(number, name)
        document = json.loads(table.document)
        total, lines, kinds = _lines(name.removesuffix(TO_DATE), document["rows"])
        context = {
            "release": table.release,
            "table": table,
            "document": document,
            "title": _(TITLES[name.removesuffix(TO_DATE)]),
            "total": total,
            "lines": lines,
            "kinds": kinds,
            "definitions": [_(DEFINITIONS[measure]) for measure in MEASURES],
            "withheld": sum(line.row.suppressed for line in lines),
        }
        return render(request, "releases/table.html", context)


class NewestTableView(View):
    """GET: the same table of the newest release. The address stays, where it leads to does not."""

    def get(self, request: HttpRequest, name: str, format: str) -> HttpResponse:
        newest = selectors.newest_release()
        if newest is None or name not in NAMES:
            raise Http404
        return redirect("release-data", number=newest.number, name=name, format=format)


def _etag(request: HttpRequest, number: int, name: str = "", format: str = "json") -> str | None:
    if not name:
        found = Release.objects.filter(number=number).values_list("hash", flat=True).first()
    else:
        tables = ReleaseTable.objects.filter(release__number=number, name=name)
        found = tables.values_list("digest", flat=True).first()
    return f'"{found}-{format}"' if found else None


@method_decorator(condition(etag_func=_etag), name="dispatch")
class DataView(View):
    """GET: one table as JSON, byte for byte as it was signed, or its rows as CSV."""

    def get(self, request: HttpRequest, number: int, name: str, format: str) -> HttpResponse:
        table = _table(number, name)
        if format == "csv":
            response = HttpResponse(_csv(table), content_type="text/csv; charset=utf-8")
        else:
            response = HttpResponse(table.document, content_type="application/json")
        file_name = f"muongthen-{table.release.month:%Y-%m}-r{table.release.revision}-{name}.{format}"
        response["Content-Disposition"] = f'inline; filename="{file_name}"'
        response["Cache-Control"] = FOR_EVER
        response["Link"] = f'<{reverse("release-header", args=[number])}>; rel="describedby"'
        return response


@method_decorator(condition(etag_func=_etag), name="dispatch")
class HeaderView(View):
    """GET: what was signed of a release, with its signature. SHA-256 of ``header`` is ``hash``."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        release = get_object_or_404(Release, number=number)
        content = signing.canonical(
            {
                "header": release.header,
                "hash": release.hash,
                "signature": release.signature,
                "public_key": release.public_key,
                "algorithm": "Ed25519 over the 32 bytes of hash",
            }
        )
        return HttpResponse(content, content_type="application/json", headers={"Cache-Control": FOR_EVER})


def _table(number: int, name: str) -> ReleaseTable:
    return get_object_or_404(
        ReleaseTable.objects.select_related("release"), release__number=number, name=name
    )


def _links(release: Release) -> list[Link]:
    """Return the tables of ``release``, those of the month first. In January both are the same."""
    links = []
    for name in TABLES if release.month.month == 1 else NAMES:
        title = _(TITLES[name.removesuffix(TO_DATE)])
        if name.endswith(TO_DATE):
            title = _("%(table)s, the year so far") % {"table": title}
        links.append(Link(name, title, reverse("release-table", args=[release.number, name])))
    return links


def _lines(table: str, rows: Sequence[dict[str, Any]]) -> tuple[Row, list[Line], list[str]]:
    """Return the total, a line for each area or group, largest first, and the names of the kinds."""
    by_place = {(row["area"], row["what"]): _row(row) for row in rows}
    if table == "groups":
        wanted = [place for place in by_place if "/" in place[1]]
    else:
        wanted = [place for place in by_place if place[0] and not place[1]]
    kinds = SaleLine.Kind.values if table == "communes" else []
    found = sorted(
        (by_place[place] for place in wanted), key=lambda row: (row.suppressed, -(row.net_vnd or 0))
    )
    places = {id(by_place[place]): place for place in wanted}
    lines = [
        Line(share.row, share.width, [by_place[places[id(share.row)][0], kind] for kind in kinds])
        for share in charts.shares(found)
    ]
    return by_place["", ""], lines, [str(SaleLine.Kind(kind).label) for kind in kinds]


def _row(row: dict[str, Any]) -> Row:
    code = row["area"].partition("/")[2] or row["what"]
    figures = {name: row[name] for name in MEASURES}
    return Row(code, row["name"], {}, suppressed=row["suppressed"], **figures)


def _csv(table: ReleaseTable) -> str:
    """The rows as CSV (RFC 4180); withheld figures are empty."""
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, CSV_COLUMNS)
    writer.writeheader()
    for row in json.loads(table.document)["rows"]:
        writer.writerow(row | {"suppressed": str(row["suppressed"]).lower()})
    return target.getvalue()
