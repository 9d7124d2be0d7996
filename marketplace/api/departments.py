"""For the programs of departments: the daily rows they may have a key for, and the list of releases."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication

from marketplace.accounts.selectors import NOTHING
from marketplace.departments.authentication import KeyAuthentication, Metered, scope_of
from marketplace.departments.models import Key
from marketplace.departments.streaming import streamed
from marketplace.departments.webhooks import published
from marketplace.statistics import daily, exports, periods
from marketplace.statistics.releases import selectors as released
from marketplace.statistics.releases.models import Release

from .endpoint import Endpoint
from .fields import Day
from .schema import Problem
from .shapes import Renaming


class DailyRow(serializers.Serializer):
    """Money in whole đồng, refunds positive."""

    day = serializers.DateField()
    unit_code = serializers.CharField(help_text="The finest unit known when it was sold.")
    unit_name = serializers.CharField()
    commune_code = serializers.CharField(help_text="The commune of today that contains it.")
    commune_name = serializers.CharField()
    kind = serializers.CharField()
    group = serializers.CharField()
    net_vnd = serializers.IntegerField()
    sold_vnd = serializers.IntegerField()
    refunded_vnd = serializers.IntegerField()
    orders = serializers.IntegerField()
    sellers = serializers.IntegerField()
    quantity = serializers.IntegerField()


class DailyView(Metered, Endpoint):
    """GET: a row for each day, unit and product group. Needs a key with the scope `daily`, or an official."""

    authentication_classes = (JWTAuthentication, KeyAuthentication)

    class Query(Renaming):
        from_ = Day(required=False, help_text="First day; that of last month if left out.")
        to = Day(required=False, help_text="Last day; today if left out.")
        format = serializers.ChoiceField(
            ["json", "csv", "csv-bom"],
            default="json",
            help_text="`csv-bom` begins with the mark by which Excel reads Vietnamese letters.",
        )

    class Output(Renaming):
        from_ = serializers.DateField()
        to = serializers.DateField()
        results = DailyRow(many=True)

    @extend_schema(
        parameters=[Query],
        responses={
            (200, "application/json"): Output,
            (200, "text/csv"): OpenApiTypes.STR,
            (403, "application/json"): Problem,
            (429, "application/json"): Problem,
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Paid sales as they are summed up every day, in one answer of any length.

        Money in whole đồng, refunds positive. Whoever asks sees the communes of their key or their office;
        every call is counted and written down.
        """
        query = self.Query(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        scope = scope_of(request, needs=Key.Scope.DAILY)
        if scope == NOTHING:
            raise NotAuthenticated(
                _("These figures are not published. Send the key of a department, or an official's token.")
            )
        today = timezone.localdate()
        last = asked.get("to") or today
        first = asked.get("from") or periods.months_before(last.replace(day=1), 1)
        rows = daily.rows(first_day=first, last_day=last, scope=scope)
        form, _dash, mark = asked["format"].partition("-")
        name = f"daily-{first}-{last}.{form}"
        if form == "csv":
            parts = exports.csv_parts(daily.COLUMNS, rows, bom=bool(mark))
            return streamed(request._request, parts, content_type="text/csv; charset=utf-8", name=name)
        parts = exports.json_parts(daily.COLUMNS, rows, head={"from": first, "to": last})
        return streamed(request._request, parts, content_type="application/json", name=name)


class ReleasesView(Endpoint, ListAPIView):
    """GET: what was published, the newest first."""

    authentication_classes = ()

    class Output(serializers.Serializer):
        number = serializers.IntegerField()
        month = serializers.CharField(help_text="2026-10")
        revision = serializers.IntegerField(help_text="0, or how often these figures were corrected.")
        as_of = serializers.DateTimeField()
        changelog = serializers.CharField()
        hash = serializers.CharField(help_text="SHA-256 of the signed header.")
        header = serializers.URLField(help_text="Where the signed header is.")
        tables = serializers.DictField(
            child=serializers.DictField(child=serializers.URLField()),
            help_text="Where the files of each table are, by the table's name and the file's format.",
        )

        def to_representation(self, instance: Release) -> dict[str, Any]:
            return published(instance)

    serializer_class = Output

    def get_queryset(self) -> QuerySet[Release]:
        return released.releases()
