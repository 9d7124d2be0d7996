"""Packages: a tour, some nights beside it, and something to take home, put into the basket at once."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Package(models.Model):
    """A tour with the nights around it. It costs what its parts cost, and each part keeps its own seller.

    The first night is ``nights_before`` evenings before the day of the departure.
    """

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("English title"), max_length=120, blank=True)
    text = models.TextField(_("text"), blank=True)
    text_en = models.TextField(_("English text"), blank=True)
    tour = models.ForeignKey("tours.Tour", on_delete=models.PROTECT, related_name="packages")
    room_type = models.ForeignKey("tourism.RoomType", on_delete=models.PROTECT, related_name="packages")
    nights_before = models.PositiveSmallIntegerField(_("nights before the departure"), default=1)
    nights = models.PositiveSmallIntegerField(_("nights"), default=1)
    is_public = models.BooleanField(_("shown to buyers"), default=True)

    class Meta:
        verbose_name = _("package")
        verbose_name_plural = _("packages")
        constraints = [
            models.CheckConstraint(
                condition=Q(nights__range=(1, 30), nights_before__lte=7),
                name="package_has_nights_near_its_tour",
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class PackageGoods(models.Model):
    """Produce to take home: so many packs for the whole party."""

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="goods")
    product = models.ForeignKey("catalogue.Product", on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveSmallIntegerField(_("packs"), default=1)

    class Meta:
        verbose_name = _("goods of a package")
        constraints = [
            models.UniqueConstraint(fields=["package", "product"], name="one_row_per_goods_of_a_package"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="package_has_some_of_its_goods"),
        ]

    def __str__(self) -> str:
        return f"{self.package_id} {self.quantity} x {self.product_id}"
