from typing import Any, TypeVar

from django.db.models import Model, Prefetch, QuerySet
from oscar.core.loading import get_model
from rest_framework import serializers

from frontend.pictures import WIDTHS, rendition_name

ProductImage = get_model("catalogue", "ProductImage")

Row = TypeVar("Row", bound=Model)


def listed_with_pictures(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Fetch produce or stays with what a list says of them. Two queries, whatever their number."""
    images = ProductImage.objects.order_by("display_order", "pk")
    return rows.select_related(
        "product__origin__seller", "product__origin__commune", "product__origin__unit"
    ).prefetch_related(Prefetch("product__images", queryset=images))


class Rendition(serializers.Serializer):
    width = serializers.IntegerField(help_text="In pixels, at most.")
    avif = serializers.URLField()
    webp = serializers.URLField()


class Picture(serializers.Serializer):
    url = serializers.URLField(help_text="The widest.")
    renditions = Rendition(many=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """``instance`` is a picture of an Oscar product. Reads no file."""
        image = instance.original

        def url(name: str) -> str:
            return self.context["request"].build_absolute_uri(image.storage.url(name))

        renditions = [
            {"width": width}
            | {extension: url(rendition_name(image.name, width, extension)) for extension in ("avif", "webp")}
            for width in WIDTHS
        ]
        return {"url": url(image.name), "renditions": renditions}
