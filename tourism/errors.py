"""What can go wrong with a booking that no order line stands behind. The words are for people."""

from __future__ import annotations

from django.utils.translation import gettext as _

from marketplace.errors import ShopError


class HoldEnded(ShopError):
    """The nights were held for a time, and it is over."""

    code = "hold_ended"

    def __init__(self) -> None:
        super().__init__(
            _("These nights are no longer held. Look whether they are still free, and begin again.")
        )


class BoughtInTheShop(ShopError):
    """There is money behind the booking: whoever ends it must say what becomes of the money."""

    code = "bought_in_the_shop"

    def __init__(self, *, number: str) -> None:
        super().__init__(
            _("This booking belongs to order %(number)s and was paid here. Cancel that order instead.")
            % {"number": number},
            order=number,
        )
