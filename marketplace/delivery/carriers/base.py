"""What a carrier can: take a parcel over, say where it is, and tell us by itself. HTTP and nothing else."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

# What carriers tell; the kinds of delivery.models.CarrierEvent.
KINDS = ("taken", "sorted", "out", "failed", "delivered", "returned")


class CarrierError(Exception):
    """A carrier refused, or did not answer as agreed."""


class CarrierUnavailable(CarrierError):
    """No answer, or one of its own failures: ask again later."""


class BadSignature(CarrierError):
    """What came was not signed by the carrier, or long ago."""


@dataclass(frozen=True)
class Told:
    """One thing a carrier says of a parcel. ``event_id`` is the carrier's, the same whenever it is told."""

    event_id: str
    tracking_number: str
    kind: str
    place: str
    happened_at: datetime


@dataclass(frozen=True)
class Consignment:
    """A parcel as a carrier wants to know it. ``reference`` is ours: asking again finds the same parcel."""

    reference: str
    name: str
    phone: str
    address: str


class Carrier(ABC):
    """Named in ``settings.CARRIERS``; ``options`` are what its class is made with."""

    @abstractmethod
    def register(self, consignment: Consignment) -> str:
        """Hand a parcel over and return its tracking number. Repeats return the first number.

        Raises CarrierUnavailable, or CarrierError if it will not take it.
        """

    @abstractmethod
    def fetch(self, tracking_number: str) -> list[Told]:
        """Return everything the carrier knows of a parcel, oldest first. Raises as register()."""

    @abstractmethod
    def read_webhook(self, *, body: bytes, headers: Mapping[str, str], now: datetime) -> Told:
        """Return what a carrier tells by itself. Raises BadSignature; CarrierError for nonsense."""
