"""Who gets what of an order, by which rule, and when."""

from .disputes import Dispute, DisputePhoto, DisputeStep
from .parts import LineBooking, LineSplit, PartClock, Refund
from .rules import CommissionRule, LadderRule, SellerTerms, SettlementRule, TaxRule, WeighingRule

__all__ = [
    "CommissionRule",
    "Dispute",
    "DisputePhoto",
    "DisputeStep",
    "LadderRule",
    "LineBooking",
    "LineSplit",
    "PartClock",
    "Refund",
    "SellerTerms",
    "SettlementRule",
    "TaxRule",
    "WeighingRule",
]
