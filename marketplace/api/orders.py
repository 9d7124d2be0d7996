"""An order, for those who may see it: its buyer, or whoever has its secret or knows its phone number."""

from __future__ import annotations

import secrets
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from oscar.core.loading import get_model
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts.errors import InvalidPhone
from marketplace.accounts.phones import to_e164
from marketplace.delivery.models import Destination
from marketplace.fulfilment import services as fulfilment
from marketplace.fulfilment.models import Placement
from marketplace.sellers.models import SubOrder
from marketplace.shop.order import selectors
from payments.models import Intent

from .endpoint import Endpoint
from .idempotency import idempotent
from .payments import PaymentShape, payment_data
from .schema import Problem
from .shapes import CommuneShape, NightsShape, SeatsShape, SellerShape
from .tries import limited

Order = get_model("order", "Order")

WRONG_PHONES_PER_HOUR = 10

KEY = OpenApiParameter("key", OpenApiTypes.STR, description="The `order_key` of the checkout.")
PHONE = OpenApiParameter(
    "X-Order-Phone",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The phone number the order was placed with, in any spelling.",
)


class DestinationShape(serializers.Serializer):
    method = serializers.ChoiceField(Destination.Method.values)
    province = serializers.CharField(source="province.name")
    commune = CommuneShape(allow_null=True)
    detail = serializers.CharField()
    post_office = serializers.CharField(source="post_office.name", default=None, allow_null=True)


class OrderPart(serializers.Serializer):
    """One seller's part of the order."""

    number = serializers.CharField()
    status = serializers.ChoiceField(SubOrder.Status.values)
    seller = SellerShape()
    lines_total_vnd = serializers.IntegerField(source="lines_vnd")
    delivery_vnd = serializers.IntegerField()
    total_vnd = serializers.IntegerField()


class WeighingShape(serializers.Serializer):
    """Of what is paid by weight. `weight_g` and `price_vnd` are null until it is weighed."""

    estimate_g = serializers.IntegerField()
    ceiling_g = serializers.IntegerField()
    estimate_vnd = serializers.IntegerField(help_text="Paid with the order.")
    ceiling_vnd = serializers.IntegerField(help_text="What the line costs at most.")
    weight_g = serializers.IntegerField(allow_null=True)
    price_vnd = serializers.IntegerField(allow_null=True)


class AwaitedHarvestShape(serializers.Serializer):
    """Of what was ordered before its harvest. `missing` is what the harvest did not give; it is paid back."""

    starts_on = serializers.DateField(source="harvest.starts_on")
    ends_on = serializers.DateField(source="harvest.ends_on")
    missing = serializers.IntegerField()


class OrderedLine(serializers.Serializer):
    """`product` is the produce or the stay, null once it is gone; `room` the kind of room, for nights."""

    suborder = serializers.CharField()
    product = serializers.IntegerField(allow_null=True)
    title = serializers.CharField()
    room = serializers.CharField(allow_null=True)
    quantity = serializers.IntegerField()
    total_vnd = serializers.IntegerField()
    nights = NightsShape(allow_null=True)
    seats = SeatsShape(allow_null=True)
    weighing = WeighingShape(allow_null=True)
    harvest = AwaitedHarvestShape(allow_null=True)


def line_data(suborder: str, row: selectors.OrderLine) -> dict[str, Any]:
    """What an OrderedLine shows."""
    stay = row.product if row.booking else None
    return {
        "suborder": suborder,
        "product": row.product.pk if row.product else None,
        "title": stay.title if stay else row.line.title,
        "room": row.line.title if row.booking else None,
        "quantity": row.line.quantity,
        "total_vnd": row.total_vnd,
        "nights": row.booking,
        "seats": row.seats,
        "weighing": row.weight,
        "harvest": row.preorder,
    }


