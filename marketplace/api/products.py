"""What the farms have for sale."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from agriculture.categories import CATEGORIES
from agriculture.models import Produce
from agriculture.selectors import Sort, find, in_order, on_sale
from agriculture.trace.models import Certificate
from agriculture.trace.selectors import badges_of_product, ocop_stars
from marketplace.packing.selectors.pauses import is_closed
from payments.money import to_vnd

from .endpoint import Endpoint
from .fields import CommuneCode
from .pictures import Picture, listed_with_pictures
from .shapes import CertificateShape, CommuneShape, SellerShape

NOW = "now"
SEASONS = [NOW, *(str(month) for month in range(1, 13))]


class ProductShape(serializers.Serializer):
    """Produce, sold by the `unit`. `unit_price_vnd` is per kilogram; null for what nobody weighs."""

    id = serializers.IntegerField(source="product_id")
    title = serializers.CharField(source="product.title")
    title_en = serializers.CharField(source="product.origin.name_en")
    url = serializers.SerializerMethodField()
    category = serializers.ChoiceField(list(CATEGORIES))
    price_vnd = serializers.SerializerMethodField()
    unit = serializers.ChoiceField(Produce.Unit.values)
    unit_size = serializers.CharField()
    weight_g = serializers.IntegerField()
    is_weighed = serializers.BooleanField(help_text="Paid by what it weighs; the price is that of weight_g.")
    unit_price_vnd = serializers.SerializerMethodField()
    stock = serializers.SerializerMethodField()
    is_closed = serializers.BooleanField(
        help_text="Its seller takes no orders of goods today: it cannot be put into a basket."
    )
    season_months = serializers.ListField(child=serializers.IntegerField())
    ocop_stars = serializers.IntegerField(source="stars", allow_null=True)
    seller = SellerShape(source="product.origin.seller")
    commune = CommuneShape(source="product.origin.commune")
    pictures = Picture(source="product.images.all", many=True)

    def get_url(self, produce: Any) -> str:
        return self.context["request"].build_absolute_uri(produce.product.get_absolute_url())

    def get_price_vnd(self, produce: Any) -> int:
        return to_vnd(produce.price)

    def get_unit_price_vnd(self, produce: Any) -> int | None:
        return produce.kilo_price_vnd(to_vnd(produce.price))

    def get_stock(self, produce: Any) -> int:
        return max(0, produce.stock_left or 0)


def _of_day(today: date) -> dict[str, Any]:
    """What is true of produce on a day alone: its stars, and whether its shop is closed."""
    return {
        "stars": ocop_stars(today=today),
        "is_closed": is_closed("product__origin__seller_id", today=today),
    }


class ProductsView(Endpoint, ListAPIView):
    """GET: the produce list."""

    serializer_class = ProductShape

    class Query(serializers.Serializer):
        q = serializers.CharField(
            required=False,
            max_length=100,
            allow_blank=True,
            help_text="Words of names, sellers, places; no accents needed.",
        )
        commune = CommuneCode(required=False)
        category = serializers.ChoiceField(list(CATEGORIES), required=False)
        season = serializers.ChoiceField(
            SEASONS, required=False, help_text="In season in this month (1 to 12), or now."
        )
        sort = serializers.ChoiceField(
            Sort.values, required=False, help_text="The closest to q if left out, else the newest."
        )

    @extend_schema(parameters=[Query])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Produce for sale, also what is sold out at the moment (`stock` 0)."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Produce]:
        query = self.Query(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        season, commune, text = asked.get("season"), asked.get("commune"), asked.get("q", "")
        wish: dict[str, Any] = {
            "commune_id": commune.pk if commune else None,
            "category": asked.get("category", ""),
            "month": timezone.localdate().month if season == NOW else int(season) if season else None,
        }
        hits = find(text, **wish)
        rows = on_sale(hits=hits, **wish).annotate(**_of_day(timezone.localdate()))
        return listed_with_pictures(in_order(rows, asked.get("sort", ""), hits=hits))


class ProductView(Endpoint):
    """GET: one produce."""

    class Output(ProductShape):
        description = serializers.CharField(source="product.description")
        description_en = serializers.CharField(source="product.origin.description_en")
        keeping = serializers.ChoiceField(Produce.Keeping.values)
        ocop_year = serializers.SerializerMethodField()
        certificates = serializers.SerializerMethodField()
        is_alcohol = serializers.BooleanField()
        unit_of_origin = CommuneShape(
            source="product.origin.unit", help_text="Where it comes from, by the finest unit known."
        )

        def get_ocop_year(self, produce: Any) -> int | None:
            """The year its stars were given, where that is known."""
            given = (each.issued_on for each in self.context["badges"] if each.kind == Certificate.Kind.OCOP)
            return next((day.year for day in given if day is not None), None)

        @extend_schema_field(CertificateShape(many=True))
        def get_certificates(self, produce: Any) -> Any:
            return CertificateShape(self.context["badges"], many=True).data

    @extend_schema(responses=Output)
    def get(self, request: Request, product_id: int) -> Response:
        """One produce with everything its page says. Of its certificates those that hold today."""
        today = timezone.localdate()
        rows = on_sale().filter(product_id=product_id).annotate(**_of_day(today))
        produce = listed_with_pictures(rows).first()
        if produce is None:
            raise NotFound(_("There is no produce with this number for sale."))
        seller_id = produce.product.origin.seller_id
        badges = badges_of_product(product_id=product_id, seller_id=seller_id, today=today)
        return Response(self.Output(produce, context={"request": request, "badges": badges}).data)
