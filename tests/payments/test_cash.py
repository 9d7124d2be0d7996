"""Cash at a post point: known at once, refunded at once, and never offered to a buyer."""

from typing import Any

import pytest
from django.db import transaction

from payments import providers, services
from payments.errors import BadSignature, UnknownToProvider
from payments.ledger.selectors import balance_vnd
from payments.models import Intent, Operation
from payments.providers.base import Charge
from payments.providers.cash import CashProvider
from payments.services.asking import charge_of
from tests.payments.conformance import notice
from tests.payments.making import NOW, operation_of, start


@pytest.fixture(autouse=True)
def _cash(settings: Any) -> None:
    settings.PAYMENT_PROVIDERS = {
        "fake": {"class": "tests.payments.fakes.FakeProvider", "label": "Fake"},
        "cash": {
            "class": "payments.providers.cash.CashProvider",
            "label": "Cash at a post office",
            "offered": False,
        },
    }


def test_buyers_are_not_offered_cash_though_everybody_can_read_its_name():
    assert providers.available() == [("fake", "Fake")]
    assert providers.label("cash") == "Cash at a post office"
    assert providers.label("a-provider-of-long-ago") == "a-provider-of-long-ago"
    assert isinstance(providers.get("cash"), CashProvider)


@pytest.mark.django_db
def test_cash_is_in_the_books_as_soon_as_it_is_recorded(heard):
    intent = start(provider="cash")
    services.deliver_due(now=NOW)

    operation = operation_of(intent)
    assert intent.state == Intent.State.SUCCEEDED
    assert (operation.state, operation.ended_at) == (Operation.State.SUCCEEDED, NOW)
    assert operation.provider_ref == f"receipt-{operation.pk}"
    assert balance_vnd("escrow:ORDER-7-1") == 200_000
    assert balance_vnd("clearing:cash") == -250_000
    assert heard == [("payment.succeeded", {"late": False})]


@pytest.mark.django_db(transaction=True)
def test_cash_may_be_recorded_in_the_callers_transaction_and_goes_with_it():
    with transaction.atomic():
        start(provider="cash")
        transaction.set_rollback(True)

    assert not Intent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_provider_that_is_called_is_never_called_in_a_transaction():
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        start(provider="fake")

    assert not Intent.objects.exists()


@pytest.mark.django_db
def test_cash_is_handed_back_over_the_counter():
    intent = start(provider="cash")

    refund = services.refund(
        intent_id=intent.pk, shares={"ORDER-7-2": 50_000}, reason="sold out", operation_id=intent.pk, now=NOW
    )
    services.submit(operation_id=refund.pk, now=NOW)

    intent.refresh_from_db()
    assert intent.state == Intent.State.PARTIALLY_REFUNDED
    assert balance_vnd("escrow:ORDER-7-2") == 0
    assert balance_vnd("clearing:cash") == -200_000


@pytest.mark.django_db
def test_the_counter_can_neither_be_asked_nor_speaks_up_by_itself():
    charge: Charge = charge_of(operation_of(start(provider="cash")))
    provider = providers.get("cash")

    with pytest.raises(UnknownToProvider, match=f"operation {charge.operation_id}.*Record it again"):
        provider.query(charge)
    with pytest.raises(BadSignature, match="calls nobody back"):
        provider.parse_webhook(notice(charge.operation_id, b"{}", {}))
