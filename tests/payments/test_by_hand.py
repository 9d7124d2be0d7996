"""What leaves our bank account by a person's hand: refunds, payees without a wallet, taxes."""

import uuid
from functools import partial

import pytest

from payments import selectors
from payments.errors import NotPayable, OperationConflict, PaymentByHandConflict, RefundTooLarge
from payments.ledger.models import Transfer
from payments.ledger.selectors import accounts_out_of_balance, available_vnd
from payments.models import Event, Intent, Operation, PaymentByHand, Share
from payments.providers.base import Outcome
from payments.services import Portion, pay_by_hand, refund_by_hand, release, remit, take_back
from tests.payments.making import NOW, ask_back, paid, report_on, tell
from tests.payments.paying import balance, earn, in_escrow
from tests.payments.threads import race

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake")]

BANK = "bank:settlement"
PART = "ORDER-7-1"


def by_hand(intent, **changes):
    wanted = {
        "intent_id": intent.pk,
        "shares": {"ORDER-7-2": 50_000},
        "reason": "sold out",
        "evidence": "VCB 8812 of 2 March",
        "by": "administrator",
        "operation_id": uuid.uuid4(),
        "now": NOW,
    }
    return refund_by_hand(**wanted | changes)


def pay(amount_vnd=40_000, **changes):
    wanted = {
        "payment_id": uuid.uuid4(),
        "payee": "carrier-post",
        "amount_vnd": amount_vnd,
        "evidence": "VCB 8812 of 2 March",
        "by": "administrator",
        "now": NOW,
    }
    return pay_by_hand(**wanted | changes)


def to_the_state(amount_vnd=1_000, **changes):
    wanted = {
        "payment_id": uuid.uuid4(),
        "tax": "vat",
        "period": "2026-03",
        "amount_vnd": amount_vnd,
        "evidence": "Treasury 17 of 20 April",
        "by": "administrator",
        "now": NOW,
    }
    return remit(**wanted | changes)


def withheld(amount_vnd=1_000):
    in_escrow(PART, amount_vnd)
    release(part=PART, portions=[Portion("tax:vat", amount_vnd)], release_id=uuid.uuid4(), now=NOW)


# --- Refunds -----------------------------------------------------------------------------------


def test_a_refused_refund_is_made_in_another_way_and_told_like_any_other(heard):
    intent = paid()
    tell(report_on(ask_back(intent), Outcome.FAILED, error_code="accountClosed"))

    operation = by_hand(intent)

    assert (operation.state, operation.provider, operation.amount_vnd) == ("succeeded", "by-hand", 50_000)
    assert (operation.evidence, operation.settled_by) == ("VCB 8812 of 2 March", "administrator")
    assert (balance("escrow:ORDER-7-2"), balance(BANK), balance("clearing:fake")) == (0, 50_000, -250_000)
    assert Share.objects.get(intent=intent, reference="ORDER-7-2").refunded_vnd == 50_000
    assert Intent.objects.get(pk=intent.pk).state == "partially_refunded"
    assert selectors.revenue_by_part() == {"ORDER-7-1": 200_000, "ORDER-7-2": 0}
    event = Event.objects.last()
    assert (event.kind, event.operation_id) == ("refund.succeeded", operation.pk)
    assert event.payload == {
        "shares": {"ORDER-7-2": 50_000},
        "operation": str(operation.pk),
        "reason": "sold out",
    }


def test_the_same_refund_by_hand_is_recorded_once_and_its_id_stands_for_nothing_else():
    intent = paid()
    operation_id = uuid.uuid4()
    first = by_hand(intent, operation_id=operation_id, shares={"ORDER-7-2": 20_000})

    again = by_hand(intent, operation_id=operation_id, shares={"ORDER-7-2": 20_000})

    assert again.pk == first.pk
    for other in ({"shares": {"ORDER-7-2": 20_001}}, {"evidence": "VCB 9 of 3 March"}):
        with pytest.raises(OperationConflict, match="Another movement needs another id"):
            by_hand(intent, **{"operation_id": operation_id, "shares": {"ORDER-7-2": 20_000}} | other)
    assert (balance("escrow:ORDER-7-2"), balance(BANK)) == (30_000, 20_000)


def test_by_hand_goes_back_at_most_what_was_paid():
    intent = paid()
    ask_back(intent, shares={"ORDER-7-2": 30_000})

    with pytest.raises(RefundTooLarge, match="50,000 VND wanted, 20,000 VND left"):
        by_hand(intent)

    assert balance("escrow:ORDER-7-2") == 50_000
    assert not Operation.objects.filter(provider="by-hand").exists()


def test_what_has_left_escrow_is_not_refunded_by_hand():
    intent = paid()
    portions = [Portion("payable:seller-7", 50_000)]
    release(part="ORDER-7-2", portions=portions, release_id=uuid.uuid4(), now=NOW)

    with pytest.raises(RefundTooLarge, match="0 VND left"):
        by_hand(intent)

    assert Share.objects.get(intent=intent, reference="ORDER-7-2").refunded_vnd == 0


