"""What can go wrong with harvests and lots. ``str(error)`` can be shown to the seller."""

from django.utils.translation import gettext as _

from marketplace.errors import ShopError


class NotOfThisSeller(ShopError):
    code = "not_of_this_seller"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("This is not there, or belongs to another seller. Go back to your list."))


class StillGrowing(ShopError):
    code = "still_growing"

    def __init__(self, title: str) -> None:
        super().__init__(
            _(
                "“%(title)s” already has a harvest that is not brought in. Write down what it gave, then "
                "announce the next one."
            )
            % {"title": title},
            title=title,
        )


class ShelfNotEmpty(ShopError):
    code = "shelf_not_empty"

    def __init__(self, title: str, left: int) -> None:
        super().__init__(
            _(
                "There are still %(left)d of “%(title)s” for sale. Sell them first or set the stock to 0, so "
                "that nobody takes them for the new harvest."
            )
            % {"title": title, "left": left},
            title=title,
            left=left,
        )


class AlreadyRecorded(ShopError):
    code = "harvest_recorded"

    def __init__(self, title: str, actual: int) -> None:
        super().__init__(
            _("What this harvest of “%(title)s” gave is written down already: %(actual)d.")
            % {"title": title, "actual": actual},
            title=title,
            actual=actual,
        )


class OtherProduct(ShopError):
    code = "other_product"

    def __init__(self, code: str, title: str) -> None:
        super().__init__(
            _("Lot %(code)s is not “%(title)s”. Choose a lot of what is being packed.")
            % {"code": code, "title": title},
            lot=code,
        )
