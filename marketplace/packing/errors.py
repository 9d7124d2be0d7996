"""What can go wrong while an order is prepared. ``str(error)`` can be shown to the seller."""

from __future__ import annotations

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
