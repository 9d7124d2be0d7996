"""Packing by other programmes: scales that speak, a co-operative's own app. The same acts as the pages'."""

from __future__ import annotations

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts.models import User
from marketplace.packing import services as packing
from marketplace.packing.forms import WEIGHT_MAX_G
from marketplace.packing.models import PackingAct, Preparation
from marketplace.packing.selectors import work
from marketplace.sellers.models import Mandate
from marketplace.sellers.selectors import sellers_of

from .endpoint import Endpoint
from .schema import Problem


class ActShape(serializers.Serializer):
    """One act. ``id`` is made by the caller: sent again, the act is noted once."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(PackingAct.Kind.values)
    line = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    weight_g = serializers.IntegerField(required=False, min_value=1, max_value=WEIGHT_MAX_G)
    lot = serializers.IntegerField(required=False, min_value=1, max_value=2**62)
    happened_at = serializers.DateTimeField(help_text="By the caller's clock, at most seven days ago.")

    def validate(self, attrs: dict) -> dict:
        is_of_line = attrs["kind"] in PackingAct.OF_LINES
        if is_of_line != ("line" in attrs):
            raise serializers.ValidationError(
                {"line": _("A line for pack, unpack and weigh, and for no other.")}
            )
        if (attrs["kind"] == PackingAct.Kind.WEIGH) != ("weight_g" in attrs):
            raise serializers.ValidationError({"weight_g": _("A weight for weigh, and for no other.")})
        return attrs


class NotedShape(serializers.Serializer):
    noted = serializers.BooleanField()
    repeated = serializers.BooleanField(help_text="It was noted before: nothing changed now.")
    state = serializers.CharField(help_text="new, accepted, ready or declined")


class ActView(Endpoint):
    """POST: one act about a part of an order that the caller may prepare."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=ActShape, responses={200: NotedShape, 404: Problem, 409: Problem})
    def post(self, request: Request, number: str) -> Response:
        """Accept a part, tick or weigh a line of it, or say that it is ready. May be repeated."""
        assert isinstance(request.user, User)
        sellers = list(sellers_of(request.user.pk, scope=Mandate.Scope.ORDERS))
        if not sellers:
            raise PermissionDenied(_("You act for no seller. Ask one of its members to add you."))
        now = timezone.now()
        found = work.work_of(sellers, number, today=timezone.localdate(now))
        if found is None:
            raise Http404
        shape = ActShape(data=request.data)
        shape.is_valid(raise_exception=True)
        said = shape.validated_data
        act = packing.Act(
            id=said["id"],
            kind=said["kind"],
            happened_at=said["happened_at"],
            line_id=said.get("line"),
            weight_g=said.get("weight_g"),
            lot_id=said.get("lot"),
        )
        noted = packing.note(act, part=found.part, by=request.user, now=now)
        state = Preparation.objects.get(part=found.part).state
        return Response({"noted": True, "repeated": noted.is_repeated, "state": state})
