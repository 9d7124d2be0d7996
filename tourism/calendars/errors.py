"""What can go wrong with calendars and requests, in words for the host or the guest."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from marketplace.errors import ShopError


class FeedRefused(ShopError):
    """Another site's calendar cannot be read. ``code`` says why; the nights taken here stay as they were."""

    status = 422

    def __init__(self, code: str, **facts: Any) -> None:
        self.code = code
        super().__init__(_words(code) % facts, **facts)


def _words(code: str) -> str:
    match code:
        case "address":
            return _("“%(url)s” is not an address on the internet. Copy it again from the other site.")
        case "private_address":
            return _("%(host)s is not on the public internet, so its calendar is not read.")
        case "unreachable":
            return _("%(host)s did not answer. It is tried again in a quarter of an hour.")
        case "http_status":
            return _("%(host)s answered %(status)s instead of a calendar. Copy the address again from there.")
        case "redirects":
            return _("%(host)s sends us from one address to the next. Copy the last one from your browser.")
        case "too_slow":
            return _(
                "%(host)s takes too long to send its calendar. It is tried again in a quarter of an hour."
            )
        case "too_large":
            return _("The calendar is larger than %(max_mb)d MB. Ask the other site for one room only.")
        case "not_a_calendar":
            return _("What stands at this address is not a calendar (iCal), or only the beginning of one.")
        case "too_many":
            return _("The calendar has more than %(max)d entries. Ask the other site for one room only.")
        case "recurrence":
            return _(
                "The entry “%(summary)s” repeats by a rule that is not read here: %(rule)s. "
                "Days, weeks, months and years are."
            )
        case "zone":
            return _("The calendar uses the time zone “%(zone)s”, which is not known here.")
        case "too_much_work":
            return _("The calendar is too complicated to be read. Ask the other site for a simpler one.")
    raise AssertionError(code)


class CameFromElsewhere(ShopError):
    """A booking that another site has made is changed there: here the next reading would undo it."""

    code = "came_from_elsewhere"

    def __init__(self, *, name: str) -> None:
        super().__init__(_("This booking came from %(name)s. Change it there.") % {"name": name}, name=name)


class RequestClosed(ShopError):
    """The request was answered, withdrawn or not answered in time."""

    code = "request_closed"

    def __init__(self, state: str) -> None:
        super().__init__(_("This request is no longer open: %(state)s.") % {"state": state}, state=state)


class TooManyRequests(ShopError):
    code = "too_many_requests"
    status = 429

    def __init__(self, *, most: int) -> None:
        super().__init__(
            _("You are waiting for %(max)d answers already. Withdraw a request, or wait for an answer.")
            % {"max": most}
        )
