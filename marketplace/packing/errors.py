"""What can go wrong while an order is prepared. ``str(error)`` can be shown to the seller."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from marketplace.errors import ShopError


class PackingError(ShopError):
    """The seller cannot do this with its part of an order."""


class NothingToPrepare(PackingError):
    code = "nothing_to_prepare"

    def __init__(self, number: str) -> None:
        super().__init__(
            _("There is nothing to prepare for %(number)s: it is not paid, or its money went back.")
            % {"number": number},
            number=number,
        )


class AlreadyDeclined(PackingError):
    code = "already_declined"

    def __init__(self, number: str) -> None:
        super().__init__(
            _("You said no to %(number)s. The buyer gets the money back; do not send anything.")
            % {"number": number},
            number=number,
        )


class AlreadyHandedOver(PackingError):
    code = "already_handed_over"

    def __init__(self, number: str) -> None:
        super().__init__(
            _("%(number)s was handed over already. Write to the buyer if something is wrong with it.")
            % {"number": number},
            number=number,
        )


class NotWeighed(PackingError):
    code = "not_weighed"

    def __init__(self, *, titles: Sequence[str]) -> None:
        super().__init__(
            _("Weigh it first: %(titles)s. The buyer pays what it weighs.") % {"titles": ", ".join(titles)},
            titles=list(titles),
        )


class NotByWeight(PackingError):
    code = "not_by_weight"

    def __init__(self, title: str) -> None:
        super().__init__(
            _("“%(title)s” has a fixed price: it need not be weighed. Tick it.") % {"title": title},
            title=title,
        )


class NotOfThisOrder(PackingError):
    code = "not_of_this_order"

    def __init__(self, number: str) -> None:
        super().__init__(
            _("This is not, or no longer, in order %(number)s. Load the page again.") % {"number": number},
            number=number,
        )


class ActConflict(PackingError):
    code = "act_conflict"

    def __init__(self) -> None:
        super().__init__(
            _("This was already noted for something else. Load the page again and repeat what you did.")
        )


class ActTooOld(PackingError):
    code = "act_too_old"

    def __init__(self) -> None:
        super().__init__(
            _("This waited on the phone for more than seven days. Look at the order, and do it again.")
        )


class TooMuchSaid(PackingError):
    code = "too_much_said"
    status = 429

    def __init__(self) -> None:
        super().__init__(_("That is a lot of messages. Wait an hour, or telephone."))
