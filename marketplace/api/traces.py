"""Where the thing in a pack comes from, by the code on it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from agriculture.trace import selectors

from .endpoint import Endpoint
from .shapes import CertificateShape, CommuneShape, SellerShape


class TraceLotShape(serializers.Serializer):
    code = serializers.CharField()
    harvested_on = serializers.DateField()
    expires_on = serializers.DateField(allow_null=True)


class TraceStepShape(serializers.Serializer):
    """One time it changed hands. `place` is a post office, or empty."""

    at = serializers.DateTimeField()
    what = serializers.CharField(source="words")
    place = serializers.CharField()


class TraceShape(serializers.Serializer):
    code = serializers.CharField()
    product = serializers.IntegerField(source="product.pk")
    title = serializers.CharField(source="product.title")
    seller = SellerShape()
    hamlet = serializers.CharField(help_text="Empty unless the seller lets it be shown.")
    commune = CommuneShape(source="origin.commune")
    unit_of_origin = CommuneShape(source="origin.unit")
    lots = TraceLotShape(many=True)
    packed_at = serializers.DateTimeField(allow_null=True)
    best_before = serializers.DateField(allow_null=True)
    certificates = CertificateShape(source="badges", many=True)
    steps = TraceStepShape(many=True)


class TraceView(Endpoint):
    """GET: what everybody may know who holds the pack."""

    authentication_classes: tuple[Any, ...] = ()

    @extend_schema(responses=TraceShape)
    def get(self, request: Request, code: str) -> Response:
        """Who grew what is in a pack, when, and how it came: by the code of the pack or of the lot."""
        found = selectors.trace(code, today=timezone.localdate())
        if found is None:
            raise NotFound(_("Nobody here gave out this code. Look at the label once more."))
        return Response(TraceShape(found).data)
