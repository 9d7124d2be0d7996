"""What a reseller's program is told when something cannot be: OCTO's codes, in one shape.

``{"error", "errorMessage"}`` and, of a wrong id, the id. OCTO's description knows no status but
400 for any of them, a missing key included.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _


class OctoError(Exception):
    """``str(error)`` is the message; ``facts`` stand beside it."""

    code = "BAD_REQUEST"

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.facts = facts


class BadRequest(OctoError):
    """The request cannot be read, or lacks something."""


class Unprocessable(OctoError):
    """The request is right, and cannot be done as things are."""

    code = "UNPROCESSABLE_ENTITY"


class KeyMissing(OctoError):
    code = "UNAUTHORIZED"

    def __init__(self) -> None:
        super().__init__(_("Send your key as “Authorization: Bearer <key>”."))


class KeyRefused(OctoError):
    code = "FORBIDDEN"

    def __init__(self) -> None:
        super().__init__(_("This key is wrong or was revoked. Ask us for a new one."))


class InvalidProduct(OctoError):
    code = "INVALID_PRODUCT_ID"

    def __init__(self, product_id: str) -> None:
        super().__init__(_("The productId was missing or invalid."), productId=product_id)


class InvalidOption(OctoError):
    code = "INVALID_OPTION_ID"

    def __init__(self, option_id: str) -> None:
        super().__init__(_("The optionId was missing or invalid."), optionId=option_id)


class InvalidUnit(OctoError):
    code = "INVALID_UNIT_ID"

    def __init__(self, unit_id: str) -> None:
        super().__init__(_("The unitId was missing or invalid."), unitId=unit_id)


class InvalidAvailability(OctoError):
    code = "INVALID_AVAILABILITY_ID"

    def __init__(self, availability_id: str) -> None:
        super().__init__(
            _("The availabilityId was missing or invalid. Ask /availability/ for one."),
            availabilityId=availability_id,
        )


class InvalidBooking(OctoError):
    code = "INVALID_BOOKING_UUID"

    def __init__(self, uuid: str, message: str = "") -> None:
        super().__init__(message or _("The uuid was missing or invalid."), uuid=uuid)
