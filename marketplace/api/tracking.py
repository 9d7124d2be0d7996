"""Where the parcels of an order are."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.delivery.models import Shipment
from marketplace.delivery.selectors import Track, tracks
from marketplace.sellers.models import SubOrder

from .endpoint import Endpoint
from .orders import KEY, PHONE, check_may_open
from .schema import Problem


class TrackStepShape(serializers.Serializer):
    at = serializers.DateTimeField()
    words = serializers.CharField()
    place = serializers.CharField()


class ParcelShape(serializers.Serializer):
    """The parcel of one part; `promised_on` is the day that was said when it was ordered."""

    number = serializers.CharField()
    state = serializers.ChoiceField(Shipment.State.values)
    promised_on = serializers.DateField(allow_null=True)
    return_on = serializers.DateField(allow_null=True, help_text="Not collected by then, it goes back.")
    steps = TrackStepShape(many=True)


class TrackingView(Endpoint):
    """GET: the parcels of an order."""

    class Output(serializers.Serializer):
        parcels = ParcelShape(many=True)

    @extend_schema(parameters=[KEY, PHONE], responses={200: Output, 429: Problem})
    def get(self, request: Request, number: str) -> Response:
        """When each seller's parcel was promised, where it is, and every time it changed hands.

        Needs what the order itself needs: the buyer's token, `key`, or `X-Order-Phone`. Nights and seats have
        no parcel.
        """
        check_may_open(request, number)
        parts = SubOrder.objects.filter(order__number=number).order_by("number")
        found = tracks([part.pk for part in parts])
        shown = [_parcel(part, found[part.pk]) for part in parts]
        return Response(self.Output({"parcels": [each for each in shown if each is not None]}).data)


def _parcel(part: SubOrder, track: Track) -> dict[str, Any] | None:
    if track.promise is None and track.shipment is None:
        return None
    shipment = track.shipment
    return {
        "number": part.number,
        "state": shipment.state if shipment else Shipment.State.WITH_SELLER,
        "promised_on": track.promise.reaches_on if track.promise else None,
        "return_on": shipment.return_on if shipment else None,
        "steps": track.steps,
    }
