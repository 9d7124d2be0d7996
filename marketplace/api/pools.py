"""Goods that go on the road only if enough people order them together."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.regulars.selectors.pools import open_pools

from .endpoint import Endpoint
from .shapes import CommuneShape, SellerShape


class PoolShape(serializers.Serializer):
    """One pooled order. `product` goes into a basket as any other; `price_vnd` is paid with the order."""

    id = serializers.IntegerField(source="pool.pk")
    product = serializers.IntegerField(source="pool.product_id")
    title = serializers.CharField(source="pool.base.title")
    price_vnd = serializers.IntegerField(help_text="Of one pack, paid now.")
    full_vnd = serializers.IntegerField(help_text="Of one pack when it is full: the difference comes back.")
    weight_g = serializers.IntegerField(source="produce.weight_g", help_text="Of one pack.")
    target_g = serializers.IntegerField(source="pool.target_g", help_text="Less, and all money comes back.")
    paid_g = serializers.IntegerField()
    packs_left = serializers.IntegerField(source="left_packs")
    closes_at = serializers.DateTimeField(source="pool.closes_at")
    leaves_on = serializers.DateField(source="pool.leaves_on")
    seller = SellerShape(source="pool.seller")
    commune = CommuneShape(source="pool.product.origin.commune")


class PoolsView(Endpoint, ListAPIView):
    """GET: the pooled orders that can be joined."""

    serializer_class = PoolShape

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Pooled orders that can be joined, the first to close first."""
        return super().get(request, *args, **kwargs)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(open_pools(now=timezone.now()))
        assert page is not None, "every list has a paginator"
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
