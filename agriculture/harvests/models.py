"""What grows, what was brought in, and which of it went into whose order."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agriculture.models import Produce
from marketplace.sellers.models import Seller


class Harvest(models.Model):
    """A crop that is to be brought in from ``starts_on`` to ``ends_on``.

    Quantities are in the unit the product is sold by. From ``opens_on`` it may be ordered beforehand, up to
    the forecast; without that day nobody orders it before it is there. What it gave in the end is ``actual``.
    """

    id = models.UUIDField(primary_key=True)  # made with the form: saving twice saves once
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="harvests")
    product = models.ForeignKey("catalogue.Product", on_delete=models.PROTECT, related_name="harvests")
    opens_on = models.DateField(_("may be ordered from"), null=True, blank=True)
    starts_on = models.DateField(_("harvest begins"))
    ends_on = models.DateField(_("harvest ends"))
    forecast = models.PositiveIntegerField(_("expected harvest"))
    actual = models.PositiveIntegerField(_("what the harvest gave"), null=True, blank=True)
    # The shelf holds the forecast while people may order beforehand.
    opened_at = models.DateTimeField(_("orders opened"), null=True, blank=True)
    closed_at = models.DateTimeField(_("orders closed"), null=True, blank=True)
    recorded_at = models.DateTimeField(pgettext_lazy("harvest", "recorded"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("announced"))

    class Meta:
        verbose_name = _("harvest")
        verbose_name_plural = _("harvests")
        constraints = [
            models.UniqueConstraint(
                fields=["product"], condition=Q(recorded_at=None), name="one_harvest_grows_per_product"
            ),
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("ends_on")) & (Q(opens_on=None) | Q(opens_on__lte=F("ends_on"))),
                name="harvest_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=Q(forecast__gt=0), name="harvest_expects_something"),
            models.CheckConstraint(
                condition=Q(actual=None, recorded_at=None, recorded_by=None)
                | Q(actual__isnull=False, recorded_at__isnull=False),
                name="harvest_recorded_with_its_quantity",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-ends_on"], name="harvest_of_seller"),
            models.Index(fields=["opens_on"], condition=Q(recorded_at=None), name="harvest_growing"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.starts_on} {self.actual}/{self.forecast}"

    def takes_orders(self, today: date) -> bool:
        """Whether it may be ordered beforehand ``today``."""
        is_open = self.opened_at is not None and self.closed_at is None and self.recorded_at is None
        return is_open and today <= self.ends_on


class PreOrder(models.Model):
    """A line of an order that waits for a harvest; ``missing`` is what the harvest did not give of it."""

    line = models.OneToOneField("order.Line", on_delete=models.PROTECT, related_name="preorder")
    harvest = models.ForeignKey(Harvest, on_delete=models.PROTECT, related_name="preorders")
    quantity = models.PositiveIntegerField(_("quantity"))
    missing = models.PositiveIntegerField(_("not given by the harvest"), default=0)
    settled_at = models.DateTimeField(_("missing part paid back"), null=True, blank=True)

    class Meta:
        verbose_name = _("order before the harvest")
        verbose_name_plural = _("orders before the harvest")
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, missing__lte=F("quantity")), name="missing_is_of_what_was_ordered"
            ),
        ]
        indexes = [
            models.Index(
                fields=["harvest"],
                condition=Q(missing__gt=0, settled_at=None),
                name="preorder_to_pay_back",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.quantity} (-{self.missing})"


class Lot(models.Model):
    """What was brought in of one product on one day, under the code that its packs bear."""

    code = models.CharField(_("code"), max_length=12, unique=True)
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="lots")
    harvest = models.ForeignKey(
        Harvest,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="lots",
        verbose_name=_("harvest"),
    )
    product = models.ForeignKey("catalogue.Product", on_delete=models.PROTECT, related_name="lots")
    harvested_on = models.DateField(_("harvested"))
    quantity_g = models.PositiveIntegerField(_("quantity, grams"))
    shelf_life_days = models.PositiveSmallIntegerField(_("keeps, days"), null=True, blank=True)
    storage = models.CharField(_("keeping"), max_length=10, choices=Produce.Keeping)
    expires_on = models.DateField(_("best before"), null=True, blank=True)
    created_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("written down"))

    class Meta:
        verbose_name = pgettext_lazy("harvest", "lot")
        verbose_name_plural = pgettext_lazy("harvest", "lots")
        constraints = [
            models.CheckConstraint(condition=Q(quantity_g__gt=0), name="lot_weighs_something"),
            models.CheckConstraint(
                condition=Q(shelf_life_days=None, expires_on=None) | Q(expires_on__gt=F("harvested_on")),
                name="lot_keeps_until_a_day",
            ),
        ]
        indexes = [models.Index(fields=["product", "-harvested_on"], name="lot_newest_of_product")]

    def __str__(self) -> str:
        return self.code


class PackedLine(models.Model):
    """So much of a lot that was packed for a line of an order. A line may be packed from several lots."""

    line = models.ForeignKey("order.Line", on_delete=models.PROTECT, related_name="packed")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="packed")
    weight_g = models.PositiveIntegerField(_("weight, grams"))
    packed_at = models.DateTimeField(_("packed"))
    by = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )

    class Meta:
        verbose_name = _("packed line")
        verbose_name_plural = _("packed lines")
        constraints = [
            models.UniqueConstraint(fields=["line", "lot"], name="line_packed_once_from_a_lot"),
            models.CheckConstraint(condition=Q(weight_g__gt=0), name="packed_line_weighs_something"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.lot_id} {self.weight_g} g"
