"""The figures of the communes, for everybody: as much of them as may be published, and officials more."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from marketplace.accounts.selectors import NOTHING, OfficialScope, official_scope
from marketplace.places import selectors as places
from marketplace.places.errors import CommuneUnknown, MapMissing
from marketplace.places.models import MapSheet

from . import charts, cube, periods, profile, selectors, tourism
from .errors import QuestionRefused
from .periods import Period
from .releases import selectors as released
from .releases import visits
from .tables import Row, Table

NEWEST = "2025"  # boundaries
SALES_ADDRESS = "/api/v1/statistics/sales/"  # of the contract; the API stands above these pages


@dataclass(frozen=True)
class Choice:
    """What a page of figures was asked for. ``mistake`` says which part of it was left out and why."""

    period: Period
    boundaries: str
    mistake: str = ""
    released: bool = False  # of the newest months that are released, not of this one


def read_choice(request: HttpRequest, *, today: date) -> Choice:
    """Read period and boundaries from the address; what makes no sense is replaced and explained."""
    mistake = ""
    try:
        period = periods.read_period(request.GET.dict(), today=today)
    except QuestionRefused as error:
        mistake, period = str(error), periods.read_period({}, today=today)
    boundaries = request.GET.get("boundaries") or NEWEST
    if boundaries not in cube.BOUNDARIES:
        boundaries = NEWEST
    return Choice(period, boundaries, mistake)


def choose(request: HttpRequest, scope: OfficialScope, *, today: date) -> Choice:
    """Read the choice; the periods of strangers are of the newest months that are released."""
    choice = read_choice(request, today=today)
    if scope != NOTHING:
        return choice
    if choice.period.choice == periods.CUSTOM:
        return replace(choice, released=True)
    months = 1 if choice.period.choice == periods.MONTH else 12
    days = released.newest_period(until=None, months=months)
    return replace(choice, period=Period(choice.period.choice, *days), released=True)


def _tables(scope: OfficialScope, boundaries: Collection[str], **question: Any) -> tuple[list[Table], str]:
    """Return a table for each of ``boundaries``, live for officials and released for others, and a note."""
    if scope != NOTHING:
        return selectors.sales_on_both(boundaries=boundaries, scope=scope, **question), ""
    answers = [released.sales(boundaries=found, **question) for found in boundaries]
    return [answer.table for answer in answers], answers[0].note


@dataclass(frozen=True)
class MapArea:
    """One commune on the map. Its name is written there if ``labelled``."""

    name: str
    full_name: str
    path: str
    label_x: int
    label_y: int
    css_class: str
    row: Row
    labelled: bool = False


class CommunesView(View):
    """GET: sales of all communes in a period, as a map and as a table; ``name`` finds a commune by name."""

    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        scope = official_scope(request.user)
        choice = choose(request, scope, today=today)
        (by_today, by_former), note = _tables(
            scope,
            cube.BOUNDARIES,
            first_day=choice.period.first_day,
            last_day=choice.period.last_day,
            by="commune",
        )
        shading = charts.shading(by_today.rows)
        sheet, areas = _map(by_today, shading)
        text = request.GET.get("name", "").strip()
        context: dict[str, Any] = {
            "choice": choice,
            "scope": scope,
            "table": by_today if choice.boundaries == NEWEST else by_former,
            "note": note,
            "selling": sum(row.orders != 0 for row in by_today.rows),
            "downloads": _downloads(choice),
            "legend": shading.legend,
            "has_hidden": shading.has_hidden,
            "sheet": sheet,
            "areas": areas,
            "text": text,
            "found": profile.find_units(text) if text else [],
        }
        return render(request, "statistics/communes.html", context)


class CommuneView(View):
    """GET: the figures of one commune of today and what is known of it.

    A code that only a former unit had leads to the commune this became part of; any other is a 404.
    """

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        today = timezone.localdate()
        try:
            commune = places.commune_at(code, today)
        except CommuneUnknown:
            return self._former_or_unknown(request, code, today)
        scope = official_scope(request.user)
        choice = choose(request, scope, today=today)
        question: dict[str, Any] = {
            "first_day": choice.period.first_day,
            "last_day": choice.period.last_day,
            "commune": commune.code,
        }
        [months], note = _tables(scope, [NEWEST], by="month", **question)
        [total], _note = _tables(scope, [NEWEST], by="commune", **question)
        # What a single commune sells of each group is published nowhere: it would tell households apart.
        groups = [] if scope == NOTHING else _tables(scope, [NEWEST], by="group", **question)[0][0].rows
        context: dict[str, Any] = {
            "choice": choice,
            "profile": profile.profile_of(commune, today=today),
            "note": note,
            "total": total.total,
            "months": months,
            "chart": charts.month_bars(months.rows),
            "sees_groups": scope != NOTHING,
            "groups": charts.shares(groups),
            "sees_all": scope.sees(commune.code),
            "min_sellers": months.question.min_sellers,
            "figures": visits.stays(period=choice.period, today=today)
            if scope == NOTHING
            else tourism.stays(period=choice.period, today=today, scope=scope, commune=commune.code),
        }
        context["nights"] = context["figures"].row_of(commune.code)
        return render(request, "statistics/commune.html", context)

    def _former_or_unknown(self, request: HttpRequest, code: str, today: date) -> HttpResponse:
        found = profile.successor_of(code, today=today)
        if found is None:
            return render(request, "statistics/commune_unknown.html", {"code": code}, status=404)
        messages.info(
            request,
            _("%(former)s (%(code)s) became part of %(commune)s on 1 July 2025. Here is its page.")
            % {"former": found.unit.full_name, "code": code, "commune": found.commune.full_name},
        )
        return redirect("commune", code=found.commune.code)


def _downloads(choice: Choice) -> list[tuple[str, str]]:
    """Return the names of the formats and the addresses of the same figures at the API."""
    question = {
        "boundaries": choice.boundaries,
        "from": choice.period.first_day.isoformat(),
        "to": choice.period.last_day.isoformat(),
        "by": "commune",
    }
    return [
        (name, f"{SALES_ADDRESS}?{urlencode(question | {'format': name.lower()})}")
        for name in ("CSV", "XLSX", "JSON")
    ]


def _map(table: Table, shading: charts.Shading) -> tuple[MapSheet | None, list[MapArea]]:
    """Return the map in use and its coloured areas, largest first; nothing where no map was drawn yet."""
    rows = {row.code: row for row in table.rows}
    try:
        sheet = places.boundary_map()
    except MapMissing:
        return None, []
    shapes = sorted(sheet.shapes.all(), key=lambda shape: -(shape.commune.area_km2 or 0))
    areas = [
        MapArea(
            name=shape.commune.name,
            full_name=shape.commune.full_name,
            path=shape.path,
            label_x=shape.label_x,
            label_y=shape.label_y,
            css_class=shading.css_classes[shape.commune.code],
            row=rows[shape.commune.code],
        )
        for shape in shapes
    ]
    labelled = charts.labels_that_fit(areas)
    return sheet, [replace(area, labelled=area.name in labelled) for area in areas]
