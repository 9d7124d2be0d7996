import uuid

import pytest
from django.db import IntegrityError, transaction

from payments import ledger, selectors
from payments.errors import OperationConflict, RefundNotCovered, RefundTooLarge
from payments.ledger.models import Transfer
from payments.ledger.selectors import accounts_out_of_balance, available_vnd, balance_vnd
from payments.models import Claim, Event, Intent, Operation, Share
from payments.providers.base import Outcome
from payments.services import submit
from tests.payments.making import NOW, ask_back, operation_of, paid, report_on, start, tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake")]


def kinds():
    return list(Event.objects.order_by("pk").values_list("kind", flat=True))


def escrow(part):
    return balance_vnd(f"escrow:{part}"), available_vnd(f"escrow:{part}")


def state_of(intent):
    return Intent.objects.get(pk=intent.pk).state


def test_a_refund_is_reserved_at_once_and_sent_later(fake):
    intent = paid()

    operation = ask_back(intent, shares={"ORDER-7-1": 30_000, "ORDER-7-2": 50_000}, reason="sold out")

    assert (operation.state, operation.amount_vnd, operation.reason) == ("created", 80_000, "sold out")
    assert operation.original == operation_of(intent)
    assert escrow("ORDER-7-1") == (200_000, 170_000)
    assert escrow("ORDER-7-2") == (50_000, 0)
    assert selectors.left_to_refund(intent.pk) == {"ORDER-7-1": 170_000}
    assert fake.count("refund") == 0


def test_a_sent_refund_names_the_payment_it_is_of(fake):
    intent = paid(provider="fake")
    charged = operation_of(intent)
    fake.decide(charged.pk, Outcome.SUCCEEDED)
    Operation.objects.filter(pk=charged.pk).update(provider_ref=f"F-{charged.pk}")
    operation = ask_back(intent)

    assert submit(operation_id=operation.pk, now=NOW)
    assert not submit(operation_id=operation.pk, now=NOW)

    charge = fake.known[operation.pk].charge
    assert (charge.original_id, charge.original_ref) == (charged.pk, f"F-{charged.pk}")
    assert (charge.amount_vnd, charge.reference) == (50_000, "ORDER-7")
    operation.refresh_from_db()
    assert operation.state == "pending"
    assert fake.count("refund") == 1


def test_a_refund_that_succeeds_leaves_escrow_and_tells_the_house():
    intent = paid()
    operation = ask_back(intent, shares={"ORDER-7-2": 50_000}, reason="sold out")

    tell(report_on(operation))
    tell(report_on(operation))

    assert state_of(intent) == "partially_refunded"
    assert escrow("ORDER-7-2") == (0, 0)
    assert balance_vnd("clearing:fake") == -200_000
    assert kinds() == ["payment.succeeded", "refund.succeeded"]
    assert Event.objects.last().payload == {
        "shares": {"ORDER-7-2": 50_000},
        "operation": str(operation.pk),
        "reason": "sold out",
    }


def test_when_all_is_refunded_the_payment_is_refunded():
    intent = paid()
    tell(report_on(ask_back(intent, shares={"ORDER-7-2": 50_000})))
    tell(report_on(ask_back(intent, shares={"ORDER-7-1": 200_000})))

    assert state_of(intent) == "refunded"
    assert selectors.left_to_refund(intent.pk) == {}
    assert selectors.revenue_vnd() == 0


def test_a_refund_that_is_refused_frees_what_it_reserved():
    intent = paid()
    operation = ask_back(intent, shares={"ORDER-7-2": 50_000})

    tell(report_on(operation, Outcome.FAILED, error_code="accountClosed"))

    operation.refresh_from_db()
    assert (operation.state, state_of(intent)) == ("failed", "succeeded")
    assert escrow("ORDER-7-2") == (50_000, 50_000)
    assert selectors.left_to_refund(intent.pk) == {"ORDER-7-1": 200_000, "ORDER-7-2": 50_000}
    assert kinds() == ["payment.succeeded", "refund.failed"]
    assert Event.objects.last().payload["shares"] == {"ORDER-7-2": 50_000}


def test_a_refund_the_provider_makes_after_refusing_it_is_booked_all_the_same():
    intent = paid()
    operation = ask_back(intent, shares={"ORDER-7-2": 50_000})
    tell(report_on(operation, Outcome.FAILED, provider_ref=""))

    tell(report_on(operation))

    assert state_of(intent) == "partially_refunded"
    assert escrow("ORDER-7-2") == (0, 0)
    assert kinds() == ["payment.succeeded", "refund.failed", "refund.succeeded"]
    assert not accounts_out_of_balance().exists()


