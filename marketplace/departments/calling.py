"""Posting to an address that somebody has typed. Touches no table.

Only the public internet is called, by HTTPS: the name is looked up here, every number it has must be public,
and the number that was found is the one that is called, under the certificate of its name. So a name cannot
lead to another machine between the look and the call. No redirect is followed and nothing of the answer is
kept. Names in settings.WEBHOOK_HOSTS_TRUSTED (of the state's own network) may be private, and plain HTTP.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from tourism.calendars.fetching import is_public

from .errors import AddressRefused, NotAnswered

WAIT_S = 10.0
PORTS = {"https": 443, "http": 80}
AGENT = "MuongThen webhooks"


def post(url: str, *, body: bytes, headers: Mapping[str, str]) -> int:
    """POST ``body`` to ``url`` and return the status, one of 200 to 299.

    Raises AddressRefused for what may not be called, NotAnswered for any other answer and for none.
    """
    host, port = check_address(url)
    number = _number(host, port)
    there = httpx.URL(url).copy_with(host=number)
    own = {"Host": urlsplit(url).netloc, "User-Agent": AGENT, "Content-Type": "application/json"}
    with httpx.Client(timeout=WAIT_S, trust_env=False, follow_redirects=False) as http:
        request = http.build_request(
            "POST", there, content=body, headers={**headers, **own}, extensions={"sni_hostname": host}
        )
        try:
            answer = http.send(request, stream=True)
        except httpx.HTTPError as error:
            raise NotAnswered(f"No answer: {type(error).__name__}.") from error
        answer.close()
    if answer.is_redirect:
        raise NotAnswered(f"Answered {answer.status_code}: redirects are not followed.")
    if not answer.is_success:
        raise NotAnswered(f"Answered {answer.status_code}.")
    return answer.status_code


def check_address(url: str) -> tuple[str, int]:
    """Return host and port. Raises AddressRefused for what is never called. Nobody is asked."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise AddressRefused(_("This is no address of the web.")) from error
    trusted = host in settings.WEBHOOK_HOSTS_TRUSTED
    if not host or parts.scheme not in (PORTS if trusted else ("https",)):
        raise AddressRefused(_("Give an address that begins with https://."))
    if parts.username is not None or parts.fragment:
        raise AddressRefused(_("Give the address without a name, a password or a # part."))
    if port not in (None, PORTS[parts.scheme]) and not trusted:
        raise AddressRefused(_("Give an address without a port: only 443 is called."))
    return host, port or PORTS[parts.scheme]


def _number(host: str, port: int) -> str:
    """Return the IP address to call. Raises AddressRefused if any of the host's is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotAnswered(f"Nobody knows {host}.") from error
    numbers = [str(row[4][0]) for row in found]
    if host not in settings.WEBHOOK_HOSTS_TRUSTED and not all(is_public(number) for number in numbers):
        raise AddressRefused(
            _("%(host)s is not on the public internet, so it is not called.") % {"host": host}
        )
    return numbers[0]
