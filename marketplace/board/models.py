"""What the board keeps: targets, who looked at which figures, and what officials are warned of."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.places.dated import DatedRule, ends_after_it_begins, only_one_a_day


class Target(DatedRule):
    """What the province, or one commune of today, set out to reach, while the row holds.

    Of sales (đồng), orders and nights it is that of a whole calendar year, of which a period has the part of
    its days; of sellers and of shares (%) it is to be reached in any period. ``commune_code`` is empty for
    the province. A new target is a new row.
    """

    class Measure(models.TextChoices):
        SALES = "sales", _("sales, VND a year")
        ORDERS = "orders", _("orders a year")
        NIGHTS = "nights", _("nights a year")
        SELLERS = "sellers", _("sellers with a sale")
        MOBILE = "mobile", _("share paid by mobile money, %")
        OUTSIDE = "outside", _("share sold outside the province, %")

    measure = models.CharField(_("measure"), max_length=10, choices=Measure)
    commune_code = models.CharField(_("commune, by its code"), max_length=5, blank=True)
    value = models.PositiveBigIntegerField(_("to be reached"))

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = [
            ends_after_it_begins("target_ends_after_it_begins"),
            only_one_a_day("one_target_a_day", "measure", "commune_code"),
            models.CheckConstraint(condition=Q(value__gt=0), name="target_is_something"),
            models.CheckConstraint(
                condition=Q(commune_code="") | Q(commune_code__regex=r"^\d{5}$"),
                name="target_names_a_commune_by_five_digits",
            ),
            models.CheckConstraint(
                condition=~Q(measure__in=["mobile", "outside"]) | Q(value__lte=100),
                name="target_share_is_at_most_all",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.commune_code} {self.value}".replace("  ", " ")


class Look(models.Model):
    """An official looked at figures that not everybody sees. Rows are added, never taken away.

    A page that stays open and follows the day's figures is one look, which lasts ``until``.
    """

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="looks_at_figures")
    page = models.CharField(_("page"), max_length=80)  # the name of the address, or the address itself
    question = models.CharField(_("question"), max_length=300, blank=True)  # what the address asked for
    scope = models.CharField(_("as an official of"), max_length=120)  # "province", or codes of communes
    at = models.DateTimeField(_("when"))
    until = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("look at figures")
        verbose_name_plural = _("looks at figures")
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("at")), name="look_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(scope=""), name="look_has_a_scope"),
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="look_newest"),
            models.Index(fields=["user", "-at", "-id"], name="look_newest_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.page} {self.at:%Y-%m-%d %H:%M}"


class AlertKind(models.TextChoices):
    PRICE = "price", _("price has fallen")
    GLUT = "glut", _("stays unsold")
    SILENT = "silent", _("seller without a sale")


class AlertRule(DatedRule):
    """From when on officials are warned of what. A new rule is a new row.

    ``days`` are looked back on. ``limit``: of a price, by how many % it is below the mean of those days; of
    goods, for how many days they would last at the pace of those days; of silent sellers nothing.
    ``least_vnd``: goods worth less are left out, VND.
    """

    kind = models.CharField(_("kind"), max_length=8, choices=AlertKind)
    days = models.PositiveSmallIntegerField(_("days looked back on"))
    limit = models.PositiveSmallIntegerField(_("limit"), default=0)
    least_vnd = models.PositiveBigIntegerField(_("worth at least, VND"), default=0)

    class Meta:
        verbose_name = _("rule of alerts")
        verbose_name_plural = _("rules of alerts")
        constraints = [
            ends_after_it_begins("alert_rule_ends_after_it_begins"),
            only_one_a_day("one_alert_rule_a_day", "kind"),
            models.CheckConstraint(condition=Q(days__gt=0), name="alert_rule_looks_back"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} from {self.valid_from}"


class Alert(models.Model):
    """Something an official of ``commune`` may want to act on: open from ``found_on`` until it is over.

    ``now`` and ``before`` are, of a price, that of today and the mean before, VND; of goods, the packs on the
    shelf and those sold in the days looked back on; of a silent seller, the days since the last sale (or
    since the first thing was listed) and 0.
    """

    kind = models.CharField(_("kind"), max_length=8, choices=AlertKind)
    commune = models.ForeignKey("places.Commune", on_delete=models.PROTECT, related_name="alerts")
    seller = models.ForeignKey("sellers.Seller", on_delete=models.PROTECT, related_name="alerts")
    product = models.ForeignKey(
        "catalogue.Product", on_delete=models.CASCADE, null=True, blank=True, related_name="alerts"
    )
    now = models.PositiveBigIntegerField(_("now"))
    before = models.PositiveBigIntegerField(_("before"))
    worth_vnd = models.PositiveBigIntegerField(_("about, VND"))  # the largest first
    found_on = models.DateField(_("found"))
    over_on = models.DateField(_("over"), null=True, blank=True)

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "seller", "product"],
                condition=Q(over_on=None),
                name="one_open_alert_of_a_kind",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(kind="silent", product=None) | ~Q(kind="silent") & Q(product__isnull=False),
                name="alert_is_about_goods_or_a_seller",
            ),
            models.CheckConstraint(
                condition=Q(over_on=None) | Q(over_on__gte=F("found_on")), name="alert_over_after_found"
            ),
        ]
        indexes = [
            models.Index(
                fields=["commune", "kind", "-worth_vnd"], condition=Q(over_on=None), name="alert_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.seller_id} {self.product_id or ''}".strip()

    @property
    def fall_percent(self) -> int:
        """By how many % a price is below the mean before."""
        return round(100 * (self.before - self.now) / self.before) if self.before else 0
