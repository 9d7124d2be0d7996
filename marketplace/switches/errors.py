"""What cannot be ordered because it is switched off, in words for the buyer."""

from django.utils.translation import gettext as _

from marketplace.errors import ShopError


class SwitchedOff(ShopError):
    """The market does not take this at the moment, everywhere or in this commune."""

    code = "switched_off"

    def __init__(self, message: str, *, switch: str) -> None:
        super().__init__(message, switch=switch)

    @classmethod
    def pre_order(cls, title: str) -> "SwitchedOff":
        words = _("“%(title)s” cannot be ordered before its harvest at the moment. Look again in some days.")
        return cls(words % {"title": title}, switch="pre-orders")

    @classmethod
    def tour(cls, title: str) -> "SwitchedOff":
        words = _("“%(title)s” cannot be booked at the moment. Look again in some days, or call the seller.")
        return cls(words % {"title": title}, switch="tours")
