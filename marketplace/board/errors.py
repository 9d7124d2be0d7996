from django.utils.translation import gettext as _

from marketplace.errors import ShopError


class ChosenAlready(ShopError):
    code = "chosen_already"

    def __init__(self, *, state: str) -> None:
        super().__init__(
            _("This was decided already: %(state)s. Look at the order for what is booked now.")
            % {"state": state}
        )
