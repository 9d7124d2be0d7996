"""Tours, and the seats left on their departures."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from tourism import policies
from tourism.tours.models import Departure, Tour
from tourism.tours.seats import PARTY_MAX
from tourism.tours.selectors import Row, departures_between, tours_going

from .endpoint import Endpoint
from .fields import CommuneCode, Day
from .pictures import Picture, listed_with_pictures
from .schema import whole_list
from .shapes import CommuneShape, Renaming, SellerShape
from .stays import PolicyShape

DAYS_MAX = 366


class TourFacts(serializers.Serializer):
    id = serializers.IntegerField(source="product_id")
    title = serializers.CharField(source="product.title")
    title_en = serializers.CharField(source="product.origin.name_en")
    url = serializers.SerializerMethodField()
    days = serializers.IntegerField()
    is_half_day = serializers.BooleanField()
    stops = serializers.ListField(child=serializers.CharField())
    adult_vnd = serializers.IntegerField(help_text="As a rule; each departure says its own.")
    child_vnd = serializers.IntegerField()
    child_age_max = serializers.IntegerField(help_text="The oldest child, in years.")
    min_group = serializers.IntegerField(help_text="It goes with so many guests, or everybody is refunded.")
    seller = SellerShape(source="product.origin.seller")
    commune = CommuneShape(source="product.origin.commune")
    pictures = Picture(source="product.images.all", many=True)

    def get_url(self, tour: Tour) -> str:
        return self.context["request"].build_absolute_uri(tour.product.get_absolute_url())


class TourShape(TourFacts):
    next_departure_at = serializers.DateTimeField(source="next_at", help_text="That can take the guests.")


class DepartureShape(serializers.Serializer):
    """One departure; `id` is the `departure` of a basket's line. `state` open: it waits for its group."""

    id = serializers.IntegerField(source="departure.pk")
    starts_at = serializers.DateTimeField(source="departure.starts_at")
    last_day = serializers.DateField(source="departure.last_day")
    cut_off_at = serializers.DateTimeField(source="departure.cut_off_at", help_text="Booked until then.")
    state = serializers.ChoiceField(Departure.State.values, source="departure.state")
    capacity = serializers.IntegerField(source="departure.capacity")
    seats_left = serializers.IntegerField(source="left", help_text="0 when it can no longer be booked.")
    guests_missing = serializers.IntegerField(source="missing", help_text="Until it goes.")
    adult_vnd = serializers.IntegerField(source="departure.adult_vnd")
    child_vnd = serializers.IntegerField(source="departure.child_vnd")
    guide = serializers.CharField(source="departure.guide")
    meeting_point = serializers.CharField(source="departure.meeting_point")


class ToursView(Endpoint, ListAPIView):
    """GET: the tours that can take the guests."""

    serializer_class = TourShape

    class Query(Renaming):
        commune = CommuneCode(required=False)
        from_ = Day(required=False, help_text="The first day of departure; today if left out.")
        to = Day(required=False, help_text="The last day of departure.")
        guests = serializers.IntegerField(default=1, min_value=1, max_value=PARTY_MAX)

        def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
            if "to" in attrs and attrs["to"] < attrs.get("from", timezone.localdate()):
                raise ValidationError({"to": [_("The last day must not be before the first.")]})
            return attrs

    @extend_schema(parameters=[Query])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Tours with a departure that has seats for the guests, the next to go first."""
        return super().get(request, *args, **kwargs)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        query = self.Query(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        tours = tours_going(
            now=timezone.now(),
            persons=asked["guests"],
            first=_start_of(asked["from"]) if "from" in asked else None,
            last=_end_of(asked["to"]) if "to" in asked else None,
            commune_id=asked["commune"].pk if "commune" in asked else None,
        )
        page = self.paginate_queryset(listed_with_pictures(tours))
        assert page is not None, "every list has a paginator"
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class TourView(Endpoint):
    """GET: one tour."""

    class Output(TourFacts):
        description = serializers.CharField(source="product.description")
        description_en = serializers.CharField(source="product.origin.description_en")
        meeting_point = serializers.CharField()
        cut_off_hours = serializers.IntegerField(help_text="Booked until so many hours before.")
        capacity = serializers.IntegerField()
        unit_of_origin = CommuneShape(source="product.origin.unit")
        policy = PolicyShape(source="agreed_policy", allow_null=True)

    @extend_schema(responses=Output)
    def get(self, request: Request, tour_id: int) -> Response:
        """One tour with everything its page says, but for its departures."""
        tour = _tour(tour_id)
        terms = policies.policies_on([tour.policy], on=timezone.localdate()).get(tour.policy)
        tour.agreed_policy = policies.frozen(terms, language=get_language() or "vi") if terms else None
        return Response(self.Output(tour, context={"request": request}).data)


class DeparturesView(Endpoint):
    """GET: the departures of a tour."""

    class Query(Renaming):
        from_ = Day(required=False, help_text="The first day; today if left out.")
        to = Day(required=False, help_text="The last day; 90 days later if left out.")

        def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
            first = attrs.setdefault("from", timezone.localdate())
            last = attrs.setdefault("to", first + timedelta(days=90))
            if last < first:
                raise ValidationError({"to": [_("The last day must not be before the first.")]})
            if (last - first).days > DAYS_MAX:
                raise ValidationError(
                    {"to": [_("Ask for at most %(max)d days at once.") % {"max": DAYS_MAX}]}
                )
            return attrs

    @extend_schema(parameters=[Query], responses=whole_list(DepartureShape))
    def get(self, request: Request, tour_id: int) -> Response:
        """Seats left, prices and cut-off of every departure from `from` to `to`, both included."""
        query = self.Query(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked, now = query.validated_data, timezone.now()
        first, last = _start_of(asked["from"]), _end_of(asked["to"])
        rows: list[Row] = departures_between(_tour(tour_id).pk, first=max(first, now), last=last, now=now)
        shown = DepartureShape(rows, many=True).data
        return Response({"count": len(shown), "next": None, "previous": None, "results": shown})


def _tour(product_id: int) -> Any:
    tours = Tour.objects.filter(product_id=product_id, product__is_public=True)
    tour = listed_with_pictures(tours).first()
    if tour is None:
        raise NotFound(_("There is no tour with this number."))
    return tour


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.max))
