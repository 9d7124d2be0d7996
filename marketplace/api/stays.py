"""Where one can sleep, and on which nights something is free."""

from __future__ import annotations

from datetime import date, timedelta
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
from tourism.add_ons import offered_by
from tourism.models import AddOn, RoomType, Stay
from tourism.selectors import NIGHTS_MAX, Offer, free_offers, listed, nights_of, rooms_of, usual_offers

from .endpoint import Endpoint
from .fields import Clock, CommuneCode, Day
from .pictures import Picture, listed_with_pictures
from .schema import whole_list
from .shapes import CommuneShape, Renaming, SellerShape

GUESTS_MAX = 60
DAYS_MAX = 366


class OfferShape(serializers.Serializer):
    """The cheapest way for the guests to sleep there: `rooms` rooms of one type.

    `price_vnd` is what one of them usually costs a night, `total_vnd` what all cost on the nights asked
    about.
    """

    room_type = serializers.IntegerField(source="room_type_id")
    kind = serializers.ChoiceField(RoomType.Kind.values)
    rooms = serializers.IntegerField()
    price_vnd = serializers.IntegerField()
    total_vnd = serializers.IntegerField(allow_null=True)


class StayFacts(serializers.Serializer):
    id = serializers.IntegerField(source="product_id")
    title = serializers.CharField(source="product.title")
    title_en = serializers.CharField(source="product.origin.name_en")
    url = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(Stay.Kind.values)
    village = serializers.CharField()
    hosts = serializers.CharField(help_text="The people of the house, such as Thái.")
    capacity = serializers.IntegerField(help_text="Guests it takes when it is empty.")
    meal_price_vnd = serializers.IntegerField(allow_null=True)
    seller = SellerShape(source="product.origin.seller")
    commune = CommuneShape(source="product.origin.commune")
    pictures = Picture(source="product.images.all", many=True)

    def get_url(self, stay: Stay) -> str:
        return self.context["request"].build_absolute_uri(stay.product.get_absolute_url())


class StayShape(StayFacts):
    offer = OfferShape()


class RoomTypeShape(serializers.Serializer):
    """Rooms of one kind; `id` is the `room_type` of a basket's line."""

    id = serializers.IntegerField(source="pk")
    title = serializers.CharField(source="product.title")
    kind = serializers.ChoiceField(RoomType.Kind.values)
    sleeps = serializers.IntegerField(help_text="Guests a room.")
    rooms = serializers.IntegerField(help_text="Rooms of this kind.")
    price_vnd = serializers.IntegerField(help_text="One room, one night, as a rule.")


class NightShape(serializers.Serializer):
    night_on = serializers.DateField(help_text="The evening of arrival.")
    left = serializers.IntegerField(help_text="Rooms free.")
    price_vnd = serializers.IntegerField(help_text="One room.")


class RoomNights(RoomTypeShape):
    """A room type with its nights on sale; nights that are not on sale are absent."""

    nights = NightShape(many=True, source="nights_shown")


class StaysView(Endpoint, ListAPIView):
    """GET: the stays that can take the guests."""

    serializer_class = StayShape

    class Query(Renaming):
        commune = CommuneCode(required=False)
        from_ = Day(required=False, help_text="The day of arrival, and only together with `to`.")
        to = Day(required=False, help_text="The day of leaving: the night before it is the last.")
        guests = serializers.IntegerField(default=1, min_value=1, max_value=GUESTS_MAX)

        def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
            if ("from" in attrs) != ("to" in attrs):
                missing = "to" if "from" in attrs else "from"
                raise ValidationError({missing: [_("Give both days, or neither.")]})
            if "from" in attrs:
                check_days(attrs["from"], attrs["to"], days_max=NIGHTS_MAX)
            return attrs

    @extend_schema(parameters=[Query])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """With both days the stays that have enough rooms of one type free on every night; cheapest first."""
        return super().get(request, *args, **kwargs)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        query = self.Query(data=request.query_params)
        query.is_valid(raise_exception=True)
        page = self.paginate_queryset(_offers(query.validated_data))
        assert page is not None, "every list has a paginator"
        found: dict[int, Any] = {
            stay.pk: stay for stay in listed_with_pictures(listed([offer.stay_id for offer in page]))
        }
        for offer in page:
            found[offer.stay_id].offer = offer
        rows = [found[offer.stay_id] for offer in page]
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)


