"""Everything that writes to delivery, and what it costs: ``from marketplace.delivery import services``.

- ``addresses``: addresses as people know them, with the names of before the reform
- ``fees``: where an order's goods go, and what it costs
- ``handing``: parcels that change hands
- ``manifests``: lists of parcels that travel together
- ``telling``: what buyers are told by SMS
- ``rules``: which dated rule holds
"""

from .addresses import HOME_PROVINCE, Address, read_address
from .fees import Fee, Parcel, Wish, at_office, fees, resolve
from .handing import Act, Noted, buyer_code_for, code_for, lock_shipment, note
from .rules import handling_rule

__all__ = [
    "HOME_PROVINCE",
    "Act",
    "Address",
    "Fee",
    "Noted",
    "Parcel",
    "Wish",
    "at_office",
    "buyer_code_for",
    "code_for",
    "fees",
    "handling_rule",
    "lock_shipment",
    "note",
    "read_address",
    "resolve",
]
