"""The two sides of a conversation: what a test asks a provider, and what moves the other side."""

import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Protocol

import pytest

from payments import providers
from payments.providers.base import Capability, Charge, Notice, Provider
from payments.services import Payee

HERE = Provider.__module__
EXPIRES_AT = datetime(2026, 3, 2, 3, 15, tzinfo=UTC)


class Bank(Protocol):
    """The other side of the conversation, as far as a test must be able to move it."""

    provider: Provider
    unreachable_payer: str

    def approve(self, operation_id: uuid.UUID) -> None: ...
    def decline(self, operation_id: uuid.UUID) -> None: ...
    def callback(self, operation_id: uuid.UUID) -> tuple[bytes, Mapping[str, str]]: ...
    def signed(
        self, body: bytes, operation_id: uuid.UUID, *, age_s: int = 0
    ) -> tuple[bytes, Mapping[str, str]]: ...
    def payments_made(self) -> int: ...

    # What goes wrong: the next request gets no answer, or HTTP 500 though it was carried out; none gets any.
    def fail_next(self, *, after: bool) -> None: ...
    def break_next(self) -> None: ...
    def mend(self) -> None: ...
    def silence(self, is_silent: bool) -> None: ...
    def skew(self, seconds: int) -> None: ...


def provider_classes() -> Iterator[type[Provider]]:
    """Every provider there is a module of."""
    for module in iter_modules(providers.__path__):
        name = f"payments.providers.{module.name}"
        for one in vars(import_module(name)).values():
            if isinstance(one, type) and issubclass(one, Provider) and one.__module__ == name != HERE:
                yield one


def notice(operation_id: uuid.UUID | None, body: bytes, headers: Mapping[str, str]) -> Notice:
    """Return the request that brings ``body`` to the callback URL of an operation."""
    return Notice(operation_id=operation_id, method="PUT", query={}, headers=headers, body=body)


def charge_of(**changes: Any) -> Charge:
    return Charge(
        **{
            "operation_id": uuid.uuid4(),
            "reference": "ORDER-7",
            "amount_vnd": 120_000,
            "requested_at": datetime(2026, 3, 2, 3, 0, tzinfo=UTC),
            "expires_at": EXPIRES_AT,
            "payer": "+84399000001",
            "description": "ORDER-7 at Mường Then",
            "callback_url": "http://shop.test/payments/callbacks/x/y/",
        }
        | changes
    )


class Base:
    """Needs a fixture ``bank``. A class says by these what its provider cannot do by nature."""

    asks_at_once = True  # authorize() reaches the provider; False where it waits for the payer to come
    knows_payers = True  # False where whoever opens the provider's page may pay
    payer_can_decline = True  # False where who does not want to pay just does nothing
    calls_back = True  # False where nobody but us knows what happened
    dates_callbacks = False  # True where a callback is signed together with its moment
    keeps_monthly_limit = False  # True where the law limits what a payer may spend
    public_url = ""  # where the provider's callbacks are caught, if that is not the shop

    def charge_of(self, **changes: Any) -> Charge:
        return charge_of(**changes)

    def notice(self, operation_id: uuid.UUID, body: bytes, headers: Mapping[str, str]) -> Notice:
        return notice(operation_id, body, headers)

    def know(self, bank: Any, charge: Charge) -> None:
        """Tell the hand that moves the other side what the shop has asked for."""

    def payer_of(self, bank: Any) -> str:
        return charge_of().payer

    def rich_payer(self, bank: Any) -> str:
        """Return a payer with far more money than the month's limit."""
        raise NotImplementedError

    def payees(self, bank: Any) -> tuple[Payee, Payee]:
        """Return somebody who can be paid, and somebody whose wallet is dead."""
        raise NotImplementedError

    # --- What cannot be by nature --------------------------------------------------------------

    def skip_unless_asked_at_once(self) -> None:
        if not self.asks_at_once:
            pytest.skip("nobody is asked before the payer comes")

    def skip_unless_payer_can_decline(self) -> None:
        if not self.payer_can_decline:
            pytest.skip("a payer who does not want to pay does nothing")

    def skip_unless_called_back(self) -> None:
        if not self.calls_back:
            pytest.skip("nobody calls back: what happened is in our own books alone")

    def skip_unless_callbacks_are_dated(self) -> None:
        if not self.dates_callbacks:
            pytest.skip("callbacks are not signed with their moment; a repeat changes nothing")

    def skip_unless(self, bank: Any, capability: Capability) -> None:
        if capability not in bank.provider.capabilities:
            pytest.skip(f"{bank.provider.code} cannot: {capability}")

    # --- What a test needs ---------------------------------------------------------------------

    def pay(self, bank: Any) -> Charge:
        """Have somebody pay what the shop knows nothing of."""
        self.skip_unless_called_back()
        charge = self.charge_of()
        bank.provider.authorize(charge)
        bank.approve(charge.operation_id)
        return charge

    def refund_of(self, bank: Any, paid: Charge, amount_vnd: int) -> Charge:
        return self.charge_of(
            amount_vnd=amount_vnd,
            original_id=paid.operation_id,
            original_ref=bank.provider.query(paid).provider_ref,
            original_requested_at=paid.requested_at,
            original_amount_vnd=paid.amount_vnd,
        )
