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
