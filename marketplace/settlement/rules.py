"""Which rule holds on a day. Everything that reads the dated rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from marketplace.sellers.models import Origin, Seller
from payments.compiled import compiled

from .errors import NoRule
from .models import CommissionRule, LadderRule, SettlementRule, TaxRule, WeighingRule
from .models.rules import TAX_CATEGORIES
from .splitting import Rates


@dataclass(frozen=True)
class LineRules:
    """The two rules one order line is shared out by."""

    commission: CommissionRule
    tax: TaxRule

    @property
    def rates(self) -> Rates:
        return Rates(self.commission.rate_bp, self.tax.vat_bp, self.tax.pit_bp)


class RuleBook:
    """The commission and tax rules of one day. Two queries, however many lines are looked up in it."""

    def __init__(self, day: date) -> None:
        self._day = day
        self._commissions = {(rule.seller_kind, rule.category): rule for rule in _commission_rules(day)}
        self._taxes = {(rule.seller_kind, rule.category): rule for rule in _tax_rules(day)}

    def rules_for(self, *, origin: Origin, seller: Seller, is_poor: bool) -> LineRules:
        """Return the rules for what ``seller`` sells of ``origin``. Raises NoRule if the day has none."""
        return LineRules(
            commission=self._commission(origin, seller, is_poor=is_poor),
            tax=self._tax(TAX_CATEGORIES[origin.kind], seller),
        )

    def _commission(self, origin: Origin, seller: Seller, *, is_poor: bool) -> CommissionRule:
        """The most particular one: the kind of seller says more than the category, the group more than
        goods, nights or seats as a whole."""
        kinds = [CommissionRule.POOR] * is_poor + [seller.kind, ""]
        for key in [(kind, category) for kind in kinds for category in (origin.group, origin.kind, "")]:
            if key in self._commissions:
                return self._commissions[key]
        raise NoRule(kind="commission rule", what=f"{origin.group} of a {seller.kind}", on=self._day)

    def _tax(self, category: TaxRule.Category, seller: Seller) -> TaxRule:
        try:
            return self._taxes[(seller.kind, category)]
        except KeyError:
            raise NoRule(kind="tax rule", what=f"{category.value} of a {seller.kind}", on=self._day) from None


def settlement_rule(day: date) -> SettlementRule:
    """Return how long money waits, and the limits, on ``day``. Raises NoRule. One query."""
    rules = _settlement_rules(day)
    if not rules:
        raise NoRule(kind="settlement rule", what="payouts and disputes", on=day)
    return rules[0]


def weighing_rule(day: date) -> WeighingRule:
    """Return how much more than the estimate weighed goods may cost on ``day``. Raises NoRule. One query."""
    rule = WeighingRule.objects.valid_on(day).first()
    if rule is None:
        raise NoRule(kind="weighing rule", what="goods sold by weight", on=day)
    return rule


def ladder_rule(day: date) -> LadderRule:
    """Return how long each step of a dispute has to answer on ``day``. Raises NoRule. One query."""
    rule = LadderRule.objects.valid_on(day).first()
    if rule is None:
        raise NoRule(kind="rule of disputes", what="complaints", on=day)
    return rule


@compiled
def _commission_rules(day: date) -> QuerySet[CommissionRule]:
    return CommissionRule.objects.valid_on(day)


@compiled
def _tax_rules(day: date) -> QuerySet[TaxRule]:
    return TaxRule.objects.valid_on(day)


@compiled
def _settlement_rules(day: date) -> QuerySet[SettlementRule]:
    return SettlementRule.objects.valid_on(day).order_by("pk")[:1]
