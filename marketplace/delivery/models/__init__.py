"""The tables of delivery.

- ``network``: provinces, post offices and routes
- ``prices``: what the post asks, and its rules, as dated rows
- ``destinations``: where the goods of an order go
- ``shipments``: parcels, and every time one changed hands
"""

from .destinations import Destination
from .network import PostOffice, Province
from .prices import HandlingRule, Rate
from .shipments import HandOver, Manifest, Shipment

__all__ = [
    "Destination",
    "HandOver",
    "HandlingRule",
    "Manifest",
    "PostOffice",
    "Province",
    "Rate",
    "Shipment",
]
