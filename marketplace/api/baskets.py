"""Filling a basket. Its id cannot be guessed, and is the permission to fill it and to order it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core import signing
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.errors import Invalid
from marketplace.shop.basket import selectors, services
from marketplace.shop.basket.models import Basket, Line
from marketplace.shop.basket.seats import add_seats
from payments.compiled import compiled
from tourism.add_ons import PIECES_MAX
from tourism.rules import NIGHTS_MAX
from tourism.tours.seats import PARTY_MAX

from .endpoint import Endpoint
from .errors import NOT_OF_A_FIELD
from .fields import Day, Id, WholeNumber
from .idempotency import idempotent
from .shapes import NightsShape, SeatsShape, SellerShape

_THINGS = ("product", "room_type", "departure")  # what a line may be about
_signer = signing.Signer(sep=".", salt="api.basket")


def id_of(basket: Basket) -> str:
    """Return the basket's id for the outside: its number, signed. Always the same for the same basket."""
    return _signer.sign(str(basket.pk))


def basket_of(basket_id: str) -> Basket:
    """Return the basket with this outside id. Raises NotFound."""
    no_such = NotFound(_("There is no basket with this id."))
    try:
        found = _baskets(int(_signer.unsign(basket_id)))
    except signing.BadSignature as error:
        raise no_such from error
    if not found:
        raise no_such
    return found[0]


@compiled
def _baskets(pk: int) -> QuerySet[Basket]:
    return Basket.objects.filter(pk=pk)


class BasketLine(serializers.Serializer):
    """`product` is the produce, or the stay the room is in. `problem` says why it cannot be ordered now."""

    id = serializers.IntegerField(source="line.pk")
    product = serializers.IntegerField(source="product.pk")
    title = serializers.CharField(source="product.title")
    seller = SellerShape(source="origin.seller")
    quantity = serializers.IntegerField()
    unit_vnd = serializers.IntegerField()
    total_vnd = serializers.IntegerField()
    nights = NightsShape(source="*", allow_null=True)
    seats = SeatsShape(source="*", allow_null=True)
    problem = serializers.SerializerMethodField()

    def get_problem(self, row: selectors.SummaryLine) -> str | None:
        return row.problem or None


class BasketsView(Endpoint):
    """POST: a new basket, without anything to say about it."""

    class Output(serializers.Serializer):
        id = serializers.CharField()

    @idempotent()
    @extend_schema(request=None, responses={201: Output})
    def post(self, request: Request) -> Response:
        """An empty basket. Keep its `id`: whoever has it can fill and order the basket."""
        return Response(self.Output({"id": id_of(Basket.objects.create())}).data, status=201)


class BasketView(Endpoint):
    """GET: what is in the basket, at today's prices."""

    class Output(serializers.Serializer):
        id = serializers.CharField()
        status = serializers.ChoiceField(["open", "ordered"])
        lines = BasketLine(many=True)
        lines_total_vnd = serializers.IntegerField(help_text="Without delivery.")
        needs_delivery = serializers.BooleanField(help_text="False for nights alone.")

    @extend_schema(responses=Output)
    def get(self, request: Request, basket_id: str) -> Response:
        """What is in the basket, what it costs now, and what stands in the way of ordering it."""
        basket = basket_of(basket_id)
        summary = selectors.summary(services.reckon(basket))
        if basket.status != Basket.OPEN:
            for row in summary.lines:
                row.problem = ""  # it is theirs: that it cannot be had again is no problem
        shown = {
            "id": basket_id,
            "status": "open" if basket.status == Basket.OPEN else "ordered",
            "lines": summary.lines,
            "lines_total_vnd": summary.lines_vnd,
            "needs_delivery": summary.needs_delivery,
        }
        return Response(self.Output(shown).data)


class GoodsWish(serializers.Serializer):
    """Packs of produce."""

    product = Id()
    quantity = WholeNumber(min_value=1, max_value=services.QUANTITY_MAX)


class AddOnWish(serializers.Serializer):
    """A meal or something else of the stay. What is priced for guests is for all of them: take one."""

    add_on = Id()
    quantity = WholeNumber(min_value=1, max_value=PIECES_MAX, default=1)