def test_a_provider_that_made_the_refused_refund_after_all_is_not_believed_twice():
    intent = paid()
    refused = ask_back(intent)
    tell(report_on(refused, Outcome.FAILED, error_code="accountClosed"))
    by_hand(intent)

    with pytest.raises(Exception, match="no longer in escrow"):
        tell(report_on(refused))

    assert (balance("escrow:ORDER-7-2"), balance("clearing:fake")) == (0, -250_000)


@pytest.mark.django_db(transaction=True)
def test_hands_and_providers_at_once_give_back_what_was_paid_and_no_more():
    intent = paid()
    hands = [partial(by_hand, intent, shares={"ORDER-7-2": 20_000}) for _ in range(4)]
    providers = [partial(ask_back, intent, shares={"ORDER-7-2": 20_000}) for _ in range(4)]

    results = race([*hands, *providers])

    assert sum(isinstance(result, Operation) for result in results) == 2
    assert sum(isinstance(result, RefundTooLarge) for result in results) == 6
    assert Share.objects.get(intent=intent, reference="ORDER-7-2").refunded_vnd == 40_000
    assert available_vnd("escrow:ORDER-7-2") == 10_000
    assert not accounts_out_of_balance().exists()


# --- Payees ------------------------------------------------------------------------------------


def test_a_payee_without_a_wallet_is_paid_from_the_bank():
    earn("carrier-post", 100_000)

    payment = pay(40_000)

    assert (balance("payable:carrier-post"), balance(BANK)) == (60_000, 40_000)
    transfer = Transfer.objects.get(pk=payment.pk)
    assert (transfer.purpose, transfer.reference, transfer.memo) == (
        "payout-by-hand",
        "carrier-post",
        "administrator",
    )


def test_a_payment_by_hand_is_recorded_once_and_its_id_stands_for_nothing_else():
    earn("carrier-post", 100_000)
    payment_id = uuid.uuid4()
    pay(payment_id=payment_id)
    pay(payment_id=payment_id)

    for other in ({"amount_vnd": 40_001}, {"payee": "seller-7"}, {"evidence": "VCB 9 of 3 March"}):
        with pytest.raises(PaymentByHandConflict, match="Another payment needs another id"):
            pay(**{"payment_id": payment_id} | other)

    assert balance("payable:carrier-post") == 60_000
    assert PaymentByHand.objects.count() == 1


@pytest.mark.parametrize("payee", ["carrier-post", "seller-8"])
def test_nobody_is_paid_more_than_is_theirs(payee):
    earn("carrier-post", 39_999)

    with pytest.raises(NotPayable, match=r"VND to be paid, not 40,000 VND"):
        pay(payee=payee)

    assert not PaymentByHand.objects.exists()
    assert balance("payable:carrier-post") == 39_999


@pytest.mark.django_db(transaction=True)
def test_eight_payments_by_hand_at_once_pay_what_is_there_and_no_more():
    earn("carrier-post", 100_000)

    results = race([partial(pay, 30_000) for _ in range(8)])

    assert sum(isinstance(result, PaymentByHand) for result in results) == 3
    assert sum(isinstance(result, NotPayable) for result in results) == 5
    assert balance("payable:carrier-post") == 10_000


# --- The State ---------------------------------------------------------------------------------


def test_withheld_tax_is_paid_to_the_state():
    withheld(1_000)

    payment = to_the_state(600)

    assert (balance("tax:vat"), balance(BANK)) == (400, 600)
    transfer = Transfer.objects.get(pk=payment.pk)
    assert (transfer.purpose, transfer.reference) == ("remittance", "2026-03")
    with pytest.raises(NotPayable, match="tax:vat has 400 VND to be paid, not 401 VND"):
        to_the_state(401)


def test_tax_that_the_state_has_already_is_owed_by_it_and_taken_off_the_next():
    withheld(1_000)
    to_the_state(900)

    take_back(
        part=PART,
        portions=[Portion("tax:vat", 300)],
        take_back_id=uuid.uuid4(),
        debt_limit_vnd=0,
        now=NOW,
    )

    assert (balance("tax:vat"), balance("debt:tax-vat"), balance(f"escrow:{PART}")) == (0, -200, 300)
    release(part=PART, portions=[Portion("tax:vat", 250)], release_id=uuid.uuid4(), now=NOW)
    assert (balance("tax:vat"), balance("debt:tax-vat")) == (50, 0)
    assert not accounts_out_of_balance().exists()


def test_a_take_back_of_remitted_tax_may_be_repeated():
    withheld(1_000)
    to_the_state(900)
    facts = {
        "part": PART,
        "portions": [Portion("tax:vat", 300)],
        "take_back_id": uuid.uuid4(),
        "debt_limit_vnd": 0,
        "now": NOW,
    }

    take_back(**facts)
    take_back(**facts)

    assert (balance("tax:vat"), balance("debt:tax-vat")) == (0, -200)


def test_what_was_never_withheld_is_not_paid():
    with pytest.raises(NotPayable, match="tax:pit has 0 VND to be paid"):
        to_the_state(tax="pit")

    assert not PaymentByHand.objects.exists()
