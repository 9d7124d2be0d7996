"""Posting to an address that somebody has typed. Touches no table.

Only the public internet is called, by HTTPS (marketplace.outside). No redirect is followed and nothing of the
answer is kept. Names in settings.WEBHOOK_HOSTS_TRUSTED (of the state's own network) may be private, and plain
HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from marketplace import outside

from .errors import AddressRefused, NotAnswered

WAIT_S = 10.0
AGENT = "MuongThen webhooks"


def post(url: str, *, body: bytes, headers: Mapping[str, str]) -> int:
    """POST ``body`` to ``url`` and return the status, one of 200 to 299.

    Raises AddressRefused for what may not be called, NotAnswered for any other answer and for none.
    """
    there = check_address(url)
    own = {**headers, "User-Agent": AGENT, "Content-Type": "application/json"}
    with outside.client(WAIT_S) as http:
        try:
            answer = http.send(there.request(http, "POST", headers=own, content=body), stream=True)
        except outside.Refused as error:
            raise AddressRefused(_words(error)) from error
        except outside.Unknown as error:
            raise NotAnswered(str(error)) from error
        except httpx.HTTPError as error:
            raise NotAnswered(f"No answer: {type(error).__name__}.") from error
        answer.close()
    if answer.is_redirect:
        raise NotAnswered(f"Answered {answer.status_code}: redirects are not followed.")
    if not answer.is_success:
        raise NotAnswered(f"Answered {answer.status_code}.")
    return answer.status_code


def check_address(url: str) -> outside.Address:
    """Return the address to call. Raises AddressRefused for what is never called. Nobody is asked."""
    try:
        there = outside.address(url, schemes=("https",), trusted=settings.WEBHOOK_HOSTS_TRUSTED)
    except outside.Refused as error:
        raise AddressRefused(_words(error)) from error
    if urlsplit(url).fragment:
        raise AddressRefused(_words(outside.Refused("signed_in")))
    return there


def _words(error: outside.Refused) -> str:
    match error.why:
        case "address":
            return _("This is no address of the web.")
        case "scheme":
            return _("Give an address that begins with https://.")
        case "signed_in":
            return _("Give the address without a name, a password or a # part.")
        case "port":
            return _("Give an address without a port: only 443 is called.")
        case "private":
            return _("%(host)s is not on the public internet, so it is not called.") % {"host": error.host}
    raise AssertionError(error.why)
