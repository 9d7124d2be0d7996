"""Where goods can be sent."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.delivery.models import PostOffice, Province

from .endpoint import Endpoint
from .pagination import WholePages
from .shapes import CommuneShape


class ProvincesView(Endpoint, ListAPIView):
    """GET: the provinces."""

    class Output(serializers.Serializer):
        code = serializers.CharField()
        name = serializers.CharField()

    serializer_class = Output
    pagination_class = WholePages
    queryset = Province.objects.order_by("name", "code")

    @extend_schema()
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The provinces and cities goods are sent to."""
        return super().get(request, *args, **kwargs)


class PostOfficesView(Endpoint, ListAPIView):
    """GET: the post offices."""

    class Output(serializers.Serializer):
        code = serializers.CharField()
        name = serializers.CharField()
        address = serializers.CharField()
        commune = CommuneShape()

    serializer_class = Output
    pagination_class = WholePages
    queryset = PostOffice.objects.select_related("commune").order_by("commune__name_ascii", "name", "pk")

    @extend_schema()
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The post offices of Điện Biên where a parcel can be collected."""
        return super().get(request, *args, **kwargs)
