"""Listing by other programmes: a co-operative's own books. Services, rules and looks are the pages'."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import ListAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from agriculture.categories import CATEGORIES
from agriculture.models import Produce
from agriculture.prices import PRICE_VND_MAX, PRICE_VND_MIN
from agriculture.units import QUANTITY_MAX, WEIGHT_MAX_G, Unit
from marketplace.accounts.models import User
from marketplace.listing import selectors, services
from marketplace.listing.models import Listing
from marketplace.sellers.models import Mandate, Seller
from marketplace.sellers.selectors import sellers_of
from payments.money import to_vnd

from .endpoint import Endpoint
from .fields import Id, Text, WholeNumber, YesNo
from .schema import Problem


class NewWare(serializers.Serializer):
    """Something to sell. ``id`` is made by the caller: sent again, it is listed once."""

    id = serializers.UUIDField()
    seller = Id(required=False, help_text="Needed of those who act for several.")
    name = Text(max_length=services.NAME_MAX)
    category = serializers.ChoiceField(list(CATEGORIES))
    unit = serializers.ChoiceField(Unit.values)
    weight_g = WholeNumber(
        required=False, min_value=1, max_value=WEIGHT_MAX_G, help_text="Of one unit, if it is no weight."
    )
    quantity = WholeNumber(min_value=1, max_value=QUANTITY_MAX)
    price_vnd = WholeNumber(min_value=PRICE_VND_MIN, max_value=PRICE_VND_MAX)


class WareChange(serializers.Serializer):
    price_vnd = WholeNumber(required=False, min_value=PRICE_VND_MIN, max_value=PRICE_VND_MAX)
    left = WholeNumber(required=False, min_value=0, max_value=QUANTITY_MAX)
    paused = YesNo(required=False)


class Ware(serializers.Serializer):
    product = serializers.IntegerField(source="product_id")
    seller = serializers.IntegerField(source="product.origin.seller_id")
    name = serializers.CharField(source="product.title")
    unit = serializers.ChoiceField(Unit.values)
    weight_g = serializers.IntegerField()
    price_vnd = serializers.SerializerMethodField()
    left = serializers.IntegerField(help_text="Besides what is set aside for orders.")
    is_public = serializers.BooleanField(source="product.is_public")
    state = serializers.SerializerMethodField(help_text="waiting, passed or refused")
    words = serializers.SerializerMethodField(help_text="What the seller was told when somebody looked.")

    def get_price_vnd(self, produce: Any) -> int:
        return to_vnd(produce.price)

    def get_state(self, produce: Any) -> str:
        listing = getattr(produce.product, "listing", None)
        return str(listing.state if listing else Listing.State.PASSED)

    def get_words(self, produce: Any) -> str:
        listing = getattr(produce.product, "listing", None)
        return listing.words if listing else ""


class SellerEndpoint(Endpoint):
    """Of people who may list for a seller. Goods of anybody else are 404."""

    permission_classes = (IsAuthenticated,)

    @property
    def by(self) -> User:
        assert isinstance(self.request.user, User)
        return self.request.user

    @cached_property
    def sellers(self) -> list[Seller]:
        found = list(sellers_of(self.by.pk, scope=Mandate.Scope.LISTING))
        if not found:
            raise PermissionDenied(_("You act for no seller. Ask one of its members to add you."))
        return found

    def ware(self, product_id: int) -> Any:
        found = (
            selectors.products_of(self.sellers)
            .filter(product_id=product_id, product__stockrecords__price__isnull=False)
            .first()
        )
        if found is None:
            raise Http404
        return found


class WaresView(SellerEndpoint, ListAPIView):
    """GET: what the caller's sellers sell. POST: put something up for sale."""

    serializer_class = Ware

    @extend_schema()
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What your sellers have for sale, newest first; also what is paused or waits for a look."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Produce.objects.none()
        return selectors.products_of(self.sellers).filter(product__stockrecords__price__isnull=False)

    @extend_schema(request=NewWare, responses={201: Ware, 400: Problem, 404: Problem})
    def post(self, request: Request) -> Response:
        """Put something up for sale. It is public at once, unless a rule says that somebody looks first."""
        sellers = {each.pk: each for each in self.sellers}
        shape = NewWare(data=request.data)
        shape.is_valid(raise_exception=True)
        said = dict(shape.validated_data)
        only = self.sellers[0].pk if len(sellers) == 1 else None
        seller = sellers.get(said.pop("seller", only))
        if seller is None:
            raise Http404
        listing_id = said.pop("id")
        facts = {"seller": seller, "by": self.by, "now": timezone.now(), "listing_id": listing_id}
        product = services.list_produce(**facts, **said)
        return Response(Ware(self.ware(product.pk)).data, status=201)


class WareView(SellerEndpoint):
    """PATCH: change the price, how many are left, or whether it is on the shelf."""

    @extend_schema(request=WareChange, responses={200: Ware, 400: Problem, 404: Problem})
    def patch(self, request: Request, product_id: int) -> Response:
        """Change what is given, all of it or nothing. Repeats change nothing."""
        product = self.ware(product_id).product
        shape = WareChange(data=request.data)
        shape.is_valid(raise_exception=True)
        services.change(product=product, by=self.by, now=timezone.now(), **shape.validated_data)
        return Response(Ware(self.ware(product_id)).data)
