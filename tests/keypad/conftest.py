"""A farmer with a phone with keys, rice for sale and a paid order; and the gateway that signs."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from marketplace.keypad import services as keypad
from marketplace.sellers.models import Member
from tests.factories import ProduceFactory, UserFactory
from tests.settlement.conftest import (  # noqa: F401  (fixtures)
    _paying_wallet,
    _silent_wallet,
    household,
    paid,
    pay,
    place,
    post,
    stay_options,
    visitor,
)

_ids = itertools.count(1)


@pytest.fixture
def farmer(household: Any) -> Any:  # noqa: F811
    """The person behind the household, known by the phone."""
    user = UserFactory(name="Lò Thị Pản")
    Member.objects.create(seller=household, user=user)
    return user


@pytest.fixture
def ducks(post: None, stay_options: None, household: Any) -> Any:  # noqa: F811
    """The part of a paid order of two ducks of about 2,5 kg at 100.000 ₫ a kilogram."""
    duck = ProduceFactory(
        title="Vịt bầu", category="livestock", unit="head", weight_g=2_500, price_vnd=250_000,
        stock=10, is_weighed=True, seller=household,
    )  # fmt: skip
    order = place((duck, 2))
    pay(order)
    return order.suborders.get()


def text(user: Any, words: str, *, message_id: str = "", minutes: int = 0) -> str:
    """Send an SMS from a person's phone, or from a number, and return the answer."""
    phone = user if isinstance(user, str) else str(user.phone)
    row = keypad.receive(
        message_id=message_id or f"m-{next(_ids)}",
        phone=phone,
        text=words,
        now=timezone.now() + timedelta(minutes=minutes),
    )
    return row.answer


class Dialled:
    """A session: ``press`` types on, ``screen`` is what it shows."""

    def __init__(self, user: Any) -> None:
        self.phone = user if isinstance(user, str) else str(user.phone)
        self.session_id, self.typed = f"s-{next(_ids)}", ""
        self.screen = self._step()

    def press(self, *keys: str) -> str:
        for key in keys:
            self.typed = f"{self.typed}*{key}" if self.typed else key
            self.screen = self._step()
        return self.screen

    def _step(self) -> str:
        row = keypad.step(session_id=self.session_id, phone=self.phone, typed=self.typed, now=timezone.now())
        self.is_ended = row.is_ended
        return row.screen


@pytest.fixture
def gateway() -> Callable[..., Any]:
    """Return what POSTs to the shop as the operator's gateway does, signed unless told otherwise."""
    client = Client(enforce_csrf_checks=True)

    def send(
        path: str, values: Any, *, secret: str | None = None, at: float | None = None, raw: bytes = b""
    ) -> Any:
        is_form = path == "/ussd/"
        body = raw or (urlencode(values) if is_form else json.dumps(values)).encode()
        stamp = str(int(time.time() if at is None else at))
        key = django_settings.PHONE_GATEWAY["secret"] if secret is None else secret
        signature = hmac.new(key.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        return client.post(
            path,
            data=body,
            content_type="application/x-www-form-urlencoded" if is_form else "application/json",
            headers={"X-Gateway-Timestamp": stamp, "X-Gateway-Signature": signature},
        )

    return send
