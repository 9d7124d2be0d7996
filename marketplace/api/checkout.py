"""From a basket to an order that waits for its payment."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.delivery.models import Destination
from marketplace.delivery.services import HOME_PROVINCE, Wish
from marketplace.errors import BasketClosed, Invalid
from marketplace.shop.basket.models import Basket
from marketplace.shop.checkout import services
from payments import providers
from payments.money import to_vnd

from .baskets import basket_of
from .endpoint import Endpoint
from .fields import Phone, Text, WholeNumber
from .idempotency import idempotent
from .payments import PaymentShape, payment_data
from .schema import Problem

VND_MAX = 10**12


class Delivery(serializers.Serializer):
    """Where goods go: to the door (`detail`, and `commune` within the province) or to a `post_office`."""

    method = serializers.ChoiceField(Destination.Method.values)
    province = Text(
        max_length=2, default=HOME_PROVINCE, help_text="A code of delivery/provinces/; Điện Biên if left out."
    )
    commune = Text(max_length=5, default="", allow_blank=True, help_text="The code of a commune of today.")
    detail = Text(max_length=200, default="", allow_blank=True, help_text="Hamlet, house, landmark.")
    post_office = Text(
        max_length=6, default="", allow_blank=True, help_text="A code of delivery/post-offices/."
    )
    written = Text(
        max_length=200,
        default="",
        allow_blank=True,
        help_text="Instead of province, commune and detail: the address in one line, old names welcome.",
    )
    postal_code = Text(max_length=10, default="", allow_blank=True, help_text="Five digits, if known.")


def _wish(delivery: dict[str, Any] | None) -> Wish | None:
    if delivery is None:
        return None
    return Wish(
        method=delivery["method"],
        province_code=delivery["province"],
        commune_code=delivery["commune"],
        detail=delivery["detail"],
        post_office_code=delivery["post_office"],
        postal_code=delivery["postal_code"],
        written=delivery["written"],
    )


class OfferView(Endpoint):
    """GET: what ordering the basket would cost, delivery included."""

    class Output(serializers.Serializer):
        lines_total_vnd = serializers.IntegerField()
        delivery_vnd = serializers.IntegerField()
        total_vnd = serializers.IntegerField()
        due_now_vnd = serializers.IntegerField(help_text="Paid with the order: the total, or a deposit.")
        balance_due_on = serializers.DateField(allow_null=True)
        providers = serializers.ListField(child=serializers.CharField())
        days = serializers.IntegerField(help_text="On the way; 0 where nothing is sent.")
        reaches_on = serializers.DateField(
            allow_null=True, help_text="The day on which the last of the goods arrive, at the earliest."
        )

    @extend_schema(parameters=[Delivery], responses={200: Output, 409: Problem})
    def get(self, request: Request, basket_id: str) -> Response:
        """The total to agree to (`agreed_total_vnd` of the checkout) for this destination."""
        basket = basket_of(basket_id)
        if basket.status != Basket.OPEN:
            raise BasketClosed
        delivery = Delivery(data=request.query_params.dict())
        delivery.is_valid(raise_exception=True)
        offer = services.make_offer(basket=basket, wish=_wish(delivery.validated_data), now=timezone.now())
        shown = {
            "lines_total_vnd": offer.summary.lines_vnd,
            "delivery_vnd": offer.delivery_vnd,
            "total_vnd": offer.total_vnd,
            "due_now_vnd": offer.due_now_vnd,
            "balance_due_on": offer.balance_due_on,
            "providers": [code for code, _label in offer.ways_to_pay],
            "days": offer.days,
            "reaches_on": offer.reaches_on,
        }
        return Response(self.Output(shown).data)


class CheckoutView(Endpoint):
    """POST: order what is in the basket and ask for the money."""

    class Input(serializers.Serializer):
        phone = Phone(help_text="The buyer's number: the carrier and the host call it.")
        name = Text(max_length=120)
        delivery = Delivery(required=False, help_text="Not needed for nights alone.")
        provider = serializers.ChoiceField(
            [], help_text="How to pay. GET offer/ says which of them this basket allows."
        )
        msisdn = Phone(required=False, help_text="The number of the wallet that pays; only wallets need it.")
        agreed_total_vnd = WholeNumber(
            required=False,
            min_value=0,
            max_value=VND_MAX,
            help_text="The total you saw: if it is another one now, nothing is ordered.",
        )

        def get_fields(self) -> dict[str, Any]:
            fields: dict[str, Any] = super().get_fields()
            fields["provider"].choices = [code for code, _ in providers.available()]
            return fields

    class Output(serializers.Serializer):
        order_number = serializers.CharField()
        order_key = serializers.CharField(help_text="Opens the order to whoever has it: `?key=`.")
        total_vnd = serializers.IntegerField()
        due_now_vnd = serializers.IntegerField(help_text="What is asked for now: the total, or a deposit.")
        hold_expires_at = serializers.DateTimeField(help_text="Everything is held for you until then.")
        payment = PaymentShape()

    # Not one transaction: the order must stand before the wallet's operator is asked. Repeats are harmless
    # all the same, with a key or without: a basket becomes one order, and that order has one payment.
    @idempotent(atomic=False)
    @extend_schema(request=Input, responses={201: Output, 409: Problem})
    def post(self, request: Request, basket_id: str) -> Response:
        """Place the order. Goods and nights are held while the payer confirms on the phone.

        The same basket again gives the same order, so a lost answer is fetched by asking once more.
        """
        wanted = self.Input(data=request.data)
        wanted.is_valid(raise_exception=True)
        asked, user = wanted.validated_data, request.user if request.user.is_authenticated else None
        try:
            placed = services.check_out(
                basket=basket_of(basket_id),
                buyer=services.Buyer(asked["phone"], asked["name"], user),
                wish=_wish(asked.get("delivery")),
                provider=asked["provider"],
                payer=asked.get("msisdn", ""),
                agreed_total_vnd=asked.get("agreed_total_vnd"),
                now=timezone.now(),
            )
        except Invalid as error:
            if error.field not in Delivery().fields:
                raise
            raise ValidationError({"delivery": {error.field: [str(error)]}}) from error
        placement = placed.order.placement
        shown = {
            "order_number": placed.order.number,
            "order_key": placement.secret,
            "total_vnd": to_vnd(placed.order.total_incl_tax),
            "due_now_vnd": placed.intent.amount_vnd,
            "hold_expires_at": placement.hold_expires_at,
            "payment": payment_data(placed.intent.pk, placed.intent),
        }
        return Response(self.Output(shown).data, status=201)
