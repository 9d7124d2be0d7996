"""The pages of figures: the board itself, each number explained, what to look at, and who has looked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agriculture.categories import CATEGORIES
from agriculture.trace import selectors as trace
from marketplace.packing.selectors import complaints
from marketplace.statistics import charts, exports, selectors, tourism
from marketplace.statistics.releases import selectors as released
from marketplace.statistics.tables import STAY_GROUP, TOUR_GROUP
from marketplace.statistics.tourism import StayFigures, StayRow
from payments import providers
from tourism.closures import selectors as closures

from . import alerts, drawing, figures, funnel, looking, mapping
from . import asked as asking
from .asked import Asked
from .cards import cards
from .consumers import socket_key
from .explanations import ALERT_WORDS, EXPLANATIONS, Explanation
from .models import AlertKind, AlertRule
from .views import BoardView

AHEAD = timedelta(days=365)
ALERTS_OF_EACH = 3
GROUPS_SHOWN = 8
HOMES_SHOWN = 6
ROWS_SHOWN = 50
A_PAGE = 30


class FiguresView(BoardView):
    """A page of figures of the days and communes that the address asks for."""

    def asked(self) -> Asked:
        today = timezone.localdate()
        return asking.read(self.request.GET.dict(), scope=self.scope, communes=self.communes, today=today)

    def figures_page(self, template: str, asked: Asked, context: dict[str, Any]) -> HttpResponse:
        """Render a page with what was asked for; 400 if a part of it made no sense and was left out."""
        shown = {"asked": asked, "choice": _Choice(asked), **context}
        return self.page(template, shown, status=400 if asked.mistakes else 200)


class _Choice:
    """What the partial of periods wants to know (see statistics.views.Choice)."""

    def __init__(self, asked: Asked) -> None:
        self.period, self.boundaries = asked.period, asked.boundaries
        self.mistake, self.released = "", False


class HomeView(FiguresView):
    """GET: the figures of the period, and what waits. ``fragment``: only what changes by itself."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked, now = self.asked(), timezone.now()
        context = _live(asked, now=now)
        if "fragment" in request.GET:
            return self.figures_page("board/_live.html", asked, context)
        context |= _places(asked, context["counted"]) | self._people(asked) | self._waits(asked)
        context["release"] = released.newest_release()
        if asked.number_of_days > figures.LONG:
            context["days_url"] = f"{reverse('board:days')}?{asked.query}"
        return self.figures_page("board/home.html", asked, context)

    def _people(self, asked: Asked) -> dict[str, Any]:
        """Sellers, guests and what to look at."""
        stays = tourism.stays(
            period=asked.period, today=asked.today, scope=self.scope, commune=asked.commune_code
        )
        ids = None if asked.whole else [commune.pk for commune in asked.communes]
        return {
            "steps": funnel.steps(last_day=min(asked.period.last_day, asked.today), units=asked.units),
            "stays": _stays_of(asked, stays),
            "homes": stays.homes[:HOMES_SHOWN],
            "alerts": alerts.worst(ids, of_each=ALERTS_OF_EACH),
            "alert_numbers": _named(alerts.number_by_kind(ids)),
        }

    def _waits(self, asked: Asked) -> dict[str, Any]:
        """What an official has to decide, and which communes are closed."""
        closed = closures.in_force(first_night=asked.today, last_night=asked.today + AHEAD)
        return {
            "closed": closed.filter(commune__in=[commune.pk for commune in self.communes]),
            "certificates": trace.certificates_to_verify(self.scope),
            "complaints": complaints.to_decide(self.scope, self.communes),
            "mistakes": trace.mistakes_for(self.scope).filter(closed_at=None).count(),
        }


def _live(asked: Asked, *, now: datetime) -> dict[str, Any]:
    """The cards, the series and what sells, and how fresh they are."""
    counted, groups, paid = figures.count(asked), figures.groups(asked), figures.paid(asked)
    found = cards(asked, counted=counted, groups=groups, paid=paid, targets=figures.targets(asked))
    return {
        "counted": counted,
        "cards": found,
        "chart": drawing.chart(figures.series(asked)),
        "groups": drawing.group_bars(groups, _group_names())[:GROUPS_SHOWN],
        "paid": _ways_of_paying(paid[0]),
        "paid_sums": paid[0],
        "freshness": selectors.freshness(now=now),
        "now": now,
        "socket": f"/ws/board/{socket_key()}/" if asked.is_live else "",
    }


def _places(asked: Asked, counted: figures.Counted) -> dict[str, Any]:
    """The map and the ranked table beside it."""
    ranked = figures.rank(counted, asked)
    shading = charts.shading(ranked.of_today)
    sheet, areas = mapping.areas({row.code: row for row in ranked.of_today}, shading)
    return {
        "ranked": ranked,
        "lines": [
            (row, share.width, ranked.changes.get(row.code))
            for row, share in zip(ranked.rows, charts.shares(ranked.rows), strict=True)
        ],
        "sheet": sheet,
        "areas": areas,
        "legend": shading.legend,
    }


