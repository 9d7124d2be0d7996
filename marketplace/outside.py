"""Calling an address that somebody has typed: of another site's calendar, of a department's server.

Only machines of the public internet are called. The name is looked up here, every number it has must be
public, and the number that was found is the one that is called, under the certificate of its name. So a name
cannot lead to another machine between the look and the call. Redirects are never followed by themselves:
whoever follows one asks for its address here again.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

PORTS = {"http": 80, "https": 443}
# An IPv6 number may carry an IPv4 number that a gateway calls in its place: where it stands, in bits from the
# right. NAT64 (RFC 6052, 8215), IPv4 translated (RFC 2765) and compatible (RFC 4291), 6to4 (RFC 3056), ISATAP
# is told by its own mark. Teredo (2001::/32) is not public to begin with.
_CARRIERS = [
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),
    (ipaddress.IPv6Network("64:ff9b:1::/48"), 0),
    (ipaddress.IPv6Network("::ffff:0:0:0/96"), 0),
    (ipaddress.IPv6Network("::/96"), 0),
    (ipaddress.IPv6Network("2002::/16"), 80),
]
_ISATAP = (0x00005EFE, 0x02005EFE)
# Public to Python, and yet within one site: RFC 3879, RFC 7335, and the way to relays of 6to4 (RFC 7526).
_OF_A_SITE = [
    ipaddress.ip_network("fec0::/10"),
    ipaddress.ip_network("192.0.0.0/24"),
    ipaddress.ip_network("192.88.99.0/24"),
]


class Refused(Exception):
    """The address is never called. ``why``: "address", "scheme", "signed_in", "port" or "private"."""

    def __init__(self, why: str, *, host: str = "") -> None:
        super().__init__(f"{host or 'The address'} is not called: {why}.")
        self.why, self.host = why, host


class Unknown(Exception):
    """Nobody knows the name ``host``: it may be known later."""

    def __init__(self, *, host: str) -> None:
        super().__init__(f"Nobody knows {host}.")
        self.host = host


@dataclass(frozen=True)
class Address:
    """An address that may be called, if its numbers are public or it ``is_trusted``."""

    url: str
    host: str
    port: int
    is_trusted: bool

    def request(
        self, http: httpx.Client, method: str, *, headers: Mapping[str, str], **body: Any
    ) -> httpx.Request:
        """Return the request, addressed to the number of the host, under the name its certificate must have.

        Raises Refused for a number that is not public, Unknown for a name without one, httpx.InvalidURL.
        """
        there = httpx.URL(self.url).copy_with(host=self.number())
        told = {**headers, "Host": urlsplit(self.url).netloc}
        return http.build_request(method, there, headers=told, extensions={"sni_hostname": self.host}, **body)

    def number(self) -> str:
        """Return the IP number to call. Raises Refused if any is not public, Unknown if there is none."""
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:  # the second: a name no directory can hold
            raise Unknown(host=self.host) from error
        numbers = [str(row[4][0]) for row in found]
        if not self.is_trusted and not all(is_public(number) for number in numbers):
            raise Refused("private", host=self.host)
        return numbers[0]


def address(url: str, *, schemes: Collection[str], trusted: Collection[str]) -> Address:
    """Return what ``url`` says. Nobody is asked. Raises Refused for what is never called.

    Names in ``trusted`` may be private, speak plain HTTP and listen at any port.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        httpx.URL(url)  # reads more strictly, and is what calls
    except (ValueError, httpx.InvalidURL) as error:
        raise Refused("address") from error
    is_trusted = host in trusted
    if not host or parts.scheme not in (PORTS if is_trusted else schemes):
        raise Refused("scheme", host=host)
    if parts.username is not None or parts.password is not None:
        raise Refused("signed_in", host=host)
    if port not in (None, PORTS[parts.scheme]) and not is_trusted:
        raise Refused("port", host=host)
    return Address(url, host, port or PORTS[parts.scheme], is_trusted)


def client(wait_s: float) -> httpx.Client:
    """Return what calls: by no proxy, after no redirect, waiting ``wait_s`` for each part of an answer."""
    return httpx.Client(timeout=wait_s, trust_env=False, follow_redirects=False)


def is_public(number: str) -> bool:
    """Whether an IP number is one of the public internet, and of one machine."""
    found = ipaddress.ip_address(number.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        found = _carried(found) or found
    is_inside = any(found.version == site.version and found in site for site in _OF_A_SITE)
    return found.is_global and not found.is_multicast and not is_inside


def _carried(number: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 number that is called in the place of ``number``, if there is one."""
    if number.ipv4_mapped:
        return number.ipv4_mapped
    low = int(number) & (2**64 - 1)
    if low >> 32 in _ISATAP:
        return ipaddress.IPv4Address(low & 0xFFFFFFFF)
    for network, shift in _CARRIERS:
        if number in network:
            return ipaddress.IPv4Address(int(number) >> shift & 0xFFFFFFFF)
    return None
