"""Getting a file from an address that a host has typed. Touches no table.

The address may be anybody's, so only the public internet is asked (marketplace.outside), also after a
redirect. At most ``BYTES_MAX`` bytes are taken, uncompressed, and a server that dawdles is left.
"""

from __future__ import annotations

import time
from urllib.parse import urljoin

import httpx
from django.conf import settings

from marketplace import outside

from .errors import FeedRefused
from .reading import BYTES_MAX

REDIRECTS_MAX = 3
WAIT_S = 5.0  # for each answer of the network
SECONDS_MAX = 20.0  # for all of it
AGENT = "MuongThen calendar reader"


def fetch(url: str) -> bytes:
    """Return what stands at ``url``. Raises FeedRefused, which says why in words for the host."""
    ends = time.monotonic() + SECONDS_MAX
    with outside.client(WAIT_S) as http:
        for _redirect in range(REDIRECTS_MAX + 1):
            answer = _ask(http, url, ends)
            if isinstance(answer, bytes):
                return answer
            try:
                url = urljoin(url, answer)
            except ValueError as error:
                raise FeedRefused("address", url=answer[:100]) from error
    raise FeedRefused("redirects", host=_address(url).host)


def check_address(url: str) -> None:
    """Raise FeedRefused for what can be no address of a calendar. Nobody is asked."""
    _address(url)


def _ask(http: httpx.Client, url: str, ends: float) -> bytes | str:
    """Return the body, or where we are sent instead."""
    there = _address(url)
    host = there.host
    headers = {"User-Agent": AGENT, "Accept": "text/calendar", "Accept-Encoding": "identity"}
    try:
        request = there.request(http, "GET", headers=headers)
    except outside.Refused as error:
        raise FeedRefused("private_address", host=host) from error
    except outside.Unknown as error:
        raise FeedRefused("unreachable", host=host) from error
    try:
        response = http.send(request, stream=True)
        try:
            if response.is_redirect:
                return response.headers["location"]
            if response.status_code != 200:
                raise FeedRefused("http_status", host=host, status=response.status_code)
            if response.headers.get("content-encoding", "identity") != "identity":
                raise FeedRefused("not_a_calendar")  # it was asked not to: nothing is unpacked here
            return _body(response, host, ends)
        finally:
            response.close()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FeedRefused("unreachable", host=host) from error


def _body(response: httpx.Response, host: str, ends: float) -> bytes:
    body = bytearray()
    told = response.headers.get("content-length", "0")
    if told.isdecimal() and int(told[:12]) > BYTES_MAX:
        raise FeedRefused("too_large", max_mb=BYTES_MAX // 1024 // 1024)
    for part in response.iter_raw():
        body += part
        if len(body) > BYTES_MAX:
            raise FeedRefused("too_large", max_mb=BYTES_MAX // 1024 // 1024)
        if time.monotonic() > ends:
            raise FeedRefused("too_slow", host=host)
    return bytes(body)


def _address(url: str) -> outside.Address:
    """Return the address, if it is one that may be asked at all."""
    try:
        return outside.address(url, schemes=outside.PORTS, trusted=settings.CALENDAR_HOSTS_TRUSTED)
    except outside.Refused as error:
        raise FeedRefused("address", url=url[:100]) from error
