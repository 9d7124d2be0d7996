from django.utils.translation import gettext as _

from marketplace.errors import ShopError


class CannotCancel(ShopError):
    code = "cannot_cancel"

    def __init__(self, number: str) -> None:
        super().__init__(
            _("Order %(number)s cannot be cancelled any more: a stay has begun. Speak with the host.")
            % {"number": number},
            order_number=number,
        )
