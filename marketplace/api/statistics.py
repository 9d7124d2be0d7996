"""Sales by commune, month, kind and group, for programs and for spreadsheets."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.authentication import JWTAuthentication

from marketplace.accounts.selectors import NOTHING, OfficialScope
from marketplace.departments import reports
from marketplace.departments.authentication import KeyAuthentication, Metered, scope_of
from marketplace.departments.models import Key
from marketplace.statistics import cube, exports, periods, selectors
from marketplace.statistics.models import SaleLine
from marketplace.statistics.releases import selectors as released
from marketplace.statistics.tables import Table

from .endpoint import Endpoint
from .fields import Day
from .schema import Problem
from .shapes import Renaming

XLSX, PDF = exports.XLSX, "application/pdf"
CSV = "text/csv; charset=utf-8"
PDF_ROWS = 2_000  # forty pages and a second's work; more is nothing to read on paper
BREAKDOWNS = [
    ",".join(names)
    for count in range(1, selectors.MOST_BREAKDOWNS + 1)
    for names in permutations(selectors.BREAKDOWNS, count)
]


class FigureRow(serializers.Serializer):
    """Money in whole đồng. Where `suppressed`, every figure is null: too few sellers stand behind it."""

    code = serializers.CharField()
    name = serializers.CharField()
    # Code and name of the second breakdown, if there is one.
    commune = serializers.CharField(required=False)
    commune_name = serializers.CharField(required=False)
    month = serializers.CharField(required=False)
    month_name = serializers.CharField(required=False)
    day = serializers.CharField(required=False)
    day_name = serializers.CharField(required=False)
    kind = serializers.CharField(required=False)
    kind_name = serializers.CharField(required=False)
    group = serializers.CharField(required=False)
    group_name = serializers.CharField(required=False)
    net_vnd = serializers.IntegerField(allow_null=True)
    sold_vnd = serializers.IntegerField(allow_null=True)
    refunded_vnd = serializers.IntegerField(allow_null=True)
    orders = serializers.IntegerField(allow_null=True)
    sellers = serializers.IntegerField(allow_null=True)
    quantity = serializers.IntegerField(allow_null=True)
    suppressed = serializers.BooleanField()


class SalesView(Metered, Endpoint):
    """GET: what was sold and paid for. Whose token or key it is decides what is suppressed."""

    authentication_classes = (JWTAuthentication, KeyAuthentication)

    class Query(Renaming):
        boundaries = serializers.ChoiceField(
            list(cube.BOUNDARIES), default="2025", help_text="The 45 communes of today, or the 129 before."
        )
        from_ = Day(
            required=False,
            help_text="First day; that of the month eleven months before the last if left out.",
        )
        to = Day(
            required=False,
            help_text="Last day; today if left out, without an official's token that of the newest release.",
        )
        by = serializers.ChoiceField(BREAKDOWNS, default="commune", help_text="One breakdown, or two.")
        commune = serializers.RegexField(
            r"^\d{5}$", required=False, help_text="Only this one, by its code on these boundaries."
        )
        kind = serializers.ChoiceField(SaleLine.Kind.values, required=False, help_text="Only this kind.")
        format = serializers.ChoiceField(
            ["json", "csv", "csv-bom", "xlsx", "pdf"],
            default="json",
            help_text="`csv-bom` begins with the mark by which Excel reads Vietnamese letters; `pdf` has the "
            f"head of the state and at most {PDF_ROWS:,} rows.",
        )

    class Output(Renaming):
        count = serializers.IntegerField()
        next = serializers.URLField(allow_null=True, help_text="Always null: a table is one page.")
        previous = serializers.URLField(allow_null=True)
        boundaries = serializers.CharField()
        from_ = serializers.DateField()
        to = serializers.DateField()
        by = serializers.ListField(child=serializers.CharField())
        note = serializers.CharField(help_text="What is not published of it, and why; empty if all is.")
        total = FigureRow(
            help_text="Over communes what the rows add up to. Sellers do not add up over months and days, "
            "nor orders and sellers over kinds and groups: one may be in several of them."
        )
        results = FigureRow(many=True)

    @extend_schema(
        parameters=[Query],
        responses={
            (200, "application/json"): Output,
            (200, "text/csv"): OpenApiTypes.STR,
            (200, XLSX): OpenApiTypes.BINARY,
            (200, PDF): OpenApiTypes.BINARY,
            (403, "application/json"): Problem,
            (429, "application/json"): Problem,
        },
    )
    def get(self, request: Request) -> Response | HttpResponse:
        """Paid sales less refunds, without delivery, by one or two breakdowns.

        An order counts once in each unit of before 1 July 2025 and for each seller it has goods of on a day,
        a seller once in each unit. So both boundaries have the same sums for every figure.

        Everybody sees released figures: of whole months, or sums of them. What one household sold could be
        calculated from is suppressed; so is what is not released yet, and `note` says so. Officials see the
        figures of their own commune or province in full, of any days and up to now, and so do departments
        whose key has the scope `sales`.
        """
        query = self.Query(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        scope = scope_of(request, needs=Key.Scope.SALES)
        first_day, last_day = _period(scope, asked.get("from"), asked.get("to"))
        table, note = _sales(
            scope,
            boundaries=asked["boundaries"],
            first_day=first_day,
            last_day=last_day,
            by=asked["by"],
            commune=asked.get("commune"),
            kind=asked.get("kind"),
        )
        match asked["format"]:
            case "csv" | "csv-bom" as form:
                return _file(table, exports.rows_to_csv(table, bom=form == "csv-bom").encode(), CSV, "csv")
            case "xlsx":
                return _file(table, exports.rows_to_xlsx(table), XLSX, "xlsx")
            case "pdf":
                return _file(table, _paper(table, scope, note), PDF, "pdf")
        question = table.question
        return Response(
            {
                "count": len(table.rows),
                "next": None,
                "previous": None,
                "boundaries": table.boundaries,
                "from": question.first_day,
                "to": question.last_day,
                "by": list(question.by),
                "note": note,
                "total": table.total.as_dict(),
                "results": [row.as_dict() for row in table.rows],
            }
        )


def _sales(scope: OfficialScope, **question: Any) -> tuple[Table, str]:
    """Return the figures as ``scope`` sees them, and what is to be said about them."""
    if scope != NOTHING:
        return selectors.sales(**question, scope=scope), ""
    answer = released.sales(**question)
    return answer.table, answer.note


def _paper(table: Table, scope: OfficialScope, note: str) -> bytes:
    if len(table.rows) > PDF_ROWS:
        words = _("These are %(found)s rows, a PDF has at most %(most)s. Ask for csv, or for fewer days.")
        found = {"found": f"{len(table.rows):,}", "most": f"{PDF_ROWS:,}"}
        raise serializers.ValidationError({"format": [words % found]})
    now = timezone.now()
    if scope == NOTHING:
        return reports.released_paper_of(table, note=note, now=now)
    return reports.paper_of(table, scope, now=now)


def _period(scope: OfficialScope, first: date | None, last: date | None) -> tuple[date, date]:
    """Complete the period with the last twelve months, for everybody those of them that are released."""
    if scope == NOTHING and not (first and last):
        released_first, released_last = released.newest_period(until=last)
        return first or released_first, last or released_last
    last = last or timezone.localdate()
    return first or periods.months_before(last.replace(day=1), 11), last


def _file(table: Table, content: bytes, content_type: str, extension: str) -> HttpResponse:
    question = table.question
    name = f"sales-{question.first_day}-{question.last_day}-{'-'.join(question.by)}.{extension}"
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
