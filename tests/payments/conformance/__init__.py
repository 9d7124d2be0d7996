"""What every provider must do, whoever it speaks to. A provider's test class inherits from Conformance.

``failures`` lists the twenty ways in which payments go wrong; the docstring of a test says which it is about.
``alone`` and ``following`` are about the provider by itself, the others about the provider through our
services, URLs and books.
"""

from tests.payments.conformance.alone import Alone
from tests.payments.conformance.asking import Asking
from tests.payments.conformance.base import EXPIRES_AT, Bank, charge_of, notice
from tests.payments.conformance.following import Following
from tests.payments.conformance.settling import Settling
from tests.payments.conformance.telling import Telling

__all__ = ["EXPIRES_AT", "Alone", "Bank", "Conformance", "charge_of", "notice"]


class Conformance(Alone, Following, Telling, Asking, Settling):
    """All of it."""
