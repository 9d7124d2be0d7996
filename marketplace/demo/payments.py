"""How the demo's past orders were paid: at first mostly in cash, by and by mostly from wallets."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.conf import settings
from django.test.utils import override_settings
from django.utils import timezone

from payments import services as payments
from payments.ledger.selectors import standing
from payments.providers.base import Capability, Charge, Notice, Outcome, Provider, Report

from .sellers import FIRST_SALES_ON

CASH = "cash"
COUNTED_BY = "dữ liệu mẫu"
# What the shop has with the wallet operators to pay sellers from; load_demo_wallets has the same.
TOP_UP, TOP_UP_VND = "SAMPLE-TOP-UP", 20_000_000
TO_BANK = "SAMPLE-TO-BANK"
# How many orders in a hundred were paid from a wallet on the first day, and how many are today.
FIRST_PERCENT, LAST_PERCENT = 25, 78
# How often by which operator, and what its numbers begin with.
OPERATORS = {"viettel": 55, "vnpt": 25, "mobifone": 20}
NUMBERS = {"viettel": "+8439", "vnpt": "+8488", "mobifone": "+8489"}
# The operators' own statements do not have these payments. Those of yesterday are compared every night, and
# what was sent or slept in lately, or is to come, may yet be given back: that is all in cash.
CASH_FOR = timedelta(days=3)


class SampleWallet(Provider):
    """Says of every payment that it was made. Nobody is called."""

    capabilities = frozenset({Capability.SALE, Capability.IN_HOUSE})

    def authorize(self, charge: Charge) -> Report:
        ref = f"MAU-{charge.operation_id.hex[:12]}"
        return Report(charge.operation_id, ref, Outcome.SUCCEEDED, charge.amount_vnd)

    def query(self, charge: Charge) -> Report:
        return self.authorize(charge)

    def parse_webhook(self, notice: Notice) -> None:
        return None


@contextmanager
def sample_wallets() -> Iterator[None]:
    """Let SampleWallet answer for the operators meanwhile: what is past cannot be asked of them."""
    path = f"{SampleWallet.__module__}.{SampleWallet.__qualname__}"
    entries: dict[str, dict[str, Any]] = dict(settings.PAYMENT_PROVIDERS)
    for code in OPERATORS:
        entries[code] = {"class": path, "label": entries[code]["label"]}
    with override_settings(PAYMENT_PROVIDERS=entries):
        yield


class Purses:
    """Chooses how each order is paid, and where the money of wallets is afterwards."""

    def __init__(self, *, now: datetime, random: Random) -> None:
        self._now, self._random = now, random

    def choose(self, placed_at: datetime, *, done_on: date) -> str:
        """Return the code of the provider of an order of then, whose last guest leaves on ``done_on``."""
        chance = self._random.random() * 100
        operator = self._random.choices(list(OPERATORS), weights=list(OPERATORS.values()))[0]
        is_late = done_on > timezone.localdate(self._now - CASH_FOR)
        if is_late or chance >= self._percent(timezone.localdate(placed_at)):
            return CASH
        return operator

    @staticmethod
    def payer(phone: str, provider: str) -> str:
        """Return the number that pays: the buyer's last digits with an operator that has wallets."""
        return phone if provider == CASH else NUMBERS[provider] + phone[-7:]

    def settle(self) -> None:
        """Move what the wallets hold to the bank, and what sellers are paid from back, if there is enough."""
        for code in OPERATORS:
            held_vnd = sum(-balance for _code, balance, _held in standing(codes=[f"clearing:{code}"]))
            if held_vnd > 0:
                _move(code, to="bank", amount_vnd=held_vnd, reference=f"{TO_BANK}-{code.upper()}")
        banked_vnd = sum(-balance for _code, balance, _held in standing(kinds=["bank"]))
        if banked_vnd < TOP_UP_VND * len(OPERATORS):
            return
        for code in OPERATORS:
            _move(code, to="provider", amount_vnd=TOP_UP_VND, reference=f"{TOP_UP}-{code.upper()}")

    def _percent(self, on: date) -> float:
        """Return the share of wallets on a day: it grows evenly."""
        whole = (timezone.localdate(self._now) - FIRST_SALES_ON).days
        return FIRST_PERCENT + (LAST_PERCENT - FIRST_PERCENT) * (on - FIRST_SALES_ON).days / whole


def count(intent: Any, till: str, *, now: datetime) -> None:
    """Have the money of ``intent`` here, counted in cash if no wallet has paid, and let the house hear."""
    if intent.provider == CASH:
        payments.count_cash(
            operation_id=intent.operations.get().pk,
            till=till,
            counted_vnd=intent.amount_vnd,
            by=COUNTED_BY,
            now=now,
        )
    payments.deliver_due(now=now)


def _move(code: str, *, to: Any, amount_vnd: int, reference: str) -> None:
    payments.move_own_money(
        movement_id=uuid.uuid5(uuid.NAMESPACE_OID, f"sample {reference}"),
        provider=code,
        to=to,
        amount_vnd=amount_vnd,
        provider_ref=reference,
        by=COUNTED_BY,
    )
