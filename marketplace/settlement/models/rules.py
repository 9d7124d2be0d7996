"""What the market keeps of a sale, what the State takes, how long money waits: by dated rules."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.places.dated import DatedRule, ends_after_it_begins, only_one_a_day
from marketplace.sellers.models import Origin, Seller

BASIS_POINTS = 10_000  # a whole, in hundredths of a per cent
# Together at most a half, so that no rounding can leave a seller less than nothing.
COMMISSION_BP_MAX, TAX_BP_MAX, RATES_BP_MAX = 3_000, 1_000, 5_000
MARGIN_PERCENT_MAX = 30


class CommissionRule(DatedRule):
    """What the market keeps of a sale. The most particular rule counts: see ``rules.commission_for``.

    ``category`` is a product group, or goods, nights or seats as a whole; empty for everything.
    """

    POOR = "poor-household"
    SELLER_KINDS = [*Seller.Kind.choices, (POOR, _("poor household"))]

    category = models.CharField(pgettext_lazy("commission", "category"), max_length=40, blank=True)
    seller_kind = models.CharField(_("kind of seller"), max_length=14, choices=SELLER_KINDS, blank=True)
    rate_bp = models.PositiveIntegerField(_("commission, hundredths of a per cent"))

    class Meta:
        verbose_name = _("commission rule")
        verbose_name_plural = _("commission rules")
        constraints = [
            only_one_a_day("one_commission_a_day", "category", "seller_kind"),
            ends_after_it_begins("commission_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(rate_bp__lte=COMMISSION_BP_MAX), name="commission_is_at_most_30_per_cent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category or '*'} {self.seller_kind or '*'} {self.rate_bp} bp from {self.valid_from}"


class TaxRule(DatedRule):
    """What the market withholds for the State from what sellers of a kind take in.

    A household pays tax on its revenue, and the platform that takes the money withholds it (Decree
    117/2025/NĐ-CP). Co-operatives and companies declare for themselves: their rates are 0.
    """

    class Category(models.TextChoices):
        GOODS = "goods", _("goods")
        SERVICES = "services", _("services")
        TRANSPORT = "transport", _("transport, and services with goods")

    category = models.CharField(pgettext_lazy("tax", "category"), max_length=10, choices=Category)
    seller_kind = models.CharField(_("kind of seller"), max_length=14, choices=Seller.Kind)
    vat_bp = models.PositiveIntegerField(_("VAT, hundredths of a per cent"))
    pit_bp = models.PositiveIntegerField(_("income tax, hundredths of a per cent"))

    class Meta:
        verbose_name = _("tax rule")
        verbose_name_plural = _("tax rules")
        constraints = [
            only_one_a_day("one_tax_a_day", "category", "seller_kind"),
            ends_after_it_begins("tax_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(vat_bp__lte=TAX_BP_MAX, pit_bp__lte=TAX_BP_MAX),
                name="taxes_are_at_most_10_per_cent_each",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.seller_kind} {self.vat_bp}+{self.pit_bp} bp from {self.valid_from}"


class SettlementRule(DatedRule):
    """How long money waits, from what sum it is paid out, and how deep a seller may be in debt."""

    dispute_window_hours = models.PositiveSmallIntegerField(_("hours to complain after delivery"))
    delivered_after_days = models.PositiveSmallIntegerField(
        _("days after payment when goods nobody reported on count as delivered")
    )
    debt_limit_vnd = models.PositiveBigIntegerField(_("debt of a seller at most, VND"))
    minimum_payout_vnd = models.PositiveBigIntegerField(_("smallest payout, VND"))

    class Meta:
        verbose_name = _("settlement rule")
        verbose_name_plural = _("settlement rules")
        constraints = [
            only_one_a_day("one_settlement_rule_a_day"),
            ends_after_it_begins("settlement_rule_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(minimum_payout_vnd__gt=0), name="payout_is_something"),
        ]

    def __str__(self) -> str:
        return f"settlement from {self.valid_from}"


class WeighingRule(DatedRule):
    """How much more than their estimate goods may cost that are paid by what they weigh when packed."""

    margin_percent = models.PositiveSmallIntegerField(_("heavier at most, per cent of the estimate"))
    pay_within_days = models.PositiveSmallIntegerField(_("days to pay what they weigh more"))

    class Meta:
        verbose_name = _("weighing rule")
        verbose_name_plural = _("weighing rules")
        constraints = [
            only_one_a_day("one_weighing_rule_a_day"),
            ends_after_it_begins("weighing_rule_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(margin_percent__range=(1, MARGIN_PERCENT_MAX), pay_within_days__gt=0),
                name="margin_is_at_most_30_per_cent",
            ),
        ]

    def __str__(self) -> str:
        return f"+{self.margin_percent} % from {self.valid_from}"


class LadderRule(DatedRule):
    """How long each step of a dispute has to answer, before it goes to the next."""

    seller_hours = models.PositiveSmallIntegerField(_("hours for the seller, and for the buyer on an offer"))
    commune_hours = models.PositiveSmallIntegerField(_("hours for the co-operative or the commune"))
    province_hours = models.PositiveSmallIntegerField(_("hours for the province"))

    class Meta:
        verbose_name = _("rule of disputes")
        verbose_name_plural = _("rules of disputes")
        constraints = [
            only_one_a_day("one_ladder_rule_a_day"),
            ends_after_it_begins("ladder_rule_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(seller_hours__gt=0, commune_hours__gt=0, province_hours__gt=0),
                name="ladder_leaves_time",
            ),
        ]

    def __str__(self) -> str:
        return (
            f"{self.seller_hours} h, {self.commune_hours} h, {self.province_hours} h from {self.valid_from}"
        )


class SellerTerms(models.Model):
    """What is agreed with one seller: since when it counts as a poor household, and by which paper."""

    seller = models.OneToOneField(Seller, on_delete=models.PROTECT, related_name="terms")
    poor_from = models.DateField(_("poor household from"), null=True, blank=True)
    poor_to = models.DateField(_("poor household until (exclusive)"), null=True, blank=True)
    evidence = models.CharField(_("certificate"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField(_("recorded"), auto_now=True)

    class Meta:
        verbose_name = _("seller's terms")
        verbose_name_plural = _("sellers' terms")
        constraints = [
            models.CheckConstraint(
                condition=Q(poor_from=None, poor_to=None) | (Q(poor_from__isnull=False) & ~Q(evidence="")),
                name="poor_household_has_a_certificate",
            ),
            models.CheckConstraint(
                condition=Q(poor_to=None) | Q(poor_to__gt=F("poor_from")), name="poverty_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"terms of {self.seller_id}"

    def is_poor_on(self, day: date) -> bool:
        """Whether the seller counts as a poor household on ``day``."""
        begun = self.poor_from is not None and self.poor_from <= day
        return begun and (self.poor_to is None or day < self.poor_to)


# What the tax office calls each kind of thing for sale: nights and seats are services.
TAX_CATEGORIES: dict[str, TaxRule.Category] = {
    Origin.Kind.GOODS: TaxRule.Category.GOODS,
    Origin.Kind.NIGHTS: TaxRule.Category.SERVICES,
    Origin.Kind.SEATS: TaxRule.Category.SERVICES,
}
