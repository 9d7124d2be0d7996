"""Why a parcel cannot change hands, or an order cannot be brought, in words. Nothing was noted then."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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


class NothingToSend(DeliveryError):
    code = "nothing_to_send"

    def __init__(self) -> None:
        super().__init__(_("None of these parcels lies here any more. Look at the list anew."))


class NotFresh(DeliveryError):
    """``nearer`` are post offices where it would arrive fresh, and when."""

    code = "not_fresh"

    def __init__(
        self, *, title: str, keeps_days: int, road_days: int, nearer: list[tuple[str, date]]
    ) -> None:
        said = [
            ngettext(
                "“%(title)s” keeps for %(keeps)d day, and its way takes %(road)d: it would not be fresh.",
                "“%(title)s” keeps for %(keeps)d days, and its way takes %(road)d: it would not be fresh.",
                keeps_days,
            )
            % {"title": title, "keeps": keeps_days, "road": road_days}
        ]
        if nearer:
            places = ", ".join(f"{name} ({date_format(day, 'D d/m')})" for name, day in nearer)
            said.append(_("You can collect it fresh at a post office: %(places)s.") % {"places": places})
        said.append(_("Or remove it from the basket to order the rest."))
        super().__init__(
            " ".join(said),
            keeps_days=keeps_days,
            road_days=road_days,
            nearer=[{"name": name, "on": day.isoformat()} for name, day in nearer],
        )
