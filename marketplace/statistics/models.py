"""Sales as officials count them: one line per paid line, and a negative one per refund."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SaleLine(models.Model):
    """A paid order line, or (with a negative amount) what was paid back of it. Written once.

    ``unit`` is the finest unit known when it was sold (see ``sellers.Seller.unit``); ``commune`` is
    the unit of the day of sale that contains it. Days are those of Asia/Ho_Chi_Minh.
    """

    class Kind(models.TextChoices):
        GOODS = "goods", _("goods")
        NIGHTS = "nights", _("nights")
        SEATS = "seats", _("seats")

    # The order line's id and, for a refund, the refund operation: what makes writing it twice harmless.
    order_line = models.ForeignKey("order.Line", on_delete=models.PROTECT, related_name="sales")
    refund_id = models.UUIDField(null=True, blank=True)
    order = models.ForeignKey("order.Order", on_delete=models.PROTECT, related_name="sales")
    seller = models.ForeignKey("sellers.Seller", on_delete=models.PROTECT, related_name="sales")
    unit = models.ForeignKey("places.Commune", on_delete=models.PROTECT, related_name="+")
    commune = models.ForeignKey("places.Commune", on_delete=models.PROTECT, related_name="sales")
    sold_on = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    group = models.CharField(_("product group"), max_length=40)
    quantity = models.IntegerField(_("quantity"))  # packs, room nights or seats; negative when refunded
    amount_vnd = models.BigIntegerField(_("amount, VND"))
    provider = models.CharField(_("paid with"), max_length=20)
    buyer_province = models.CharField(_("buyer's province"), max_length=2, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order_line", "refund_id"],
                name="one_sale_and_one_line_per_refund",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(refund_id__isnull=True, amount_vnd__gte=0)
                | Q(refund_id__isnull=False, amount_vnd__lte=0),
                name="sales_are_positive_refunds_negative",
            ),
        ]
        indexes = [
            models.Index(
                fields=["sold_on", "commune"],
                include=["unit", "kind", "group", "seller", "amount_vnd"],
                name="sale_by_day_and_commune",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sold_on} {self.commune_id} {self.amount_vnd}"


class DisclosureRule(models.Model):
    """From a day on: a published figure adds up that many sellers (Eurostat/SDC handbook, n = 3)."""

    valid_from = models.DateField(_("valid from"), unique=True)
    min_sellers = models.PositiveSmallIntegerField(_("sellers at least"))
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        verbose_name = _("disclosure rule")

    def __str__(self) -> str:
        return f"{self.valid_from}: {self.min_sellers}"
