from collections.abc import Iterator
from typing import Any

import pytest

from payments import providers
from payments.models import Event
from payments.signals import payment_event
from tests.payments.fakes import FakeProvider
from tests.payments.sandbox_bank import VietQRBank
from tests.payments.sandbox_vnpay import VnpayBank
from tests.wallet_operator import WalletOperator


@pytest.fixture(scope="session")
def wallet_operator() -> Iterator[WalletOperator]:
    """The process of the operators and of all sandboxes, one for the whole run."""
    with WalletOperator() as operator:
        yield operator


@pytest.fixture
def fake(settings: Any) -> FakeProvider:
    """The fake provider behind the codes ``fake`` and ``other``; the one behind ``fake`` is returned."""
    fake_class = "tests.payments.fakes.FakeProvider"
    settings.PAYMENT_PROVIDERS = {
        "fake": {"class": fake_class, "label": "Fake"},
        "other": {"class": fake_class, "label": "Other"},
    }
    provider = providers.get("fake")
    assert isinstance(provider, FakeProvider)
    return provider


@pytest.fixture(autouse=True)
def heard() -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Collect the kind and the payload of every event; the shop, which listens as well, hears none."""
    receivers, payment_event.receivers = payment_event.receivers, []
    payment_event.sender_receivers_cache.clear()
    collected: list[tuple[str, dict[str, Any]]] = []

    def listen(event: Event, **kwargs: Any) -> None:
        collected.append((event.kind, event.payload))

    payment_event.connect(listen)
    yield collected
    payment_event.receivers = receivers
    payment_event.sender_receivers_cache.clear()


@pytest.fixture
def vietqr_bank(wallet_operator: WalletOperator) -> Iterator[VietQRBank]:
    yield VietQRBank(wallet_operator)
    wallet_operator.no_faults()
    assert wallet_operator.books_are_right()


@pytest.fixture
def vnpay_bank(wallet_operator: WalletOperator) -> Iterator[VnpayBank]:
    yield VnpayBank(wallet_operator)
    wallet_operator.no_faults()
