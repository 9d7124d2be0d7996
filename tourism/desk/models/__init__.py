"""The day of the stay: the door, the bill, the guest register, reviews, and villages that share guests."""

from .door import BillItem, DoorAct, Visit
from .register import RegisteredGuest, RegisterRule, ReportReminder
from .reviews import Review
from .villages import FundRule, House, HouseAway, Turn, Village

__all__ = [
    "BillItem",
    "DoorAct",
    "FundRule",
    "House",
    "HouseAway",
    "RegisterRule",
    "RegisteredGuest",
    "ReportReminder",
    "Review",
    "Turn",
    "Village",
    "Visit",
]
