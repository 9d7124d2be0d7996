"""What can go wrong when people join, in words they can be told."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from frontend.templatetags.money import vnd
from marketplace.errors import Invalid


class JoiningError(Exception):
    """Base: the text is for whoever sits before the page. ``status`` is the HTTP status of such a page."""

    status = 422


class TooManyCodes(JoiningError):
    status = 429

    def __init__(self, *, hours: int) -> None:
        super().__init__(
            ngettext(
                "Too many codes went to this number. Wait an hour, then ask again.",
                "Too many codes went to this number. Wait %(hours)d hours, then ask again.",
                hours,
            )
            % {"hours": hours}
        )


class AskedTooOften(JoiningError):
    status = 429

    def __init__(self) -> None:
        super().__init__(_("You have asked too many farmers today. Go on tomorrow."))


class WrongCode(JoiningError):
    def __init__(self, *, left: int) -> None:
        super().__init__(
            ngettext(
                "This is not the code that was sent. You can try once more.",
                "This is not the code that was sent. You can try %(left)d more times.",
                left,
            )
            % {"left": left}
            if left
            else _("This is not the code that was sent, and it was the last try. Send a new code.")
        )


class CodeEnded(JoiningError):
    def __init__(self) -> None:
        super().__init__(_("This code has ended. Send a new one: it holds for ten minutes."))


class NotAsked(JoiningError):
    """What is answered is no longer open."""

    status = 409

    def __init__(self) -> None:
        super().__init__(_("This question is no longer open. Look at the list again."))


class OwnShop(JoiningError):
    def __init__(self) -> None:
        super().__init__(_("This is your own shop. You need nobody's leave for it."))


class AlreadyHelping(JoiningError):
    status = 409

    def __init__(self, *, seller: str) -> None:
        super().__init__(_("You may already act for %(seller)s.") % {"seller": seller})


class MayNotConfirm(JoiningError):
    status = 403

    def __init__(self) -> None:
        super().__init__(_("Only somebody else who knows this seller may confirm who it is."))


class SharesNotWhole(JoiningError):
    def __init__(self, *, total: str) -> None:
        super().__init__(
            _("The shares add up to %(total)s %%. Change them until they add up to 100 %%.")
            % {"total": total}
        )


class DayTaken(JoiningError):
    status = 409

    def __init__(self) -> None:
        super().__init__(_("There are already shares from this day on. Choose another day."))


class LimitReached(Invalid):
    """A seller's identity level allows no more this month. Buyers and sellers may both read it."""

    status = 409
    code = "limit_reached"

    def __init__(self, *, seller: str, limit_vnd: int, used_vnd: int, asked_vnd: int, what: str) -> None:
        words = {
            "listed": _(
                "%(seller)s may list goods for %(limit)s a month. %(used)s are listed, and %(asked)s more "
                "are too many. Let the post point or the commune confirm who you are: then you may list more."
            ),
            "sold": _(
                "%(seller)s may sell for %(limit)s a month. %(used)s are sold, and %(asked)s more are too "
                "many this month. Order less, or next month."
            ),
        }[what]
        super().__init__(
            "quantity",
            words
            % {
                "seller": seller,
                "limit": vnd(limit_vnd),
                "used": vnd(used_vnd),
                "asked": vnd(asked_vnd),
            },
        )
