"""What a seller's members see: the paid parts of orders that are theirs, and nothing of anybody else's."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import ListAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.sellers import selectors
from marketplace.sellers.models import Seller, SubOrder
from payments.money import to_vnd

from .endpoint import Endpoint
from .orders import DestinationShape
from .shapes import NightsShape, SeatsShape, SellerShape


class SoldLine(serializers.Serializer):
    product = serializers.IntegerField(source="product_id", allow_null=True)
    title = serializers.CharField()
    quantity = serializers.IntegerField()
    total_vnd = serializers.SerializerMethodField()
    nights = NightsShape(source="booking", default=None, allow_null=True)
    seats = SeatsShape(default=None, allow_null=True)

    def get_total_vnd(self, line: Any) -> int:
        return to_vnd(line.line_price_incl_tax)


class SoldPart(serializers.Serializer):
    """A paid part of an order: what to prepare, for whom, and where it goes (null for nights alone)."""

    number = serializers.CharField()
    status = serializers.ChoiceField(SubOrder.Status.values)
    seller = SellerShape()
    placed_at = serializers.DateTimeField()
    paid_at = serializers.DateTimeField(allow_null=True)
    name = serializers.CharField(source="order.placement.name")
    phone = serializers.CharField(source="order.placement.phone")
    destination = serializers.SerializerMethodField()
    lines_total_vnd = serializers.IntegerField(source="lines_vnd", help_text="The seller's money.")
    delivery_vnd = serializers.IntegerField(help_text="The carrier's money.")
    lines = serializers.SerializerMethodField()

    @extend_schema_field(DestinationShape(allow_null=True))
    def get_destination(self, part: SubOrder) -> dict[str, Any] | None:
        destination = getattr(part.order, "destination", None)
        return DestinationShape(destination).data if part.delivery_vnd and destination else None

    @extend_schema_field(SoldLine(many=True))
    def get_lines(self, part: Any) -> list[dict[str, Any]]:
        own = [line for line in part.order.own_lines if line.partner_id == part.seller.partner_id]
        return SoldLine(own, many=True).data  # type: ignore[return-value]


class SellOrdersView(Endpoint, ListAPIView):
    """GET: the paid parts of orders of the sellers the caller acts for."""

    permission_classes = (IsAuthenticated,)
    serializer_class = SoldPart

    @extend_schema()
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Your sellers' own parts of paid orders, newest first."""
        return super().get(request, *args, **kwargs)

    @cached_property
    def sellers(self) -> list[Seller]:
        return list(selectors.sellers_of(self.request.user))  # type: ignore[arg-type]

    def get_queryset(self) -> QuerySet[SubOrder]:
        if not self.sellers:
            raise PermissionDenied(_("You act for no seller. Ask one of its members to add you."))
        return selectors.suborders_of(self.sellers)
