"""Getting a file from an address that a host has typed. Touches no table.

The address may be anybody's, so only the public internet is asked: every name is looked up here, and the
address that was found is the one that is called, also after a redirect. At most ``BYTES_MAX`` bytes are
taken, uncompressed, and a server that dawdles is left.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from urllib.parse import urljoin, urlsplit

import httpx
from django.conf import settings

from .errors import FeedRefused
from .reading import BYTES_MAX

REDIRECTS_MAX = 3
WAIT_S = 5.0  # for each answer of the network
SECONDS_MAX = 20.0  # for all of it
PORTS = {"http": 80, "https": 443}
AGENT = "MuongThen calendar reader"


def fetch(url: str) -> bytes:
    """Return what stands at ``url``. Raises FeedRefused, which says why in words for the host."""
    ends = time.monotonic() + SECONDS_MAX
    with httpx.Client(timeout=WAIT_S, trust_env=False, follow_redirects=False) as http:
        for _redirect in range(REDIRECTS_MAX + 1):
            answer = _ask(http, url, ends)
            if isinstance(answer, bytes):
                return answer
            url = urljoin(url, answer)
    raise FeedRefused("redirects", host=_host(url))


def check_address(url: str) -> None:
    """Raise FeedRefused for what can be no address of a calendar. Nobody is asked."""
    _host(url)


def _ask(http: httpx.Client, url: str, ends: float) -> bytes | str:
    """Return the body, or where we are sent instead."""
    host, request = _host(url), _request(http, url)
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


def _request(http: httpx.Client, url: str) -> httpx.Request:
    """Address the request to the number of its host, under the name the host's certificate must have."""
    parts = urlsplit(url)
    host = _host(url)
    port = parts.port or PORTS[parts.scheme]
    number = _public_number(host, port)
    there = httpx.URL(url).copy_with(host=number)
    headers = {
        "Host": parts.netloc,
        "User-Agent": AGENT,
        "Accept": "text/calendar",
        "Accept-Encoding": "identity",
    }
    return http.build_request("GET", there, headers=headers, extensions={"sni_hostname": host})


def _host(url: str) -> str:
    """Return the name of the host, if the address is one that may be asked at all."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise FeedRefused("address", url=url[:100]) from error
    if parts.scheme not in PORTS or not host or parts.username is not None:
        raise FeedRefused("address", url=url[:100])
    if port not in (None, PORTS[parts.scheme]) and not _is_trusted(host):
        raise FeedRefused("address", url=url[:100])
    return host


def _public_number(host: str, port: int) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise FeedRefused("unreachable", host=host) from error
    numbers = [str(row[4][0]) for row in found]
    if not _is_trusted(host) and not all(is_public(number) for number in numbers):
        raise FeedRefused("private_address", host=host)
    return numbers[0]


def is_public(number: str) -> bool:
    """Whether an IP address is one of the public internet, and of one machine."""
    address = ipaddress.ip_address(number.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_global and not address.is_multicast


def _is_trusted(host: str) -> bool:
    return host in settings.CALENDAR_HOSTS_TRUSTED
