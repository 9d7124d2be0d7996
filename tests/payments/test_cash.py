"""Cash at a post point: counted in and out by a person, and banked by the post."""

import re
import uuid
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from payments import ledger, providers, selectors, services
from payments.errors import AmountMismatch, BadSignature, NotCounted
from payments.ledger.selectors import balance_vnd, balances_of_kind
from payments.models import Intent, Operation
from payments.providers.cash import CashProvider
from payments.services.asking import charge_of
from tests.payments.conformance import Conformance, notice
from tests.payments.making import NOW, ask_back, operation_of, start
from tests.payments.threads import race


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


class Counter:
    """The counter of a post office: whoever says yes counts the notes."""

    unreachable_payer = ""

    def __init__(self) -> None:
        self.provider = CashProvider(code="cash", label="Cash at a post office")

    def approve(self, operation_id: uuid.UUID) -> None:
        count(Operation.objects.get(pk=operation_id), now=timezone.now())


class TestCash(Conformance):
    """Nothing leaves the house, so nothing gets lost there: a person counts, and our books know."""

    asks_at_once = False
    knows_payers = False
    payer_can_decline = False
    calls_back = False

    @pytest.fixture
    def bank(self) -> Counter:
        return Counter()

    def test_what_has_expired_is_not_counted_and_no_money_is_taken_for_it(self, shop: Counter) -> None:
        """Failures 10 and 18: the buyer comes to the counter after the order was given up."""
        operation = self.begin(shop)
        services.expire(intent_id=operation.intent_id, now=timezone.now())

        with pytest.raises(NotCounted, match="is expired"):
            shop.approve(operation.pk)

        assert self.escrow(operation) == (0, 0)
        assert balances_of_kind("till") == {}

    def test_counted_at_two_tills_at_once_it_is_taken_at_one(self, shop: Counter) -> None:
        """Failures 2, 19 and 20: two counters, the same code, at the same moment."""
        operation = self.begin(shop)

        results = race([partial(count, operation, till=till) for till in ("380000", "380100") * 2])

        assert list(balances_of_kind("till").values()) == [-120_000]
        assert sum(isinstance(one, NotCounted) for one in results) == 2
        assert self.escrow(operation) == (100_000, 20_000)

    @pytest.mark.parametrize("counted_vnd", [119_999, 120_001, 1])
    def test_another_amount_than_is_due_is_not_taken(self, shop: Counter, counted_vnd: int) -> None:
        """Failure 11: the right person, a wrong amount."""
        operation = self.begin(shop)

        with pytest.raises(AmountMismatch, match="expected 120,000 VND"):
            count(operation, counted_vnd=counted_vnd)

        assert self.is_open(operation)
        assert self.escrow(operation) == (0, 0)


def count(operation: Operation, **changes: Any) -> Operation:
    counted: dict[str, Any] = {
        "operation_id": operation.pk,
        "till": "380000",
        "counted_vnd": operation.amount_vnd,
        "by": "Lò Văn Pọm",
        "now": NOW,
    }
    return services.count_cash(**counted | changes)


@pytest.mark.django_db
def test_cash_waits_with_a_code_until_somebody_counts_it():
    intent = start(provider="cash")

    operation = operation_of(intent)
    assert (intent.state, operation.state) == (Intent.State.PENDING, Operation.State.REQUIRES_ACTION)
    assert operation.next_ask_at is None
    action = selectors.action_of(intent)
    assert action["type"] == "cash"
    assert re.fullmatch(r"[0-9]{6}", action["code"])


@pytest.mark.django_db
def test_counted_cash_is_in_escrow_and_the_till_owes_it(heard):
    operation = operation_of(start(provider="cash"))

    count(operation)
    count(operation)
    services.deliver_due(now=NOW)

    operation.refresh_from_db()
    assert (operation.state, operation.till) == (Operation.State.SUCCEEDED, "380000")
    assert balance_vnd("escrow:ORDER-7-1") == 200_000
    assert balance_vnd("till:380000") == -250_000
    assert balance_vnd("clearing:cash") == 0
    assert heard == [("payment.succeeded", {"late": False})]


@pytest.mark.django_db
def test_what_was_counted_at_one_till_is_not_taken_at_another():
    operation = operation_of(start(provider="cash"))
    count(operation)

    with pytest.raises(NotCounted, match="Take or give no money"):
        count(operation, till="380100")

    assert balance_vnd("till:380000") == -250_000


@pytest.mark.django_db
def test_only_cash_is_counted():
    wallet = operation_of(start(provider="fake"))

    with pytest.raises(NotCounted, match="there is none"):
        count(wallet)
    with pytest.raises(NotCounted, match="there is none"):
        services.count_cash(operation_id=uuid.uuid4(), till="380000", counted_vnd=1, by="", now=NOW)


@pytest.mark.django_db(transaction=True)
def test_cash_may_be_asked_for_in_the_callers_transaction_and_goes_with_it():
    with transaction.atomic():
        start(provider="cash")
        transaction.set_rollback(True)

    assert not Intent.objects.exists()


@pytest.mark.django_db
def test_a_refund_is_counted_out_of_the_till():
    intent = start(provider="cash")
    count(operation_of(intent))
    refund = ask_back(intent)
    services.submit(operation_id=refund.pk, now=NOW)
    refund = Operation.objects.get(pk=refund.pk)
    assert refund.state == Operation.State.REQUIRES_ACTION

    count(refund)

    assert balance_vnd("escrow:ORDER-7-2") == 0
    assert balance_vnd("till:380000") == -200_000
    assert balance_vnd("clearing:cash") == 0


@pytest.mark.django_db
def test_cash_is_banked_up_to_what_the_till_holds():
    count(operation_of(start(provider="cash")))
    banking: dict[str, Any] = {"till": "380000", "slip": "BK-1", "by": "Lò Văn Pọm"}
    first = uuid.uuid4()

    services.bank_cash(banking_id=first, amount_vnd=150_000, **banking)
    services.bank_cash(banking_id=first, amount_vnd=150_000, **banking)
    with pytest.raises(ledger.Overdrawn, match="100,000"):
        services.bank_cash(banking_id=uuid.uuid4(), amount_vnd=100_001, **banking)

    assert balance_vnd("till:380000") == -100_000
    assert balance_vnd("bank:settlement") == -150_000


@pytest.mark.django_db
def test_nobody_calls_back_about_cash():
    charge = charge_of(operation_of(start(provider="cash")))

    with pytest.raises(BadSignature):
        providers.get("cash").parse_webhook(notice(charge.operation_id, b"{}", {}))
