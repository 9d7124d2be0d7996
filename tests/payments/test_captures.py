"""Reserve now, take later: what was authorised is captured once, at most whole, or let go."""

import uuid
from typing import Any

import pytest

from payments import services
from payments.errors import CaptureTooLarge, NotAuthorized, NotSupported, OperationConflict, RefundTooLarge
from payments.ledger.selectors import balances_vnd
from payments.models import Intent, Operation, Share
from payments.providers.base import Outcome
from tests.payments.making import NOW, operation_of, report_on, start, tell

pytestmark = pytest.mark.django_db
CAPTURE = uuid.UUID(int=1)


@pytest.fixture(autouse=True)
def _reserving(settings: Any) -> None:
    settings.PAYMENT_PROVIDERS = {
        "fake": {"class": "tests.payments.fakes.ReservingProvider", "label": "Fake"},
        "simple": {"class": "tests.payments.fakes.FakeProvider", "label": "Simple"},
    }


@pytest.fixture
def reserved() -> Intent:
    intent = start(is_sale=False)
    return told(operation_of(intent))


def told(operation: Operation, outcome: Outcome = Outcome.SUCCEEDED) -> Intent:
    tell(report_on(operation, outcome))
    return Intent.objects.get(pk=operation.intent_id)


def capture(intent: Intent, **changes: Any) -> Operation:
    wanted: dict[str, Any] = {
        "intent_id": intent.pk,
        "shares": {"ORDER-7-1": 120_000, "ORDER-7-2": 50_000},
        "operation_id": CAPTURE,
        "now": NOW,
    }
    operation = services.capture(**wanted | changes)
    services.submit(operation_id=operation.pk, now=NOW)
    return Operation.objects.select_related("intent").get(pk=operation.pk)


def test_reserved_money_is_in_no_account_yet(reserved, heard):
    services.deliver_due(now=NOW)

    assert reserved.state == Intent.State.AUTHORIZED
    assert balances_vnd(["escrow:ORDER-7-1", "escrow:ORDER-7-2"]) == {}
    assert heard == [("payment.authorized", {"late": False})]


def test_a_part_is_captured_and_only_that_can_be_refunded(reserved):
    operation = capture(reserved)
    assert told(operation).state == Intent.State.SUCCEEDED

    assert balances_vnd(["escrow:ORDER-7-1", "escrow:ORDER-7-2", "clearing:fake"]) == {
        "clearing:fake": -170_000,
        "escrow:ORDER-7-1": 120_000,
        "escrow:ORDER-7-2": 50_000,
    }
    assert dict(Share.objects.values_list("reference", "captured_vnd")) == {
        "ORDER-7-1": 120_000,
        "ORDER-7-2": 50_000,
    }
    with pytest.raises(RefundTooLarge, match="120,000 VND left"):
        services.refund(
            intent_id=reserved.pk,
            shares={"ORDER-7-1": 120_001},
            reason="",
            operation_id=uuid.uuid4(),
            now=NOW,
        )


def test_a_repeated_capture_is_the_first_and_another_is_refused(reserved):
    first = capture(reserved)

    again = capture(reserved)

    assert again.pk == first.pk
    with pytest.raises(OperationConflict):
        capture(reserved, shares={"ORDER-7-1": 1})
    with pytest.raises(NotAuthorized, match="nothing reserved"):
        capture(reserved, operation_id=uuid.uuid4())


@pytest.mark.parametrize("shares", [{"ORDER-7-1": 200_001}, {"ORDER-8-1": 1}])
def test_more_than_was_authorised_is_not_captured(reserved, shares):
    with pytest.raises(CaptureTooLarge, match="Nothing was taken"):
        capture(reserved, shares=shares)

    assert Operation.objects.count() == 1


def test_a_failed_capture_ends_the_payment(reserved, heard):
    operation = capture(reserved)

    assert told(operation, Outcome.FAILED).state == Intent.State.FAILED

    services.deliver_due(now=NOW)
    assert heard[-1][0] == "payment.failed"


def test_what_is_let_go_is_not_captured_any_more(reserved):
    release = services.void(intent_id=reserved.pk, operation_id=uuid.UUID(int=2), now=NOW)
    services.submit(operation_id=release.pk, now=NOW)
    release = Operation.objects.select_related("intent").get(pk=release.pk)

    assert told(release).state == Intent.State.VOIDED

    with pytest.raises(NotAuthorized):
        capture(reserved)
    assert services.void(intent_id=reserved.pk, operation_id=release.pk, now=NOW).pk == release.pk


def test_what_was_captured_is_not_let_go_but_refunded(reserved):
    told(capture(reserved))

    with pytest.raises(NotAuthorized, match="refunded"):
        services.void(intent_id=reserved.pk, operation_id=uuid.uuid4(), now=NOW)


def test_giving_up_lets_go_of_what_is_reserved(reserved):
    services.expire(intent_id=reserved.pk, now=NOW)
    services.expire(intent_id=reserved.pk, now=NOW)

    release = Operation.objects.get(kind=Operation.Kind.VOID)
    assert release.original == operation_of(reserved)


def test_a_provider_that_cannot_reserve_says_so_before_anything_is_written():
    with pytest.raises(NotSupported, match="simple cannot reserve money"):
        start(provider="simple", is_sale=False)

    assert not Intent.objects.exists()
