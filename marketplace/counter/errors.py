"""Why a counter takes or gives no cash, in words for the agent. Nothing was booked then."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from frontend.templatetags.money import vnd
from marketplace.errors import ShopError


class CounterError(ShopError):
    """``field`` names what to type anew, if anything."""

    code = "not_counted"
    status = 422
    field: str | None = None


class NothingFound(CounterError):
    code = "nothing_found"
    field = "sought"

    def __init__(self) -> None:
        super().__init__(
            _(
                "Nothing waits at this counter under this code or number. Ask the buyer to read it out "
                "again; it may also be going to another post office."
            )
        )


class NoSuchParcel(CounterError):
    code = "no_such_parcel"
    status = 404
    field = "number"

    def __init__(self) -> None:
        super().__init__(
            _("There is no parcel with this number. It stands on the label, such as 261123-ABCDE-1.")
        )


class WrongCode(CounterError):
    code = "wrong_code"
    field = "code"

    def __init__(self) -> None:
        super().__init__(
            _(
                "This is not the code of this order. Ask the buyer to read out the six digits from the page "
                "of the order; take or give no cash before it is right."
            )
        )


class WrongAmount(CounterError):
    code = "wrong_amount"
    field = "counted"

    def __init__(self, *, counted_vnd: int, due_vnd: int) -> None:
        super().__init__(
            _("You counted %(counted)s, %(due)s are due. Count again; only the exact sum is recorded.")
            % {"counted": vnd(counted_vnd), "due": vnd(due_vnd)},
            counted_vnd=counted_vnd,
            due_vnd=due_vnd,
        )


class NotWaiting(CounterError):
    code = "not_waiting"
    status = 409

    def __init__(self, *, number: str) -> None:
        super().__init__(
            _(
                "Order %(number)s does not wait for cash any more: it was cancelled, or paid in another way. "
                "Take or give none."
            )
            % {"number": number},
            order_number=number,
        )


class TooManyTries(CounterError):
    code = "too_many_tries"
    status = 429

    def __init__(self) -> None:
        super().__init__(_("Too many wrong codes. Try again in an hour, or call the market's staff."))


class MoreThanHeld(CounterError):
    code = "more_than_held"
    field = "amount"

    def __init__(self, *, held_vnd: int, amount_vnd: int) -> None:
        super().__init__(
            _("The till holds %(held)s, you wrote %(amount)s. Write what the slip of the bank says.")
            % {"held": vnd(held_vnd), "amount": vnd(amount_vnd)},
            held_vnd=held_vnd,
            amount_vnd=amount_vnd,
        )


class SlipKnown(CounterError):
    code = "slip_known"
    field = "slip"
    status = 409

    def __init__(self, *, slip: str, amount_vnd: int, banked_at: datetime) -> None:
        super().__init__(
            _(
                "Slip %(slip)s is already recorded: %(amount)s on %(day)s. If this is another slip of the "
                "same number, add the year to it."
            )
            % {
                "slip": slip,
                "amount": vnd(amount_vnd),
                "day": date_format(timezone.localtime(banked_at), "d/m/Y"),
            },
            slip=slip,
        )


class AlreadyBanked(CounterError):
    code = "already_banked"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            _(
                "This form has already recorded a banking with another sum or slip. Look at the list below, "
                "and open the page anew for the next one."
            )
        )