def test_a_late_refund_whose_money_is_gone_is_left_for_a_person():
    intent = paid()
    refused = ask_back(intent, shares={"ORDER-7-2": 50_000})
    tell(report_on(refused, Outcome.FAILED, provider_ref=""))
    tell(report_on(ask_back(intent, shares={"ORDER-7-2": 50_000})))

    with pytest.raises(
        RefundNotCovered, match=r"50,000 VND paid back after having refused.*reconcile ORDER-7"
    ):
        tell(report_on(refused))

    assert escrow("ORDER-7-2") == (0, 0)
    assert Claim.objects.last().refusal == "refund_not_covered"
    assert not accounts_out_of_balance().exists()


def test_the_same_refund_ordered_again_is_the_same_refund():
    intent = paid()
    operation_id = uuid.uuid4()

    first = ask_back(intent, operation_id=operation_id)
    second = ask_back(intent, operation_id=operation_id)

    assert second == first
    assert escrow("ORDER-7-2") == (50_000, 0)
    assert Operation.objects.filter(kind="refund").count() == 1


def test_an_operations_id_is_for_one_refund_only():
    intent = paid()
    operation_id = uuid.uuid4()
    ask_back(intent, operation_id=operation_id)

    with pytest.raises(OperationConflict, match=rf"Operation {operation_id} is already recorded as refund"):
        ask_back(intent, operation_id=operation_id, shares={"ORDER-7-2": 49_999})
    with pytest.raises(OperationConflict, match="already recorded as authorize of 250000"):
        ask_back(intent, operation_id=operation_of(intent).pk)

    assert escrow("ORDER-7-2") == (50_000, 0)


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ({"ORDER-7-2": 50_001}, "Refund for ORDER-7-2: 50,001 VND wanted, 50,000 VND left"),
        ({"ORDER-7-1": 1, "ORDER-7-2": 50_001}, "Refund for ORDER-7-2: 50,001 VND wanted, 50,000 VND left"),
        ({"ORDER-8-1": 1}, "Refund for ORDER-8-1: 1 VND wanted, 0 VND left"),
    ],
)
def test_no_more_is_refunded_than_is_left(shares, words):
    intent = paid()

    with pytest.raises(RefundTooLarge, match=words):
        ask_back(intent, shares=shares)

    assert not Operation.objects.filter(kind="refund").exists()
    assert (escrow("ORDER-7-1"), escrow("ORDER-7-2")) == ((200_000, 200_000), (50_000, 50_000))
    assert not Share.objects.filter(refunded_vnd__gt=0).exists()


def test_what_is_being_refunded_is_not_refunded_again():
    intent = paid()
    ask_back(intent, shares={"ORDER-7-2": 30_000})

    with pytest.raises(RefundTooLarge, match="30,000 VND wanted, 20,000 VND left"):
        ask_back(intent, shares={"ORDER-7-2": 30_000})


def test_what_was_not_paid_is_not_refunded():
    intent = start()

    with pytest.raises(RefundTooLarge, match="1 VND wanted, 0 VND left"):
        ask_back(intent, shares={"ORDER-7-1": 1})

    assert not Transfer.objects.exists()


def test_what_has_left_escrow_otherwise_is_not_refunded():
    intent = paid()
    ledger.open_account(code="payable:seller", kind="payable")
    ledger.post(
        transfer_id=uuid.uuid4(),
        debit="escrow:ORDER-7-2",
        credit="payable:seller",
        amount_vnd=45_000,
        purpose="release",
    )

    with pytest.raises(RefundTooLarge, match="Refund for ORDER-7-2: 50,000 VND wanted, 5,000 VND left"):
        ask_back(intent, shares={"ORDER-7-2": 50_000})

    assert not Share.objects.filter(refunded_vnd__gt=0).exists()


def test_the_database_too_refunds_no_more_than_was_paid():
    paid()

    with pytest.raises(IntegrityError, match="share_not_refunded_beyond_paid"), transaction.atomic():
        Share.objects.filter(reference="ORDER-7-2").update(refunded_vnd=50_001)


def test_a_refund_may_be_ordered_inside_a_transaction_and_falls_with_it():
    intent = paid()

    with transaction.atomic():
        ask_back(intent)
        transaction.set_rollback(True)

    assert not Operation.objects.filter(kind="refund").exists()
    assert escrow("ORDER-7-2") == (50_000, 50_000)
