"""What can go wrong with sharing money out. ``str(error)`` can be shown to whoever asked."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from marketplace.errors import ShopError


class NoRule(Exception):
    """A law, fee or limit is missing for a day: nothing can be shared out until somebody enters it."""

    code = "no_rule"

    def __init__(self, *, kind: str, what: str, on: date) -> None:
        super().__init__(
            f"There is no {kind} for {what} on {on.isoformat()}. Enter one with its source under "
            f"/admin/settlement/ and try again; nothing was written."
        )


class RefundTooLarge(ShopError):
    code = "refund_too_large"

    def __init__(self, *, what: str, left_vnd: int, wanted_vnd: int) -> None:
        super().__init__(
            _(
                "%(what)s: %(wanted)s ₫ were to be refunded, %(left)s ₫ are left of it. Nothing was "
                "refunded; ask for at most what is left."
            )
            % {"what": what, "wanted": _dotted(wanted_vnd), "left": _dotted(left_vnd)},
            left_vnd=left_vnd,
            wanted_vnd=wanted_vnd,
        )


class NotPaid(ShopError):
    code = "not_paid"

    def __init__(self, number: str) -> None:
        super().__init__(
            _("%(number)s is not paid, or was refunded: there is no money to decide about.")
            % {"number": number},
            number=number,
        )


class RefundConflict(ShopError):
    code = "refund_conflict"

    def __init__(self, refund_id: object) -> None:
        super().__init__(
            _("Refund %(refund)s was already asked for, of something else. Another refund needs another id.")
            % {"refund": refund_id}
        )


class TooMuchForTheState(ShopError):
    code = "too_much_for_the_state"

    def __init__(self, *, month: str, left_vnd: int, wanted_vnd: int) -> None:
        super().__init__(
            _("%(month)s: %(wanted)s ₫ were to be paid to the State, %(left)s ₫ are left to pay.")
            % {"month": month, "wanted": _dotted(wanted_vnd), "left": _dotted(left_vnd)},
            left_vnd=left_vnd,
            wanted_vnd=wanted_vnd,
        )


class TooLateToComplain(ShopError):
    code = "too_late_to_complain"

    def __init__(self, number: str) -> None:
        super().__init__(
            _(
                "The time to complain about %(number)s is over and its seller has been paid. Call us: we "
                "will speak with the seller."
            )
            % {"number": number},
            number=number,
        )


class AlreadyDisputed(ShopError):
    code = "already_disputed"

    def __init__(self, number: str) -> None:
        super().__init__(
            _("There is already a complaint about %(number)s. We answer it first.") % {"number": number},
            number=number,
        )


class DisputeOver(ShopError):
    code = "dispute_over"

    def __init__(self, number: str) -> None:
        super().__init__(
            _("The complaint about %(number)s is settled. Load the page again to see how.")
            % {"number": number},
            number=number,
        )


class NotYourTurn(ShopError):
    code = "not_your_turn"

    def __init__(self, number: str) -> None:
        super().__init__(
            _("Somebody else has to answer about %(number)s now. Load the page again to see who.")
            % {"number": number},
            number=number,
        )


def _dotted(amount_vnd: int) -> str:
    return f"{amount_vnd:,}".replace(",", ".")
