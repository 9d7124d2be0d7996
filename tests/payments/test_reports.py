import re
import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from payments import selectors
from payments.errors import (
    AmountMismatch,
    OperationUnknown,
    ReferenceMismatch,
    ReferenceReused,
    WrongProvider,
)
from payments.ledger.models import Transfer
from payments.ledger.selectors import balance_vnd, trial_balance
from payments.models import Claim, Event, Operation
from payments.providers.base import Outcome
from payments.services import expire, record_report
from tests.payments.making import HOLD, NOW, operation_of, paid, report_on, start, tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake")]


def kinds():
    return list(Event.objects.order_by("pk").values_list("kind", "payload"))


def test_a_success_is_booked_into_the_escrow_of_every_share():
    intent = start(shares={"ORDER-7-1": 200_000, "ORDER-7-2": 50_000})
    operation = operation_of(intent)

    tell(report_on(operation, provider_ref="W-1"), now=NOW + timedelta(seconds=20))

    operation.refresh_from_db()
    intent.refresh_from_db()
    assert (intent.state, operation.state, operation.provider_ref) == ("succeeded", "succeeded", "W-1")
    assert (operation.ended_at, operation.next_ask_at) == (NOW + timedelta(seconds=20), None)
    assert balance_vnd("escrow:ORDER-7-1") == 200_000
    assert balance_vnd("escrow:ORDER-7-2") == 50_000
    assert balance_vnd("clearing:fake") == -250_000
    assert kinds() == [("payment.succeeded", {"late": False})]


def test_the_transfers_of_a_capture_have_ids_that_follow_from_the_operation():
    intent = start(shares={"ORDER-7-1": 200_000})
    operation = operation_of(intent)

    tell(report_on(operation))

    transfer = Transfer.objects.get()
    assert transfer.pk == uuid.uuid5(operation.pk, "ORDER-7-1")
    assert (transfer.purpose, transfer.reference) == ("capture", "ORDER-7-1")


def test_a_repeated_success_is_counted_once():
    operation = operation_of(start())

    for _ in range(3):
        tell(report_on(operation))

    assert trial_balance() == {"clearing": -250_000, "escrow": 250_000}
    assert kinds() == [("payment.succeeded", {"late": False})]
    assert Claim.objects.filter(source="callback", refusal="").count() == 3


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.PENDING, Outcome.UNKNOWN])
def test_nothing_undoes_a_success(outcome):
    operation = operation_of(paid())

    tell(report_on(operation, outcome))

    operation.refresh_from_db()
    assert (operation.state, operation.intent.state) == ("succeeded", "succeeded")
    assert kinds() == [("payment.succeeded", {"late": False})]


def test_a_failure_ends_the_payment_and_says_why():
    intent = start()

    tell(
        report_on(
            operation_of(intent), Outcome.FAILED, error_code="insufficientFunds", error_message="Empty."
        )
    )

    intent.refresh_from_db()
    assert intent.state == "failed"
    assert not Transfer.objects.exists()
    assert kinds() == [("payment.failed", {"error_code": "insufficientFunds", "error_message": "Empty."})]


@pytest.mark.parametrize(
    "outcome", [Outcome.FAILED, Outcome.PENDING, Outcome.REQUIRES_ACTION, Outcome.UNKNOWN]
)
def test_a_failure_is_final_for_anything_but_a_success(outcome):
    operation = operation_of(start())
    tell(report_on(operation, Outcome.FAILED))

    tell(report_on(operation, outcome))

    operation.refresh_from_db()
    assert (operation.state, operation.next_ask_at) == ("failed", None)
    assert len(kinds()) == 1


def test_a_success_after_a_failure_is_recorded_as_late():
    operation = operation_of(start())
    tell(report_on(operation, Outcome.FAILED, provider_ref=""))

    tell(report_on(operation))

    assert trial_balance() == {"clearing": -250_000, "escrow": 250_000}
    assert [kind for kind, _ in kinds()] == ["payment.failed", "payment.succeeded"]
    assert kinds()[1] == ("payment.succeeded", {"late": True})


def test_a_success_after_expiry_is_recorded_as_late():
    intent = start()
    expire(intent_id=intent.pk, now=NOW + HOLD)

    tell(report_on(operation_of(intent)), now=NOW + HOLD * 2)

    intent.refresh_from_db()
    assert intent.state == "succeeded"
    assert balance_vnd("escrow:ORDER-7-1") == 200_000
    assert kinds() == [("payment.expired", {}), ("payment.succeeded", {"late": True})]


def test_a_failure_after_expiry_tells_nobody_anything_new_and_ends_the_asking():
    intent = start()
    expire(intent_id=intent.pk, now=NOW + HOLD)

    tell(report_on(operation_of(intent), Outcome.FAILED))

    operation = operation_of(intent)
    assert (operation.state, operation.next_ask_at) == ("expired", None)
    assert kinds() == [("payment.expired", {})]


