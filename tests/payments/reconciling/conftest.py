"""A provider with statements, and a payout that is on the way."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from payments import providers, services
from payments.models import Operation, Payout
from tests.payments.making import NOW, paid
from tests.payments.paying import CHU, payout_of, run
from tests.payments.statements import StatementProvider


@pytest.fixture(autouse=True)
def bank(settings: Any) -> StatementProvider:
    entry = {"class": "tests.payments.statements.StatementProvider", "label": "Fake"}
    silent = {"class": "tests.payments.fakes.FakeProvider", "label": "Silent"}
    settings.PAYMENT_PROVIDERS = {"fake": entry, "other": entry, "silent": silent}
    provider = providers.get("fake")
    assert isinstance(provider, StatementProvider)
    return provider


@pytest.fixture
def payout() -> Payout:
    """A payout of 60,000 VND that is on the way."""
    paid(reference="ORDER-8", shares={"ORDER-8-1": 60_000})
    Operation.objects.update(ended_at=NOW - timedelta(days=1))
    portions = [services.Portion("payable:seller-7", 60_000)]
    services.release(part="ORDER-8-1", portions=portions, release_id=uuid.uuid4(), now=NOW)
    return payout_of(run([CHU]))
