from django.utils.translation import gettext as _

from marketplace.errors import ShopError


class NotReceived(ShopError):
    """Only who has received something may say how it was."""

    code = "not_received"

    def __init__(self, title: str) -> None:
        super().__init__(
            _("You can say how “%(title)s” was as soon as you have it. Press “I have it” on the order first.")
            % {"title": title}
        )


class ReviewedAlready(ShopError):
    code = "reviewed_already"

    def __init__(self, title: str) -> None:
        super().__init__(_("You have already said how “%(title)s” was. Thank you.") % {"title": title})


class AnsweredAlready(ShopError):
    code = "answered_already"

    def __init__(self) -> None:
        super().__init__(_("This review has its answer. It cannot be changed any more."))


class CannotPool(ShopError):
    """This cannot be ordered together, or not so. The text says why and what to do."""

    code = "cannot_pool"


class VoucherRefused(ShopError):
    """A code does not work here. The text says why."""

    code = "voucher_refused"
