"""A simulated phone with keys in somebody's hand: writes SMS, waits for answers, dials."""

from __future__ import annotations

import html
import re
import uuid

import httpx

from tests.wallet_operator import WalletOperator, wait_until


class KeyPhone:
    """One phone without an app. ``operator`` carries what it writes to the shop and back."""

    def __init__(self, operator: WalletOperator, number: str) -> None:
        self.http, self.number = operator.http, number
        self._post("/phone/", "/", number=number)

    def received(self) -> list[str]:
        """Return the SMS on the phone, the newest first."""
        messages = self.http.get("/sim/sms/", params={"msisdn": self.number}).json()["messages"]
        return [message["text"] for message in messages if not message["is_outgoing"]]

    def write(self, words: str) -> str:
        """Send an SMS to the market and return its answer."""
        before = len(self.received())
        path = f"/phone/{self.number}/messages/"
        self._post(path, f"/phone/{self.number}/?tab=messages", to="8138", text=words, id=str(uuid.uuid4()))
        wait_until(lambda: len(self.received()) > before, f"{words!r} is answered", timeout_s=20)
        return self.received()[0]

    def dial(self, *keys: str) -> str:
        """Dial the market's code, answer its screens by ``keys`` and return the last one."""
        path = f"/phone/{self.number}/keypad/"
        page = self._post(path, path, key="dial", typed="*138#")
        for step, key in enumerate(keys):
            page = self._post(path, path, key="send", typed=key, step=str(step))
        screen = re.search(r'<p class="ussd-screen"[^>]*>([^<]*)</p>', page)
        assert screen is not None, page
        return html.unescape(screen[1])

    def _post(self, path: str, form: str, **data: str) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.http.get(form).text)
        assert token is not None, form
        answer: httpx.Response = self.http.post(
            path, data={"csrfmiddlewaretoken": token[1]} | data, follow_redirects=True
        )
        assert answer.status_code == 200, answer.text
        return answer.text
