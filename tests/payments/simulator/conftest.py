"""One operator for all tests of this package; each test has a phone of its own."""

import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from payments.providers.wallet import WalletProvider
from payments.services import Payee
from tests.payments.simulator import specification
from tests.payments.simulator.merchant import Merchant
from tests.payments.simulator.receiver import Receiver, running_receiver
from tests.payments.simulator.shop import at_operator, new_seller
from tests.payments.simulator.specification import Specification
from tests.wallet_operator import WalletOperator

_numbers = itertools.count(100_000)


@dataclass(frozen=True)
class Payer:
    msisdn: str
    balance_vnd: int


@pytest.fixture
def operator(wallet_operator: WalletOperator) -> Iterator[WalletOperator]:
    """The operator, with nothing going wrong unless the test says so, and its books right at the end."""
    yield wallet_operator
    wallet_operator.no_faults()
    assert wallet_operator.books_are_right()


@pytest.fixture(scope="session")
def spec() -> Specification | None:
    return specification.load()


@pytest.fixture(scope="session")
def merchant(wallet_operator: WalletOperator, spec: Specification | None) -> Merchant:
    return Merchant(wallet_operator, spec)


@pytest.fixture
def payer(operator: WalletOperator) -> Payer:
    """Somebody with a Viettel wallet of 500,000 VND whom no other test knows."""
    msisdn = f"+84398{next(_numbers)}"
    operator.open_wallet(msisdn, balance_vnd=500_000, name="Vàng Thị Mỷ")
    return Payer(msisdn, 500_000)


@pytest.fixture(scope="session")
def _receiver() -> Iterator[Receiver]:
    with running_receiver() as receiver:
        yield receiver


@pytest.fixture
def receiver(_receiver: Receiver) -> Receiver:
    _receiver.answers.clear()
    return _receiver


@pytest.fixture
def provider(operator: WalletOperator, receiver: Receiver, settings: Any) -> WalletProvider:
    """The shop's wallet at the running operator, for its services as well."""
    return at_operator(operator, receiver, settings)


@pytest.fixture
def seller(operator: WalletOperator) -> Payee:
    """Somebody to be paid, with an empty wallet."""
    return new_seller(operator)


@pytest.fixture
def correlation_id() -> str:
    return str(uuid.uuid4())
