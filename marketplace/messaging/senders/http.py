"""Messages and calls by an operator that is spoken to in JSON over HTTP."""

from __future__ import annotations

import json

import httpx

from marketplace.messaging.errors import SenderRefused, SenderUnavailable
from payments.tracing import name_request

from .base import Letter, Sender


class HttpSender(Sender):
    """POSTs ``{"to", "text", "from"}`` (and ``"voice": true`` for a call), and is answered 201 ``{"id"}``.

    ``token``, where the operator wants one, travels as a bearer token. Neither it nor a text is ever logged.
    """

    def __init__(
        self, *, url: str, sender_name: str, timeout_s: float, token: str = "", voice: bool = False
    ) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(timeout=timeout_s, headers=headers, event_hooks={"request": [name_request]})
        self._url, self._sender_name, self._voice = url, sender_name, voice

    def send(self, letter: Letter) -> str:
        body: dict[str, str | bool] = {"to": letter.to, "text": letter.text, "from": self._sender_name}
        if self._voice:
            body |= {"voice": True}
        try:
            answer = self._http.post(self._url, json=body, headers={"Idempotency-Key": letter.key})
        except httpx.HTTPError as error:
            raise SenderUnavailable(f"No answer from the operator: {type(error).__name__}.") from error
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS or answer.status_code >= 500:
            raise SenderUnavailable(f"The operator answers {answer.status_code}.")
        if answer.status_code not in (200, 201, 202):
            raise SenderRefused(f"The operator answers {answer.status_code}.")
        try:
            return str(answer.json()["id"])[:80]
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            # It took it: a second try would send it twice.
            raise SenderRefused("The operator's answer names no message.") from error
