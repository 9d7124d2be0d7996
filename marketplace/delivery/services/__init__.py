"""Everything that writes to delivery, and what it costs: ``from marketplace.delivery import services``.

- ``fees``: where an order's goods go, and what it costs
- ``handing``: parcels that change hands
- ``rules``: which dated rule holds
"""

from .fees import HOME_PROVINCE, Fee, Parcel, Wish, fees, resolve
from .handing import Act, Noted, buyer_code_for, code_for, lock_shipment, note
from .rules import handling_rule

__all__ = [
    "HOME_PROVINCE",
    "Act",
    "Fee",
    "Noted",
    "Parcel",
    "Wish",
    "buyer_code_for",
    "code_for",
    "fees",
    "handling_rule",
    "lock_shipment",
    "note",
    "resolve",
]
