"""Requests that get lost, repeats, deaths and silence: asking settles what is left, and nobody pays twice."""

import uuid
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from payments import services
from payments.errors import IntentConflict, OpenIntentExists, OperationConflict
from payments.models import Intent, Operation
from payments.providers.base import Capability, Outcome
from payments.services.asking import charge_of
from tests.payments.conformance.shop import Shop
from tests.payments.making import operation_of
from tests.payments.threads import race

PAID = (100_000, 20_000)


class Asking(Shop):
    """One operation is one payment, however often it has to be asked for."""

    def skip_unless_there_is_a_line(self) -> None:
        if not self.calls_back:
            pytest.skip("nothing leaves the house that could get lost")

    @pytest.mark.parametrize("after", [False, True])
    def test_a_payment_whose_answer_was_lost_is_asked_for_once(self, shop, after):
        """Failure 5: the time-out before the debit, and after it."""
        self.skip_unless_asked_at_once()
        shop.fail_next(after=after)
        operation = self.begin(shop)
        before = self.state(operation)

        self.sweep()
        shop.approve(operation.pk)
        self.sweep()

        assert before == Operation.State.UNKNOWN
        assert self.state(operation) == Operation.State.SUCCEEDED
        assert shop.payments_made() == 1
        assert self.escrow(operation) == PAID

    @pytest.mark.parametrize("after", [False, True])
    def test_a_refund_whose_answer_was_lost_is_made_once(self, shop, after):
        """Failure 5: the time-out before the money went back, and after it."""
        self.skip_unless_there_is_a_line()
        operation = self.paid(shop)
        refund = self.ask_back(shop, operation, 60_000)
        shop.fail_next(after=after)
        self.sweep()
        before = self.state(refund)

        self.finish(shop, refund)

        assert before == Operation.State.UNKNOWN
        assert self.escrow(operation) == (40_000, 20_000)
        # What is left at the provider's is what is left here: it went back once.
        self.finish(shop, self.ask_back(shop, operation, 40_000))
        assert self.escrow(operation) == (0, 20_000)

    def test_a_payment_that_was_answered_500_is_found_where_it_is(self, shop):
        """Failure 6: of the payment."""
        self.skip_unless_asked_at_once()
        shop.break_next()
        operation = self.begin(shop)
        before = self.state(operation)
        shop.mend()

        self.sweep()
        shop.approve(operation.pk)
        self.sweep()

        assert before == Operation.State.UNKNOWN
        assert self.state(operation) == Operation.State.SUCCEEDED
        assert shop.payments_made() == 1

    def test_a_refund_that_was_answered_500_is_made_once(self, shop):
        """Failure 6: of the refund."""
        self.skip_unless_there_is_a_line()
        operation = self.paid(shop)
        refund = self.ask_back(shop, operation, 60_000)
        shop.break_next()
        self.sweep()
        before = self.state(refund)
        shop.mend()

        self.finish(shop, refund)
        self.finish(shop, self.ask_back(shop, operation, 40_000))

        assert before == Operation.State.UNKNOWN
        assert self.escrow(operation) == (0, 20_000)

    @pytest.mark.parametrize("after", [False, True])
    def test_a_death_while_asking_for_money_is_settled_by_asking(self, shop, after):
        """Failure 7: between commit and call, and between call and commit."""
        with self.dying(shop, "authorize", after=after):
            self.begin(shop)
        operation = Operation.objects.select_related("intent").get()
        before = self.state(operation)

        self.sweep()
        shop.approve(operation.pk)
        self.sweep()

        assert before == Operation.State.SUBMITTED
        assert self.state(operation) == Operation.State.SUCCEEDED
        assert self.escrow(operation) == PAID
        assert not self.asks_at_once or shop.payments_made() == 1

    @pytest.mark.parametrize("after", [False, True])
    def test_a_death_while_giving_back_is_settled_by_asking(self, shop, after):
        """Failure 7: the same for a refund."""
        operation = self.paid(shop)
        refund = self.ask_back(shop, operation, 60_000)
        with self.dying(shop, "refund", after=after):
            services.submit(operation_id=refund.pk, now=timezone.now())
        before = self.state(refund)

        self.finish(shop, refund)
        self.finish(shop, self.ask_back(shop, operation, 40_000))

        assert before == Operation.State.SUBMITTED
        assert self.escrow(operation) == (0, 20_000)

    def test_a_payment_started_twice_is_one_and_another_under_its_id_is_refused(self, shop):
        """Failure 13: the double click, and another amount under the same id."""
        intent_id = uuid.uuid4()
        operation = self.begin(shop, intent_id=intent_id)
        same = {
            "reference": operation.intent.reference,
            "shares": {f"{operation.intent.reference}-1": 100_000, f"{operation.intent.reference}-2": 20_000},
            "description": operation.intent.description,
        }

        again = self.begin(shop, intent_id=intent_id, **same)
        unnamed = self.begin(shop, **same)
        with pytest.raises(IntentConflict):
            self.begin(shop, intent_id=intent_id, **same | {"shares": {"X-1": 1_000_000}})
        with pytest.raises(OpenIntentExists):
            self.begin(shop, **same | {"payer": "+84399000009"})

        assert {again.pk, unnamed.pk} == {operation.pk}
        assert not self.asks_at_once or shop.payments_made() == 1

    def test_a_payment_started_by_many_at_once_is_asked_for_once(self, shop):
        """Failure 13: the double submit, at the same moment."""
        now, reference = timezone.now(), f"ORDER-{uuid.uuid4()}"[:20]
        start = partial(
            services.start_payment,
            reference=reference,
            provider=shop.provider.code,
            payer=self.payer_of(shop),
            shares={f"{reference}-1": 100_000, f"{reference}-2": 20_000},
            description="",
            expires_at=now + timedelta(minutes=15),
            now=now,
        )

        started = race([start] * 4)

        assert len({intent.pk for intent in started}) == 1
        operation = operation_of(started[0])
        self.know(shop, charge_of(operation))
        shop.approve(operation.pk)
        self.sweep()
        assert self.escrow(operation) == PAID
        assert not self.asks_at_once or shop.payments_made() == 1

    def test_a_refund_ordered_twice_is_one_and_another_under_its_id_is_refused(self, shop):
        """Failure 13: the same refund again, and another amount under its id; sent by four at once."""
        operation = self.paid(shop)
        refund = self.ask_back(shop, operation, 60_000)

        assert self.ask_back(shop, operation, 60_000, operation_id=refund.pk).pk == refund.pk
        with pytest.raises(OperationConflict):
            self.ask_back(shop, operation, 70_000, operation_id=refund.pk)
        sent = race([partial(services.submit, operation_id=refund.pk, now=timezone.now())] * 4)

        self.finish(shop, refund)
        assert sorted(sent) == [False, False, False, True]
        assert self.escrow(operation) == (40_000, 20_000)

    def test_two_payments_at_once_do_not_cross_the_months_limit(self, shop):
        """Failure 14."""
        if not self.keeps_monthly_limit:
            pytest.skip("no law limits what is paid in this way in a month")
        payer = self.rich_payer(shop)
        half = {"payer": payer, "description": "Half of a month and a đồng"}
        operations = [self.begin(shop, shares={f"{uuid.uuid4()}": 50_000_001}, **half) for _ in range(2)]

        race([partial(shop.approve, operation.pk) for operation in operations])
        self.sweep()

        states = sorted(self.state(operation) for operation in operations)
        assert states == [Operation.State.FAILED, Operation.State.SUCCEEDED]
        refused = Operation.objects.get(state=Operation.State.FAILED)
        assert refused.error_code == "monthlyValueLimitExceeded"

    def test_a_provider_that_is_down_is_asked_until_it_is_back(self, shop):
        """Failure 16: down before the payer pays, after that, and while money goes back."""
        self.skip_unless_there_is_a_line()
        shop.silence(True)
        operation = self.begin(shop)
        self.sweep()
        assert self.is_open(operation)
        shop.silence(False)
        self.sweep()
        shop.approve(operation.pk)
        shop.silence(True)
        self.sweep()
        assert self.is_open(operation)
        assert self.intent_state(operation) == Intent.State.PENDING
        shop.silence(False)
        self.sweep()
        assert self.escrow(operation) == PAID

        refund = self.ask_back(shop, operation, 100_000)
        shop.silence(True)
        self.sweep()
        self.sweep()
        assert self.is_open(refund)
        shop.silence(False)
        self.finish(shop, refund)
        assert self.escrow(operation) == (0, 20_000)

    @pytest.mark.parametrize("seconds", [-7_200, 7_200])
    def test_a_provider_whose_clock_is_wrong_is_paid_through_all_the_same(self, shop, seconds):
        """Failure 16: its clock is two hours off in all it says."""
        self.skip_unless_called_back()
        shop.skew(seconds)
        operation = self.begin(shop)
        shop.approve(operation.pk)

        answer = self.hear(shop, operation)
        shop.mend()
        self.sweep()

        assert self.is_understood(shop, answer) is not self.dates_callbacks
        assert self.state(operation) == Operation.State.SUCCEEDED
        assert self.escrow(operation) == PAID

    def test_an_order_cancelled_while_its_buyer_pays_cannot_be_paid_any_more(self, shop):
        """Failure 18: where the provider closes what waits for the payer."""
        self.skip_unless(shop, Capability.VOID)
        operation = self.begin(shop)

        services.expire(intent_id=operation.intent_id, now=timezone.now())
        self.sweep()
        self.sweep()

        release = Operation.objects.get(kind=Operation.Kind.VOID)
        assert self.state(release) == Operation.State.SUCCEEDED
        assert self.intent_state(operation) == Intent.State.EXPIRED
        if self.calls_back:
            assert shop.provider.query(charge_of(operation)).outcome is Outcome.FAILED
        assert self.escrow(operation) == (0, 0)

    def test_an_order_cancelled_at_the_moment_of_its_payment_is_paid_and_said_to_be(self, shop, heard):
        """Failures 18 and 10: the cancellation and the callback at once."""
        self.skip_unless_called_back()
        operation = self.begin(shop)
        shop.approve(operation.pk)
        shop.callback(operation.pk)

        race([
            partial(services.expire, intent_id=operation.intent_id, now=timezone.now()),
            partial(self.hear, shop, operation),
        ])  # fmt: skip
        self.sweep()
        services.deliver_due(now=timezone.now())

        assert self.state(operation) == Operation.State.SUCCEEDED
        assert self.escrow(operation) == PAID
        assert [kind for kind, _ in heard].count("payment.succeeded") == 1
