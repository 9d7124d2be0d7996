from __future__ import annotations

from django.utils.translation import gettext as _

from marketplace.errors import ShopError


class CannotCancel(ShopError):
    code = "cannot_cancel"

    def __init__(self, number: str) -> None:
        super().__init__(
            _(
                "Order %(number)s cannot be cancelled any more: a stay has begun, or something was "
                "delivered. Speak with the host or the seller."
            )
            % {"number": number},
            order_number=number,
        )


class NothingRefused(ShopError):
    code = "nothing_refused"

    def __init__(self, number: str) -> None:
        super().__init__(
            _(
                "Nothing of %(number)s waits for another way back: it was paid back, or the operator is "
                "being asked once more. Look at its story before you pay anybody."
            )
            % {"number": number},
            order_number=number,
        )


class CannotPay(ShopError):
    code = "cannot_pay"

    def __init__(self, number: str, reason: str) -> None:
        super().__init__(
            _("Order %(number)s cannot be paid now. %(reason)s") % {"number": number, "reason": reason},
            order_number=number,
        )


class CannotWeigh(ShopError):
    code = "cannot_weigh"

    @classmethod
    def because_of(cls, number: str, reason: str) -> CannotWeigh:
        """Return the refusal for a part: ``status``, ``delivered``, ``paying`` or ``more``."""
        why = {
            "status": _("It is not paid, or was cancelled. Do not pack it."),
            "delivered": _("It was handed over already. Call us if the weight was wrong."),
            "paying": _("Its money is being counted at this moment. Look again in a minute."),
            "more": _(
                "The buyer has been told a lower weight and the rest is no longer asked for. Call us, and we "
                "speak with the buyer."
            ),
        }[reason]
        return cls(
            _("%(number)s: this weight cannot be noted. %(why)s") % {"number": number, "why": why},
            number=number,
            reason=reason,
        )


class ImplausibleWeight(ShopError):
    code = "implausible_weight"
    status = 400

    def __init__(self, title: str, *, weight_g: int, estimate_g: int) -> None:
        super().__init__(
            _(
                "“%(title)s” should weigh about %(estimate)s kg, not %(weight)s kg. Look at the comma, and "
                "weigh it again."
            )
            % {"title": title, "weight": _kilos(weight_g), "estimate": _kilos(estimate_g)},
            weight_g=weight_g,
            estimate_g=estimate_g,
        )


class WeighingConflict(ShopError):
    code = "weighing_conflict"

    def __init__(self, title: str, weight_g: int) -> None:
        super().__init__(
            _("This weighing of “%(title)s” was noted already: %(weight)s kg. Weigh it anew to correct it.")
            % {"title": title, "weight": _kilos(weight_g)},
            weight_g=weight_g,
        )


def _kilos(grams: int) -> str:
    return f"{grams / 1000:g}".replace(".", ",")
