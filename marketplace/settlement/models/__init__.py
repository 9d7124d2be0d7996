"""Who gets what of an order, by which rule, and when."""

from .disputes import Dispute
from .parts import LineBooking, LineSplit, PartClock, Refund
from .rules import CommissionRule, SellerTerms, SettlementRule, TaxRule, WeighingRule

__all__ = [
    "CommissionRule",
    "Dispute",
    "LineBooking",
    "LineSplit",
    "PartClock",
    "Refund",
    "SellerTerms",
    "SettlementRule",
    "TaxRule",
    "WeighingRule",
]