class NightsWish(serializers.Serializer):
    """Rooms of one type for some nights."""

    room_type = Id()
    first_night = Day()
    nights = WholeNumber(min_value=1, max_value=NIGHTS_MAX)
    rooms = WholeNumber(min_value=1, max_value=1_000)
    guests = WholeNumber(min_value=1, max_value=10_000)
    children = WholeNumber(min_value=0, max_value=10_000, default=0, help_text="Of the guests.")
    add_ons = AddOnWish(many=True, default=list, help_text="Meals and add-ons of the stay.")


class SeatsWish(serializers.Serializer):
    """Seats of a departure, all of them for adults."""

    departure = Id()
    seats = WholeNumber(min_value=1, max_value=PARTY_MAX)


class PartyWish(serializers.Serializer):
    """Seats of a departure for adults and children."""

    departure = Id()
    adults = WholeNumber(min_value=1, max_value=PARTY_MAX)
    children = WholeNumber(min_value=0, max_value=PARTY_MAX, default=0)


class LinesView(Endpoint):
    """POST: put goods, nights or seats into the basket."""

    @idempotent()
    @extend_schema(
        request=PolymorphicProxySerializer(
            component_name="Wish",
            serializers=[GoodsWish, NightsWish, SeatsWish, PartyWish],
            resource_type_field_name=None,
        ),
        responses={201: BasketLine},
    )
    def post(self, request: Request, basket_id: str) -> Response:
        """Put goods, nights or seats into the basket.

        These are `{product, quantity}`, `{room_type, first_night, nights, rooms, guests}`, and `{departure,
        seats}` or `{departure, adults, children}`.

        The same product again adds to its line; the same nights of the same rooms again change nothing;
        another party of the same departure takes the place of the one before.
        """
        basket, wish = basket_of(basket_id), _wish(request.data)
        if "product" in wish:
            line = services.add_goods(basket, product_id=wish["product"], quantity=wish["quantity"])
        elif "departure" in wish:
            line = _add_seats(basket, wish)
        else:
            wish["room_type_id"] = wish.pop("room_type")
            wish["add_ons"] = {each["add_on"]: each["quantity"] for each in wish["add_ons"]}
            line = services.add_nights(basket, **wish, now=timezone.now())
        return Response(_line(basket, line.pk), status=201)


class LineView(Endpoint):
    """One line of a basket."""

    class Input(serializers.Serializer):
        quantity = WholeNumber(min_value=1, max_value=services.QUANTITY_MAX)

    @idempotent()
    @extend_schema(request=Input, responses=BasketLine)
    def patch(self, request: Request, basket_id: str, line_id: int) -> Response:
        """Another quantity. Nights and seats are changed otherwise: take the line away, put a new one in."""
        wanted = self.Input(data=request.data)
        wanted.is_valid(raise_exception=True)
        basket = basket_of(basket_id)
        _set_quantity(basket, line_id, wanted.validated_data["quantity"])
        return Response(_line(basket, line_id))

    @idempotent()
    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, basket_id: str, line_id: int) -> Response:
        """Take the line out of the basket."""
        _set_quantity(basket_of(basket_id), line_id, 0)
        return Response(status=204)


def _wish(body: Any) -> dict[str, Any]:
    given = [name for name in _THINGS if isinstance(body, Mapping) and name in body]
    if len(given) > 1:
        raise ValidationError(
            {NOT_OF_A_FIELD: [_("Give a product, a room_type or a departure, one thing a line.")]}
        )
    kind: type[serializers.Serializer] = GoodsWish
    if given == ["room_type"]:
        kind = NightsWish
    elif given == ["departure"]:
        kind = SeatsWish if "seats" in body else PartyWish
    wish = kind(data=body)
    wish.is_valid(raise_exception=True)
    return dict(wish.validated_data)


def _add_seats(basket: Basket, wish: dict[str, Any]) -> Line:
    return add_seats(
        basket,
        departure_id=wish["departure"],
        adults=wish.get("seats") or wish["adults"],
        children=wish.get("children", 0),
        now=timezone.now(),
    )


def _set_quantity(basket: Basket, line_id: int, quantity: int) -> None:
    try:
        services.set_quantity(basket, line_id=line_id, quantity=quantity)
    except Invalid as error:
        if error.field == "line":
            raise NotFound(str(error)) from error
        raise


def _line(basket: Basket, line_id: int) -> dict[str, Any]:
    """The line as it stands in the basket now, offers included."""
    fresh = Basket.objects.get(pk=basket.pk)
    rows = selectors.summary(services.reckon(fresh)).lines
    return BasketLine(next(row for row in rows if row.line.pk == line_id)).data
