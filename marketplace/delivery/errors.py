"""Why a parcel cannot change hands, or an order cannot be brought, in words. Nothing was noted then."""

from __future__ import annotations

from django.utils.translation import gettext as _

from marketplace.errors import ShopError


class DeliveryError(ShopError):
    """``field`` names what to type anew, if anything."""

    code = "not_handed_over"
    status = 409
    field: str | None = None


class WrongCode(DeliveryError):
    code = "wrong_code"
    status = 422
    field = "code"

    def __init__(self) -> None:
        super().__init__(
            _("These are not the right four digits. Ask for them once more and type them again.")
        )


class NoCode(DeliveryError):
    code = "no_code"
    status = 422
    field = "code"

    def __init__(self) -> None:
        super().__init__(_("Type the four digits, or scan the QR code."))


class TooManyTries(DeliveryError):
    code = "too_many_tries"
    status = 429
    field = "code"

    def __init__(self) -> None:
        super().__init__(_("Too many wrong codes. Try again in an hour, or call the market's staff."))


class NotThere(DeliveryError):
    """``state`` is that of the shipment, in words."""

    code = "not_there"

    def __init__(self, *, number: str, state: str) -> None:
        super().__init__(
            _("Parcel %(number)s cannot be handed over like this. It is noted as: %(state)s.")
            % {"number": number, "state": state},
            number=number,
            state=state,
        )


class Unpaid(DeliveryError):
    code = "unpaid"

    def __init__(self, *, number: str) -> None:
        super().__init__(
            _("Parcel %(number)s is not paid yet. Count the cash first, then hand it over.")
            % {"number": number},
            number=number,
        )


class Ended(DeliveryError):
    code = "ended"

    def __init__(self, *, number: str) -> None:
        super().__init__(
            _("Order %(number)s was cancelled or refunded. The parcel goes back to its seller.")
            % {"number": number},
            number=number,
        )


class ActTooOld(DeliveryError):
    code = "too_old"

    def __init__(self) -> None:
        super().__init__(_("This happened more than a week ago. Call the market's staff to put it right."))


class ActConflict(DeliveryError):
    code = "conflict"

    def __init__(self) -> None:
        super().__init__(_("This form has already noted something else. Open the page again."))


class NoParcel(DeliveryError):
    code = "no_parcel"

    def __init__(self, *, number: str) -> None:
        super().__init__(
            _("Nothing is sent for %(number)s: it is a stay or a tour.") % {"number": number}, number=number
        )
