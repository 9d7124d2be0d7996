"""The tables of delivery.

- ``network``: provinces, post offices and routes
- ``prices``: what the post asks, and its rules, as dated rows
- ``destinations``: where the goods of an order go
- ``shipments``: parcels, and every time one changed hands
- ``promises``: when a parcel was said to arrive, and what carriers tell
"""

from .destinations import Destination
from .network import FormerProvince, OpeningHours, PostOffice, Province, Route, RouteStop
from .prices import FreeDelivery, HandlingRule, Rate, RouteFee
from .promises import CarrierEvent, Promise
from .shipments import HandOver, Manifest, Shipment

__all__ = [
    "CarrierEvent",
    "Destination",
    "FormerProvince",
    "FreeDelivery",
    "HandOver",
    "HandlingRule",
    "Manifest",
    "OpeningHours",
    "PostOffice",
    "Promise",
    "Province",
    "Rate",
    "Route",
    "RouteFee",
    "RouteStop",
    "Shipment",
]
