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

from marketplace.statistics.exports import BOM
from marketplace.statistics.models import SaleLine

from . import selectors, signing
from .documents import (
    DEFINITIONS,
    HEADLINES,
    LABELS,
    MEASURES_OF,
    NAMES,
    TABLES,
    TITLES,
    TO_DATE,
    columns_of,
)
from .models import Release, ReleaseTable

FOR_EVER = "public, max-age=31536000, immutable"  # a release never changes


@dataclass(frozen=True)
class Line:
    """A row of a table with its bar: its headline figures, then its sales by kind where the table has kinds.

    A figure that is withheld is None; ``width`` is that of the bar, "" for none.
    """

    name: str
    suppressed: bool
    figures: list[int | None]
    width: str


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
        base = name.removesuffix(TO_DATE)
        total, lines = _lines(base, document["rows"])
        kinds = [str(label) for _kind, label in SaleLine.Kind.choices] if base == "communes" else []
        context = {
            "release": table.release,
            "table": table,
            "document": document,
            "title": _(TITLES[base]),
            "total": total,
            "lines": lines,
            "columns": [*(_(LABELS[measure]) for measure in HEADLINES[base]), *kinds],
            "definitions": [_(DEFINITIONS[measure]) for measure in MEASURES_OF[base]],
            "withheld": sum(line.suppressed for line in lines),
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
            mark = BOM if request.GET.get("bom") == "1" else ""  # by which Excel knows UTF-8
            response = HttpResponse(mark + _csv(table), content_type="text/csv; charset=utf-8")
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
    """Return the tables of ``release``, those of the month first. In January both are the same.

    The first releases had fewer tables.
    """
    links = []
    known = set(release.tables.values_list("name", flat=True))
    for name in TABLES if release.month.month == 1 else NAMES:
        if name not in known:
            continue
        title = _(TITLES[name.removesuffix(TO_DATE)])
        if name.endswith(TO_DATE):
            title = _("%(table)s, the year so far") % {"table": title}
        links.append(Link(name, title, reverse("release-table", args=[release.number, name])))
    return links


def _lines(table: str, rows: Sequence[dict[str, Any]]) -> tuple[Line, list[Line]]:
    """Return the total and a line for each area, group or home: largest first, then those withheld, then
    those without any.
    """
    by_place = {(row["area"], row["what"]): row for row in rows}
    match table:
        case "groups":
            wanted = [place for place in by_place if "/" in place[1]]
        case "homes":
            wanted = [place for place in by_place if place[1]]
        case _:
            wanted = [place for place in by_place if place[0] and not place[1]]
    measure = HEADLINES[table][0]
    found = sorted(
        (by_place[place] for place in wanted),
        key=lambda row: (not row["suppressed"] and not row[measure], row["suppressed"], -(row[measure] or 0)),
    )
    largest = max((row[measure] or 0 for row in found), default=0)
    kinds = SaleLine.Kind.values if table == "communes" else []

    def line(row: dict[str, Any]) -> Line:
        figures = [row[name] for name in HEADLINES[table]]
        figures += [by_place[row["area"], kind]["net_vnd"] for kind in kinds]
        width = f"{100 * row[measure] / largest:.2f}%" if (row[measure] or 0) > 0 else ""
        return Line(row["name"], row["suppressed"], figures, width)

    return line(by_place["", ""]), [line(row) for row in found]


def _csv(table: ReleaseTable) -> str:
    """The rows as CSV (RFC 4180); withheld figures are empty."""
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, columns_of(table.name))
    writer.writeheader()
    for row in json.loads(table.document)["rows"]:
        writer.writerow(row | {"suppressed": str(row["suppressed"]).lower()})
    return target.getvalue()
