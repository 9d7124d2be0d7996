"""Notices in a browser, through its maker (Web Push, RFC 8030), readable by that browser alone (RFC 8291)."""

from __future__ import annotations

import json

import requests
from py_vapid import Vapid02
from pywebpush import WebPushException, webpush

from marketplace.messaging import vapid
from marketplace.messaging.devices import is_makers
from marketplace.messaging.errors import AddressGone, SenderRefused, SenderUnavailable

from .base import Letter, Sender

KEPT_S = 12 * 3600  # by the maker of the browser, for a phone that is off
GONE = (404, 410)  # RFC 8030, 7.3: the subscription has ended


class PushSender(Sender):
    """Sends ``{"title", "text", "link", "tag"}``, which our service worker shows. Nothing of it is logged.

    ``contact`` is where the maker of a browser writes to about what we send (RFC 8292, 2.1).
    """

    def __init__(self, *, contact: str, timeout_s: float) -> None:
        self._contact, self._timeout_s = contact, timeout_s
        self._http = requests.Session()
        self._http.max_redirects = 0  # nobody leads us to an address that was not judged

    def send(self, letter: Letter) -> str:
        if not is_makers(letter.to):
            raise AddressGone("No maker of browsers is at this address.")
        shown = {"title": letter.title, "text": letter.text, "link": letter.link, "tag": letter.key}
        p256dh, auth = letter.keys
        try:
            answer = webpush(
                {"endpoint": letter.to, "keys": {"p256dh": p256dh, "auth": auth}},
                data=json.dumps(shown, ensure_ascii=False),
                vapid_private_key=Vapid02(vapid.private_key()),
                vapid_claims={"sub": self._contact},
                ttl=KEPT_S,
                timeout=self._timeout_s,
                requests_session=self._http,
            )
        except WebPushException as error:
            raise _explained(error) from error
        except requests.RequestException as error:
            raise SenderUnavailable(f"No answer from the browser's maker: {type(error).__name__}.") from error
        except ValueError as error:  # keys that are no point of the curve
            raise AddressGone("This browser's keys are none.") from error
        assert not isinstance(answer, str), "a string only where curl was asked for"
        return answer.headers.get("Location", "")[-80:]


def _explained(error: WebPushException) -> SenderUnavailable | SenderRefused:
    status = error.status_code
    if status in GONE:
        return AddressGone(f"The browser's maker answers {status}: the subscription has ended.")
    if status is None or status == requests.codes.too_many_requests or status >= 500:
        return SenderUnavailable(f"The browser's maker answers {status or 'nothing'}.")
    return SenderRefused(f"The browser's maker answers {status}.")
