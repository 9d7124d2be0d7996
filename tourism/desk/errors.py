"""What the desk refuses, in words for the host or the guest. Nothing was written then."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from marketplace.errors import ShopError


class DeskError(ShopError):
    """``field`` names what to type anew, if anything."""

    code = "desk"
    status = 422
    field: str | None = None


class WrongCode(DeskError):
    code = "wrong_code"
    field = "code"

    def __init__(self) -> None:
        super().__init__(
            _("This is not the code of these guests. Look once more at the guest's page, or use their name.")
        )


class NoCode(DeskError):
    code = "no_code"
    field = "code"

    def __init__(self) -> None:
        super().__init__(_("Type the four digits on the guest's page, or say that the guest has no code."))


class NotTheirDay(DeskError):
    code = "not_their_day"

    def __init__(self, *, first_night: str, leaves_on: str) -> None:
        super().__init__(
            _("These guests have the nights from %(first)s to %(last)s. Look at their days in the calendar.")
            % {"first": first_night, "last": leaves_on}
        )


class NotConfirmed(DeskError):
    code = "not_confirmed"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("This booking is not paid or was cancelled. Ask the guest for another booking."))


class TooEarly(DeskError):
    code = "too_early"

    def __init__(self, *, at: datetime) -> None:
        when = date_format(timezone.localtime(at), "H:i d/m")
        super().__init__(_("The guests may still come. You can note this from %(when)s on.") % {"when": when})


class HasArrived(DeskError):
    code = "has_arrived"
    status = 409

    def __init__(self, *, at: datetime) -> None:
        when = date_format(timezone.localtime(at), "H:i d/m")
        super().__init__(_("These guests came at %(when)s.") % {"when": when})


class NotArrived(DeskError):
    code = "not_arrived"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("These guests have not arrived yet. Note their arrival first."))


class ActConflict(DeskError):
    code = "act_conflict"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("Something else was already sent under this number. Load the page anew."))


class ActTooOld(DeskError):
    code = "act_too_old"

    def __init__(self) -> None:
        super().__init__(_("This was too long ago. Note it anew, on the page of the guests."))


class AlreadyPaid(DeskError):
    code = "already_paid"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("This is paid and stays on the bill."))


class NothingOnTheBill(DeskError):
    code = "nothing_on_the_bill"

    def __init__(self) -> None:
        super().__init__(_("There is nothing to pay on this bill."))


class AlreadyReported(DeskError):
    code = "already_reported"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("This guest has been reported to the police and stays in the register."))


class RegisterFull(DeskError):
    code = "register_full"
    status = 409

    def __init__(self, *, guests: int) -> None:
        super().__init__(
            _("This booking is for %(guests)d guests, and all of them are in the register.")
            % {"guests": guests}
        )


class CannotReview(DeskError):
    code = "cannot_review"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("A stay can be reviewed after the guests have left, for a time."))


class AlreadyReviewed(DeskError):
    code = "already_reviewed"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("You have already written about this stay."))


class TurnIsOver(DeskError):
    code = "turn_is_over"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("These guests are no longer yours, or have arrived. Load the page anew."))


class NoHouse(DeskError):
    code = "no_house"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("No other house has room on these nights. Talk to your neighbours, then call us."))