def _group_names() -> dict[str, str]:
    return {code: str(name) for code, name in CATEGORIES.items()} | {
        STAY_GROUP: _("Stays"),
        TOUR_GROUP: _("Tours"),
    }


def _ways_of_paying(paid: figures.Paid) -> list[dict[str, Any]]:
    """Return each way of payment with its sum and its share, largest first."""
    ranked = sorted(paid.by_provider.items(), key=lambda pair: (-pair[1], pair[0]))
    wallets = figures.mobile_money()
    return [
        {
            "name": providers.label(code),
            "sold_vnd": sold_vnd,
            "percent": figures.share(sold_vnd, paid.sold_vnd),
            "width": f"{100 * sold_vnd / paid.sold_vnd:.2f}%",
            "is_mobile": code in wallets,
        }
        for code, sold_vnd in ranked
    ]


def _stays_of(asked: Asked, stays: StayFigures) -> StayRow:
    """Return the nights and guests of the communes asked for, which this official sees in full."""
    if asked.whole:
        return stays.total
    rows = [stays.row_of(commune.code) for commune in asked.communes]
    return StayRow(
        "",
        "",
        hosts=sum(row.hosts or 0 for row in rows),
        open_nights=sum(row.open_nights or 0 for row in rows),
        nights=sum(row.nights or 0 for row in rows),
        guests=sum(row.guests or 0 for row in rows),
        guest_nights=sum(row.guest_nights or 0 for row in rows),
    )


def _named(numbers: dict[str, int]) -> list[tuple[str, str, int]]:
    return [(kind, str(AlertKind(kind).label), number) for kind, number in numbers.items()]


class NumberView(FiguresView):
    """GET: one number explained: its definition, its query and what that gives, where it is released."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        explanation, asked = _explanation(code), self.asked()
        columns, rows = explanation.rows(asked)
        target = figures.targets(asked).get(explanation.measure) if explanation.measure else None
        context = {
            "explanation": explanation,
            "columns": columns,
            "rows": rows[:ROWS_SHOWN],
            "number": len(rows),
            "single": rows[0][0] if len(rows) == 1 and len(columns) == 1 else None,
            "query_text": explanation.text(asked),
            "release": released.newest_release() if explanation.table else None,
            "target": target,
            "freshness": selectors.freshness(now=timezone.now()),
        }
        return self.figures_page("board/number.html", asked, context)


class DaysView(FiguresView):
    """GET: net sales of every day as JSON, ``from`` its first day on: what a long period's chart draws."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = self.asked()
        if asked.mistakes:
            return JsonResponse({"mistakes": asked.mistakes}, status=400)
        response = JsonResponse({"from": asked.period.first_day, "net_vnd": figures.days(asked)})
        response["Cache-Control"] = "no-store"
        return response


class NumberFileView(FiguresView):
    """GET: the rows of a number's query as a file, CSV (for spreadsheets with ``bom=1``)."""

    def get(self, request: HttpRequest, code: str) -> StreamingHttpResponse:
        explanation, asked = _explanation(code), self.asked()
        columns, rows = explanation.rows(asked)
        parts = exports.csv_parts(columns, rows, bom="bom" in request.GET)
        response = StreamingHttpResponse(
            (part.encode() for part in parts), content_type="text/csv; charset=utf-8"
        )
        days = f"{asked.period.first_day}_{asked.period.last_day}"
        name = "_".join(filter(None, [code, asked.commune_code, days]))
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        response["Cache-Control"] = "no-store"
        return response


def _explanation(code: str) -> Explanation:
    try:
        return EXPLANATIONS[code]
    except KeyError:
        raise Http404(_("There is no such number on the board.")) from None


class AlertsView(FiguresView):
    """GET ``kind``: everything to look at, a page at a time, and the rules it was found by."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = self.asked()
        ids = None if asked.whole else [commune.pk for commune in asked.communes]
        found = alerts.open_alerts(ids)
        kind = request.GET.get("kind", "")
        if kind in AlertKind.values:
            found = found.filter(kind=kind)
        rules = AlertRule.objects.valid_on(asked.today).order_by("kind")
        context = {
            "page_obj": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
            "kind": kind,
            "alert_numbers": _named(alerts.number_by_kind(ids)),
            "rules": [(rule, ALERT_WORDS[AlertKind(rule.kind)]) for rule in rules],
        }
        return self.figures_page("board/alerts.html", asked, context)


class LooksView(BoardView):
    """GET: who looked at which figures and when. The province reads all looks, others their own."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = Paginator(looking.looks_for(self.official, self.scope), A_PAGE)
        page = found.get_page(request.GET.get("page"))
        looks = [(look, looking.page_words(look)) for look in page]
        return self.page("board/looks.html", {"page_obj": page, "looks": looks})