class OrderShape(serializers.Serializer):
    """An order. `lines_total_vnd` + `delivery_vnd` = `total_vnd` = the payment's amount.

    Of what is paid by weight, the lines' total is what it costs at most; its estimate is paid first.
    """

    number = serializers.CharField()
    status = serializers.CharField(help_text="awaiting-payment, on-handover, paid, cancelled or refunded.")
    placed_at = serializers.DateTimeField()
    hold_expires_at = serializers.DateTimeField(help_text="Unpaid, everything is free again after that.")
    name = serializers.CharField()
    destination = DestinationShape(allow_null=True)
    lines_total_vnd = serializers.IntegerField()
    delivery_vnd = serializers.IntegerField()
    total_vnd = serializers.IntegerField()
    balance_vnd = serializers.IntegerField(help_text="Still to be paid, once a deposit has come.")
    balance_due_on = serializers.DateField(allow_null=True)
    suborders = OrderPart(many=True)
    lines = OrderedLine(many=True)
    payment = PaymentShape()


def _order_data(number: str) -> dict[str, Any]:
    page = selectors.order_page(number)
    order, placement = page.order, page.order.placement
    shown = {
        "number": order.number,
        "status": order.status,
        "placed_at": order.date_placed,
        "hold_expires_at": placement.hold_expires_at,
        "name": placement.name,
        "destination": getattr(order, "destination", None),
        "lines_total_vnd": page.lines_vnd,
        "delivery_vnd": page.delivery_vnd,
        "total_vnd": page.total_vnd,
        "balance_vnd": page.balance_vnd,
        "balance_due_on": page.balance_due_on,
        "suborders": [part.suborder for part in page.parts],
        "lines": [line_data(part.suborder.number, row) for part in page.parts for row in part.lines],
        "payment": payment_data(placement.payment_id, Intent.objects.filter(pk=placement.payment_id).first()),
    }
    return OrderShape(shown).data


class OrderView(Endpoint):
    """GET: the order, for those who may see it; for others it does not exist."""

    @extend_schema(parameters=[KEY, PHONE], responses={200: OrderShape, 429: Problem})
    def get(self, request: Request, number: str) -> Response:
        """The order with its parts by seller, its lines and its payment.

        Needs the buyer's token, or `key`, or the order's phone number in `X-Order-Phone`.
        """
        check_may_open(request, number)
        return Response(_order_data(number))


class OrderCancelView(Endpoint):
    """POST: cancel the order."""

    @idempotent()
    @extend_schema(
        parameters=[KEY, PHONE], request=None, responses={200: OrderShape, 409: Problem, 429: Problem}
    )
    def post(self, request: Request, number: str) -> Response:
        """Unpaid, everything is freed; paid, everything is refunded, until a stay begins. May be repeated."""
        check_may_open(request, number)
        fulfilment.cancel(number=number, now=timezone.now())
        return Response(_order_data(number))


def check_may_open(request: Request, number: str) -> None:
    """Raise NotFound unless the caller may see the order; Throttled after too many wrong phone numbers."""
    placement = Placement.objects.select_related("order").filter(order__number=number).first()
    if placement is not None and _is_the_buyer(request, placement):
        return
    refused = _WrongPhone(
        _("There is no such order, or it takes its key, its phone number or its buyer's token to see it.")
    )
    if "X-Order-Phone" not in request.headers:
        raise refused
    with limited(f"phone-of-{number}", most=WRONG_PHONES_PER_HOUR, refusal=_WrongPhone):
        if placement is None or not _has_the_phone(request, placement):
            raise refused


class _WrongPhone(NotFound):
    pass


def _is_the_buyer(request: Request, placement: Placement) -> bool:
    key = request.query_params.get("key", "")
    if secrets.compare_digest(key.encode(), placement.secret.encode()):
        return True
    return bool(request.user.is_authenticated and placement.order.user_id == request.user.pk)


def _has_the_phone(request: Request, placement: Placement) -> bool:
    try:
        return to_e164(request.headers["X-Order-Phone"]) == str(placement.phone)
    except InvalidPhone:
        return False