def _offers(asked: dict[str, Any]) -> list[Offer]:
    commune_id = asked["commune"].pk if "commune" in asked else None
    if "from" not in asked:
        return usual_offers(guests=asked["guests"], commune_id=commune_id)
    return free_offers(
        first_night=asked["from"],
        leaves_on=asked["to"],
        guests=asked["guests"],
        commune_id=commune_id,
        now=timezone.now(),
    )


class AddOnShape(serializers.Serializer):
    """A meal or something else beside the bed; `id` is the `add_on` of a basket's line."""

    id = serializers.IntegerField(source="pk")
    kind = serializers.ChoiceField(AddOn.Kind.values)
    per = serializers.ChoiceField(AddOn.Per.values)
    name = serializers.CharField()
    name_en = serializers.CharField()
    price_vnd = serializers.IntegerField()


class StepShape(serializers.Serializer):
    hours_before = serializers.IntegerField(help_text="Before check-in.")
    refund_percent = serializers.IntegerField(help_text="Of what was paid.")


class PolicyShape(serializers.Serializer):
    """What goes back to a guest who cancels: by the first step that is kept; after the last, nothing."""

    code = serializers.CharField()
    name = serializers.CharField()
    text = serializers.CharField()
    steps = StepShape(many=True)


class StayView(Endpoint):
    """GET: one stay with its room types."""

    class Output(StayFacts):
        description = serializers.CharField(source="product.description")
        description_en = serializers.CharField(source="product.origin.description_en")
        check_in_from = Clock()
        check_out_until = Clock()
        children_until = serializers.IntegerField(help_text="Years of age.")
        child_percent = serializers.IntegerField(help_text="Of a sleeping place and of meals.")
        deposit_percent = serializers.IntegerField(help_text="Paid with the order.")
        policy = PolicyShape(source="agreed_policy")
        add_ons = AddOnShape(many=True, source="offered")
        unit_of_origin = CommuneShape(source="product.origin.unit")
        room_types = RoomTypeShape(many=True, source="rooms_by_price")

    @extend_schema(responses=Output)
    def get(self, request: Request, stay_id: int) -> Response:
        """One stay with everything its page says, but for its nights."""
        stay = _stay(stay_id)
        stay.rooms_by_price = rooms_of(stay.pk)
        stay.offered = offered_by(stay.pk)
        policy = policies.policy_on(stay.policy, on=timezone.localdate())
        stay.agreed_policy = policies.frozen(policy, language=get_language() or "vi")
        return Response(self.Output(stay, context={"request": request}).data)


class NightsView(Endpoint):
    """GET: the nights of a stay."""

    class Query(Renaming):
        from_ = Day(help_text="The first night.")
        to = Day(help_text="The day of leaving: the night before it is the last.")

        def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
            check_days(attrs["from"], attrs["to"], days_max=DAYS_MAX)
            return attrs

    @extend_schema(parameters=[Query], responses=whole_list(RoomNights))
    def get(self, request: Request, stay_id: int) -> Response:
        """Rooms free and the price of one, for every room type and night on sale from `from` until `to`."""
        query = self.Query(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked, stay = query.validated_data, _stay(stay_id)
        rooms: dict[int, Any] = {room.pk: room for room in rooms_of(stay.pk)}
        for room in rooms.values():
            room.nights_shown = []
        for night in nights_of(stay.pk, (asked["from"], asked["to"] - timedelta(days=1))):
            rooms[night.room_type_id].nights_shown.append(night)
        rows = RoomNights(list(rooms.values()), many=True).data
        return Response({"count": len(rows), "next": None, "previous": None, "results": rows})


def check_days(first_night: date, leaves_on: date, *, days_max: int) -> None:
    """Raise ValidationError unless one can sleep from the one day to the other."""
    if first_night < timezone.localdate():
        raise ValidationError({"from": [_("This day is already over. Choose today or later.")]})
    if leaves_on <= first_night:
        raise ValidationError({"to": [_("The day of leaving must be after the first night.")]})
    if (leaves_on - first_night).days > days_max:
        raise ValidationError({"to": [_("Ask for at most %(max)d nights at once.") % {"max": days_max}]})


def _stay(product_id: int) -> Any:
    ids = Stay.objects.filter(product_id=product_id, product__is_public=True).values_list("pk", flat=True)
    stay = listed_with_pictures(listed(list(ids))).first()
    if stay is None:
        raise NotFound(_("There is no stay with this number."))
    return stay