def test_two_intents_of_one_reference_may_both_succeed_late():
    first = start()
    expire(intent_id=first.pk, now=NOW + HOLD)
    second = start(expires_at=NOW + HOLD * 2)
    tell(report_on(operation_of(second)))

    tell(report_on(operation_of(first)))

    assert balance_vnd("escrow:ORDER-7-1") == 400_000
    assert [payload for _, payload in kinds()[1:]] == [{"late": False}, {"late": True}]


def refused(operation, error, match, *, provider="fake", code, **changes):
    """Have a claim refused, and see that nothing but the claim was written."""
    with pytest.raises(error, match=match):
        tell(report_on(operation, **changes), provider=provider)

    operation.refresh_from_db()
    operation.intent.refresh_from_db()
    assert (operation.state, operation.intent.state) == ("pending", "pending")
    assert not Transfer.objects.exists()
    assert not Event.objects.exists()
    claim = Claim.objects.get(source="callback")
    assert (claim.refusal, claim.operation, claim.raw) == (code, operation, {"said": "succeeded"})


def test_a_report_of_another_amount_changes_nothing_and_says_what_to_do():
    operation = operation_of(start())
    words = r"expected 250,000 VND, the provider reports 25,000 VND.*manage.py reconcile ORDER-7`"

    refused(operation, AmountMismatch, words, amount_vnd=25_000, code="amount_mismatch")


def test_a_success_without_an_amount_is_not_believed():
    operation = operation_of(start())

    refused(operation, AmountMismatch, "reports no amount", amount_vnd=None, code="amount_mismatch")


def test_a_report_of_another_provider_changes_nothing():
    operation = operation_of(start())
    words = "goes through fake, but other reports on it"

    refused(operation, WrongProvider, words, provider="other", code="wrong_provider")


def test_a_report_of_another_order_changes_nothing():
    operation = operation_of(start())
    words = "expected reference 'ORDER-7', the provider reports 'ORDER-8'"

    refused(operation, ReferenceMismatch, words, reference="ORDER-8", code="reference_mismatch")


def test_a_transaction_already_counted_for_another_payment_is_not_counted_again():
    other = operation_of(paid(reference="ORDER-6", shares={"ORDER-6-1": 250_000}))
    operation = operation_of(start())

    with pytest.raises(ReferenceReused, match=re.escape(f"transaction W-{other.pk} was already counted")):
        tell(report_on(operation, provider_ref=other.provider_ref))

    operation.refresh_from_db()
    assert operation.state == "pending"
    assert trial_balance() == {"clearing": -250_000, "escrow": 250_000}


def test_the_database_too_counts_a_transaction_once():
    other = operation_of(paid(reference="ORDER-6"))
    operation = operation_of(start())

    with pytest.raises(IntegrityError, match="provider_transaction_counted_once"), transaction.atomic():
        Operation.objects.filter(pk=operation.pk).update(provider_ref=other.provider_ref)


def test_a_second_success_under_another_transaction_is_left_for_a_person():
    operation = operation_of(paid())

    with pytest.raises(ReferenceMismatch, match=r"provider's transaction .* the provider reports 'W-2'"):
        tell(report_on(operation, provider_ref="W-2"))

    assert trial_balance() == {"clearing": -250_000, "escrow": 250_000}


def test_a_report_on_an_unknown_operation_is_kept_and_refused():
    report = report_on(operation_of(start()), operation_id=(unknown := uuid.uuid4()))

    with pytest.raises(OperationUnknown, match=f"fake reports on operation {unknown}, which does not exist"):
        tell(report)

    claim = Claim.objects.get(refusal="operation_unknown")
    assert (claim.operation, claim.operation_named, claim.amount_vnd) == (None, unknown, 250_000)
    assert not Transfer.objects.exists()


def test_what_a_provider_said_cannot_be_rewritten():
    tell(report_on(operation_of(start())))

    for change in (lambda: Claim.objects.update(refusal="x"), lambda: Claim.objects.all().delete()):
        with pytest.raises(IntegrityError, match="kept as it was said"), transaction.atomic():
            change()


def test_being_told_by_asking_that_nothing_has_happened_leaves_no_row():
    operation = operation_of(start())
    before = Claim.objects.count()

    for _ in range(3):
        record_report(provider="fake", report=report_on(operation, Outcome.PENDING), source="query", now=NOW)

    assert Claim.objects.count() == before


def test_a_callback_that_says_nothing_makes_us_ask_at_once():
    operation = operation_of(start())
    later = NOW + timedelta(seconds=1)

    tell(report_on(operation, Outcome.UNKNOWN, provider_ref="", amount_vnd=None), now=later)

    operation.refresh_from_db()
    assert (operation.state, operation.next_ask_at) == ("pending", later)


def test_the_payers_next_step_is_kept_for_the_page():
    intent = start()
    step = {"redirect": "https://pay.example/1"}

    tell(report_on(operation_of(intent), Outcome.REQUIRES_ACTION, action=step))

    assert operation_of(intent).state == "requires_action"
    assert selectors.action_of(intent) == step
