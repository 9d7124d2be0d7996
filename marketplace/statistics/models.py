"""Sales as officials count them: one line per paid line, and a negative one per refund."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
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
    # ISO 3166-1, two letters; "" where nothing was sent anywhere and nobody said where they are from.
    buyer_country = models.CharField(_("buyer's country"), max_length=2, blank=True)
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
            # In the summaries an empty kind or group stands for all of them together.
            models.CheckConstraint(
                condition=~Q(kind="") & ~Q(group=""), name="sale_is_of_a_kind_and_a_group"
            ),
        ]
        indexes = [
            # Summaries are made again day by day and unit by unit.
            models.Index(
                fields=["sold_on", "unit"],
                include=["kind", "group", "seller", "order", "refund_id", "quantity", "amount_vnd"],
                name="sale_by_day_and_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sold_on} {self.commune_id} {self.amount_vnd}"


class DirtyDay(models.Model):
    """Sales of a unit were written on a day, so its summaries must be made again from the lines.

    Written in the transaction that writes the lines, and only ever added to: nobody waits for anybody.
    The same day and unit may stand here many times. See summaries.keep().
    """

    sold_on = models.DateField(_("day"))
    unit = models.ForeignKey(
        "places.Commune", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    marked_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.sold_on} {self.unit_id}"


class Summary(models.Model):
    """What was sold in a unit, added up from the lines; never written but by summaries.py.

    Money and quantities add up over units, time, kinds and groups. ``orders`` are parts of orders, one for
    each unit and seller an order has goods of on a day: they add up over units and days, and not over kinds
    and groups. Refunds are negative.
    """

    # Keys without a constraint: what is made from the lines can refer to nothing that they do not.
    unit = models.ForeignKey(
        "places.Commune", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    sold_vnd = models.BigIntegerField(_("sold, VND"))
    refunded_vnd = models.BigIntegerField(_("paid back, VND"))
    net_vnd = models.GeneratedField(
        expression=F("sold_vnd") + F("refunded_vnd"), output_field=models.BigIntegerField(), db_persist=True
    )
    orders = models.IntegerField(_("orders"))

    class Meta:
        abstract = True


class DailySales(Summary):
    """One day of one unit, at three levels: all together, each kind, and each group of a kind.

    ``kind`` and ``group`` are empty for all of them; read one level at a time. ``sellers`` had a sale or a
    refund: over units they add up, over days, kinds and groups not.
    """

    pk = models.CompositePrimaryKey("sold_on", "kind", "group", "unit_id")
    sold_on = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=6, choices=SaleLine.Kind, blank=True)
    group = models.CharField(_("product group"), max_length=40, blank=True)
    quantity = models.BigIntegerField(_("quantity"))
    sellers = models.IntegerField(_("sellers"))

    def __str__(self) -> str:
        return f"{self.sold_on} {self.unit_id} {self.kind} {self.group}"


class SellerSales(Summary):
    """What one seller sold of one group in one unit: what sellers are counted from over any days.

    An order of several groups is in ``orders`` of each of them, in ``orders_of_kind`` of the first of each
    kind, and in ``orders_of_all`` of the first of all. So the sum of the right column is exact whatever is
    taken together.
    """

    seller = models.ForeignKey(
        "sellers.Seller", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    kind = models.CharField(_("kind"), max_length=6, choices=SaleLine.Kind)
    group = models.CharField(_("product group"), max_length=40)
    quantity = models.BigIntegerField(_("quantity"))
    orders_of_kind = models.IntegerField(_("orders of the kind"))
    orders_of_all = models.IntegerField(_("orders of all kinds"))

    class Meta:
        abstract = True


class SellerDay(SellerSales):
    """One day."""

    # The unit comes first: its day is made again alone, and then its month from its days.
    pk = models.CompositePrimaryKey("unit_id", "sold_on", "kind", "group", "seller_id")
    sold_on = models.DateField(_("day"), db_index=True)

    def __str__(self) -> str:
        return f"{self.sold_on} {self.unit_id} {self.seller_id} {self.kind} {self.group}"


class SellerMonth(SellerSales):
    """One month, the sum of its days. ``month`` is its first day."""

    pk = models.CompositePrimaryKey("month", "unit_id", "kind", "group", "seller_id")
    month = models.DateField(_("month"))

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.unit_id} {self.seller_id} {self.kind} {self.group}"


class DailyPaid(Summary):
    """How one day of one unit was paid, and where its buyers are; of all kinds together."""

    pk = models.CompositePrimaryKey("sold_on", "unit_id", "provider", "buyer_province", "buyer_country")
    sold_on = models.DateField(_("day"))
    provider = models.CharField(_("paid with"), max_length=20, blank=True)
    buyer_province = models.CharField(_("buyer's province"), max_length=2, blank=True)
    buyer_country = models.CharField(_("buyer's country"), max_length=2, blank=True)

    def __str__(self) -> str:
        return f"{self.sold_on} {self.unit_id} {self.provider} {self.buyer_province}{self.buyer_country}"


class DisclosureRule(models.Model):
    """From a day on: a published figure adds up that many sellers (Eurostat/SDC handbook, n = 3)."""

    valid_from = models.DateField(_("valid from"), unique=True)
    min_sellers = models.PositiveSmallIntegerField(_("sellers at least"))
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        verbose_name = _("disclosure rule")

    def __str__(self) -> str:
        return f"{self.valid_from}: {self.min_sellers}"
