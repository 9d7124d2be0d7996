"""What can stop a purchase, in words for the buyer. Imports nothing of ours, so every package may use it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class ShopError(Exception):
    """A purchase cannot go on as asked. ``str(error)`` can be shown to the buyer."""

    code = "refused"
    status = 409

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.details = details


class SoldOut(ShopError):
    code = "sold_out"

    def __init__(self, *, title: str, wanted: int, left: int) -> None:
        if left:
            message = ngettext(
                "Only %(left)d of “%(title)s” is left, you wanted %(wanted)d. "
                "Take fewer, or remove it from the basket.",
                "Only %(left)d of “%(title)s” are left, you wanted %(wanted)d. "
                "Take fewer, or remove it from the basket.",
                left,
            )
        else:
            message = _("“%(title)s” has just sold out. Remove it from the basket to order the rest.")
        super().__init__(
            message % {"title": title, "wanted": wanted, "left": left}, title=title, wanted=wanted, left=left
        )


class NightsTaken(ShopError):
    code = "nights_taken"

    def __init__(self, *, title: str, night_on: date, wanted: int, left: int) -> None:
        super().__init__(
            _(
                "“%(title)s” has just sold out for the night of %(night)s: %(left)d free, you wanted "
                "%(wanted)d. Choose other nights, or remove it from the basket."
            )
            % {"title": title, "night": date_format(night_on, "d/m/Y"), "left": left, "wanted": wanted},
            title=title,
            night_on=night_on.isoformat(),
            wanted=wanted,
            left=left,
        )


class SeatsTaken(ShopError):
    """``starts_at`` is in the time of the place."""

    code = "seats_taken"

    def __init__(self, *, title: str, starts_at: datetime, wanted: int, left: int) -> None:
        super().__init__(
            _(
                "“%(title)s” on %(day)s has %(left)d free seats, you wanted %(wanted)d. "
                "Choose another departure, or remove it from the basket."
            )
            % {"title": title, "day": date_format(starts_at, "d/m/Y H:i"), "left": left, "wanted": wanted},
            title=title,
            starts_at=starts_at.isoformat(),
            wanted=wanted,
            left=left,
        )


class DepartureClosed(SeatsTaken):
    """It was cancelled, was closed by its seller, or can no longer be booked so late."""

    code = "departure_closed"

    def __init__(self, *, title: str, starts_at: datetime) -> None:
        ShopError.__init__(
            self,
            _(
                "“%(title)s” on %(day)s can no longer be booked. "
                "Choose another departure, or remove it from the basket."
            )
            % {"title": title, "day": date_format(starts_at, "d/m/Y H:i")},
            title=title,
            starts_at=starts_at.isoformat(),
        )


class DepartureUnreachable(DepartureClosed):
    """An official closed the commune: nobody can come. ``words`` say why."""

    code = "departure_unreachable"

    def __init__(self, *, title: str, starts_at: datetime, words: str) -> None:
        ShopError.__init__(
            self,
            _("“%(title)s” on %(day)s cannot go: %(words)s Choose another departure.")
            % {"title": title, "day": date_format(starts_at, "d/m/Y H:i"), "words": words},
            title=title,
            starts_at=starts_at.isoformat(),
            words=words,
        )


class NightsOver(NightsTaken):
    """The nights have passed: nobody can sleep there any more."""

    code = "nights_over"

    def __init__(self, *, title: str, night_on: date) -> None:
        ShopError.__init__(
            self,
            _("“%(title)s”: the night of %(night)s is over. Choose other nights.")
            % {"title": title, "night": date_format(night_on, "d/m/Y")},
            title=title,
            night_on=night_on.isoformat(),
        )


class NightsClosed(NightsTaken):
    """An official closed the commune: nobody can come. ``words`` say why."""

    code = "nights_closed"

    def __init__(self, *, title: str, night_on: date, words: str) -> None:
        ShopError.__init__(
            self,
            _("“%(title)s” cannot be reached on the night of %(night)s: %(words)s Choose other nights.")
            % {"title": title, "night": date_format(night_on, "d/m/Y"), "words": words},
            title=title,
            night_on=night_on.isoformat(),
            words=words,
        )


class LinesUnavailable(ShopError):
    """Several lines of a basket cannot be had. ``errors`` holds one error per line."""

    code = "lines_unavailable"

    def __init__(self, errors: list[ShopError]) -> None:
        self.errors = errors
        super().__init__(
            " ".join(str(error) for error in errors),
            lines=[{"code": error.code, "message": str(error), **error.details} for error in errors],
        )


class PriceChanged(ShopError):
    code = "price_changed"

    def __init__(self, *, agreed_vnd: int, now_vnd: int) -> None:
        super().__init__(
            _(
                "The price has changed since you looked: it was %(agreed)s ₫ and is %(now)s ₫ now. "
                "Nothing was ordered. Check the new total and confirm again."
            )
            % {"agreed": f"{agreed_vnd:,}".replace(",", "."), "now": f"{now_vnd:,}".replace(",", ".")},
            agreed_vnd=agreed_vnd,
            now_vnd=now_vnd,
        )


class NothingToPay(ShopError):
    code = "nothing_to_pay"

    def __init__(self) -> None:
        super().__init__(_("All of this is free at the moment, so there is nothing to pay. Call the seller."))


class BasketEmpty(ShopError):
    code = "basket_empty"

    def __init__(self) -> None:
        super().__init__(_("The basket is empty. Put something in it first."))


class ShopClosed(ShopError):
    """The seller takes no orders of goods for some days; ``opens_on`` None: until further notice."""

    code = "shop_closed"

    def __init__(self, *, seller: str, opens_on: date | None) -> None:
        if opens_on is None:
            message = _(
                "%(seller)s takes no orders at the moment, and does not know until when. "
                "Look for the same from a neighbour."
            )
        else:
            message = _(
                "%(seller)s takes no orders before %(day)s. "
                "Order then, or look for the same from a neighbour."
            )
        day = date_format(opens_on, "d/m/Y") if opens_on else ""
        super().__init__(
            message % {"seller": seller, "day": day},
            seller=seller,
            opens_on=opens_on.isoformat() if opens_on else None,
        )


class BasketClosed(ShopError):
    code = "basket_closed"

    def __init__(self) -> None:
        super().__init__(_("This basket has already been ordered. Start a new one."))


class Invalid(ShopError):
    """The wish itself makes no sense: ``field`` names what to change."""

    code = "invalid"
    status = 400

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message, **{field: [message]})
