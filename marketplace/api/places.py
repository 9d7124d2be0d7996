"""The communes of Điện Biên, today's and those before 1 July 2025."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.places import selectors
from marketplace.places.models import Commune

from .endpoint import Endpoint
from .fields import Day
from .pagination import WholePages


class OnDay(serializers.Serializer):
    on = Day(required=False, help_text="Units as of this day; today if left out.")


class Unit(serializers.Serializer):
    """A unit during the time it was valid. A code alone names nothing: most were used before the merger."""

    code = serializers.CharField()
    name = serializers.CharField()
    full_name = serializers.CharField()
    kind = serializers.ChoiceField(Commune.Kind.values)
    province = serializers.CharField(source="province_id", help_text="Its province's code; 11 is Điện Biên.")
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True, help_text="Exclusive; null while it is valid.")


class CommunesView(Endpoint, ListAPIView):
    """GET: the units of a day."""

    serializer_class = Unit
    pagination_class = WholePages

    class Query(OnDay):
        province = serializers.RegexField(
            r"^\d{2}$", required=False, help_text="Units of the province of this code; of all if left out."
        )
        q = serializers.CharField(
            required=False,
            allow_blank=True,
            max_length=100,
            help_text="A name without accents, an old name or another spelling; the likeliest first.",
        )

    @extend_schema(parameters=[Query])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The 45 communes of today, the 129 units of before 1 July 2025, or those that `q` may mean."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        query = self.Query(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        on = asked.get("on") or timezone.localdate()
        if asked.get("q"):
            found = selectors.find_communes(asked["q"], on)
            return [unit for unit in found if asked.get("province", unit.province_id) == unit.province_id]
        return selectors.communes_at(on, province=asked.get("province", ""))


class CommuneView(Endpoint):
    """GET: one unit."""

    class Output(Unit):
        district = serializers.CharField(
            source="district.name", default=None, allow_null=True, help_text="Of before the merger."
        )
        former_districts = serializers.CharField()
        ntm_status = serializers.CharField(help_text="New-rural status, where it is known.")
        ntm_year = serializers.IntegerField(allow_null=True)
        area_km2 = serializers.FloatField(allow_null=True)
        population = serializers.IntegerField(allow_null=True)
        admin_seat = serializers.CharField()
        zone = serializers.CharField(help_text="I, II or III for 2026 to 2030; empty where not known.")
        border = serializers.BooleanField(help_text="Touches Laos or China.")
        lat = serializers.FloatField(allow_null=True)
        lon = serializers.FloatField(allow_null=True)
        made_of = Unit(many=True)
        became = Unit(allow_null=True)
        neighbours = Unit(many=True)

    @extend_schema(parameters=[OnDay], responses=Output)
    def get(self, request: Request, code: str) -> Response:
        """The unit that has this code on the day `on`, what it was made of or became, and its neighbours."""
        query = OnDay(data=request.query_params)
        query.is_valid(raise_exception=True)
        on: date = query.validated_data.get("on") or timezone.localdate()
        unit = selectors.commune_at(code, on)
        facts = {name: getattr(unit, name) for name in _FACTS}
        relatives = {
            "made_of": selectors.parts_of(unit),
            "became": unit.became.new if hasattr(unit, "became") else None,
            "neighbours": selectors.neighbours_of(unit),
        }
        return Response(self.Output(facts | relatives).data)


_FACTS = [
    *(
        "code",
        "name",
        "full_name",
        "kind",
        "province_id",
        "valid_from",
        "valid_to",
        "district",
        "former_districts",
    ),
    *("ntm_status", "ntm_year", "area_km2", "population", "admin_seat", "zone", "border", "lat", "lon"),
]
