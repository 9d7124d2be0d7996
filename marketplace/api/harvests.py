"""Harvests and lots by other programmes: a co-operative's field book. Services and rules are the pages'."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agriculture.harvests import services
from agriculture.harvests.models import Harvest
from agriculture.harvests.services import FORECAST_MAX, LOT_MAX_G, SHELF_LIFE_MAX_DAYS

from .fields import Day, Id, WholeNumber
from .listing import SellerEndpoint
from .schema import Problem


class NewHarvest(serializers.Serializer):
    """A harvest to come, in the unit its product is sold by. ``id`` is made by the caller."""

    id = serializers.UUIDField()
    product = Id()
    opens_on = Day(required=False, allow_null=True, help_text="From when it may be ordered beforehand.")
    starts_on = Day()
    ends_on = Day()
    forecast = WholeNumber(min_value=1, max_value=FORECAST_MAX)


class HarvestShape(serializers.Serializer):
    id = serializers.UUIDField()
    product = serializers.IntegerField(source="product_id")
    opens_on = serializers.DateField(allow_null=True)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    forecast = serializers.IntegerField()
    actual = serializers.IntegerField(allow_null=True, help_text="What it gave; null before it is known.")


class Actual(serializers.Serializer):
    actual = WholeNumber(min_value=0, max_value=FORECAST_MAX)


class NewLot(serializers.Serializer):
    """What was brought in of a product on a day; the same again within a minute is the same lot."""

    product = Id()
    harvest = serializers.UUIDField(required=False)
    harvested_on = Day()
    quantity_g = WholeNumber(min_value=1, max_value=LOT_MAX_G)
    shelf_life_days = WholeNumber(required=False, min_value=1, max_value=SHELF_LIFE_MAX_DAYS)


class LotShape(serializers.Serializer):
    code = serializers.CharField(help_text="On every pack: its page is /t/{code}/.")
    product = serializers.IntegerField(source="product_id")
    harvest = serializers.UUIDField(source="harvest_id", allow_null=True)
    harvested_on = serializers.DateField()
    quantity_g = serializers.IntegerField()
    expires_on = serializers.DateField(allow_null=True)


class HarvestsView(SellerEndpoint):
    """POST: announce a harvest."""

    @extend_schema(
        request=NewHarvest, responses={201: HarvestShape, 400: Problem, 404: Problem, 409: Problem}
    )
    def post(self, request: Request) -> Response:
        """Announce a harvest of something you sell; from `opens_on` it may be ordered beforehand."""
        said = _read(NewHarvest, request)
        product = self.ware(said.pop("product")).product
        facts = {"seller": product.origin.seller, "by": self.by, "now": timezone.now()}
        opens_on = said.pop("opens_on", None)
        harvest = services.open_harvest(
            product=product, harvest_id=said.pop("id"), opens_on=opens_on, **facts, **said
        )
        return Response(HarvestShape(harvest).data, status=201)


class HarvestView(SellerEndpoint):
    """PATCH: write down what a harvest gave."""

    @extend_schema(request=Actual, responses={200: HarvestShape, 400: Problem, 404: Problem, 409: Problem})
    def patch(self, request: Request, harvest_id: UUID) -> Response:
        """Write down what a harvest gave, once: who ordered first gets it first. Repeats change nothing."""
        harvest = get_object_or_404(Harvest, pk=harvest_id, seller__in=self.sellers)
        said = _read(Actual, request)
        return Response(
            HarvestShape(services.record_actual(harvest=harvest, by=self.by, now=timezone.now(), **said)).data
        )


class LotsView(SellerEndpoint):
    """POST: write down a lot."""

    @extend_schema(request=NewLot, responses={201: LotShape, 400: Problem, 404: Problem, 409: Problem})
    def post(self, request: Request) -> Response:
        """Write down what was brought in; the answer has the code that its packs bear."""
        said = _read(NewLot, request)
        product = self.ware(said.pop("product")).product
        harvest = None
        if harvest_id := said.pop("harvest", None):
            harvest = get_object_or_404(Harvest, pk=harvest_id, seller__in=self.sellers)
        facts = {"seller": product.origin.seller, "by": self.by, "now": timezone.now()}
        lot = services.open_lot(product=product, harvest=harvest, **facts, **said)
        return Response(LotShape(lot).data, status=201)


def _read(shape: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """Return what a body says. Raises ValidationError."""
    body = shape(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)
