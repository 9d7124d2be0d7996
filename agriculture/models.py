"""What a farm offers: an Oscar product with its unit, its weight and its season."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .categories import SOLD_BY_THE_PIECE
from .units import Unit


class Produce(models.Model):
    """The farm side of an Oscar product. Its price and its stock are the product's stock record."""

    class Keeping(models.TextChoices):
        DRY = "dry", _("keeps dry")
        FRESH = "fresh", _("fresh")
        CHILLED = "chilled", _("keep chilled")
        FROZEN = "frozen", _("keep frozen")

    Unit = Unit

    product = models.OneToOneField("catalogue.Product", on_delete=models.CASCADE, related_name="produce")
    category = models.CharField(_("category"), max_length=40)  # a key of agriculture.categories.CATEGORIES
    crop = models.CharField(max_length=20, blank=True)  # a key of agriculture.crops; what is alike has one
    unit = models.CharField(_("sold by"), max_length=10, choices=Unit, default=Unit.KG)
    unit_size = models.CharField(_("size of the pack"), max_length=20, blank=True)  # "500 g"
    weight_g = models.PositiveIntegerField(_("net weight of one unit, grams"))
    season_months: ArrayField = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("months in season"), default=list, blank=True
    )
    keeping = models.CharField(_("keeping"), max_length=10, choices=Keeping, default=Keeping.DRY)
    # How long it stays good after the harvest; unknown for what nobody said it of.
    shelf_life_days = models.PositiveSmallIntegerField(_("keeps, days"), null=True, blank=True)
    # Sold by an estimated weight: the price is that of weight_g, and the buyer pays what it weighs.
    is_weighed = models.BooleanField(_("weighed when packed"), default=False)
    is_alcohol = models.BooleanField(_("alcohol"), default=False)

    class Meta:
        verbose_name = _("produce")
        constraints = [
            models.CheckConstraint(condition=Q(weight_g__gt=0), name="produce_weighs_something"),
        ]
        indexes = [
            models.Index(fields=["category"], name="produce_of_category"),
            models.Index(fields=["crop"], name="produce_of_crop"),
            GinIndex(fields=["season_months"], name="produce_in_season"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.unit}"

    @property
    def pack(self) -> str:
        """The unit as a shelf label says it: "pack 500 g"."""
        return f"{self.get_unit_display()} {self.unit_size}".strip()

    def kilo_price_vnd(self, price_vnd: int) -> int | None:
        """Return đồng per kilogram in whole đồng; None for things nobody weighs, such as weaving."""
        if self.category in SOLD_BY_THE_PIECE:
            return None
        return round(price_vnd * 1000 / self.weight_g)
