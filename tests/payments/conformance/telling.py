"""Callbacks and return addresses, through the shop's real URLs."""

from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from payments import services
from payments.models import Claim, Intent, Operation
from payments.providers.base import Capability, Charge, Outcome, Report
from payments.services.asking import charge_of
from tests.payments.conformance.shop import Shop
from tests.payments.threads import race

PAID = (100_000, 20_000)


class Telling(Shop):
    """Whatever is told, how often and in which order: the books have it once, or not at all."""

    def test_a_callback_that_never_comes_is_made_good_by_asking(self, shop):
        """Failure 1."""
        operation = self.begin(shop)
        shop.approve(operation.pk)

        self.sweep()

        assert self.intent_state(operation) == Intent.State.SUCCEEDED
        assert self.escrow(operation) == PAID

    def test_a_callback_is_believed_once_however_often_it_comes(self, shop, heard):
        """Failure 2: twice."""
        self.skip_unless_called_back()
        operation = self.begin(shop)
        shop.approve(operation.pk)

        answers = [self.hear(shop, operation) for _ in range(3)]
        services.deliver_due(now=timezone.now())

        assert [self.is_understood(shop, answer) for answer in answers] == [True] * 3
        assert self.escrow(operation) == PAID
        assert heard == [("payment.succeeded", {"late": False})]

    def test_callbacks_at_the_same_moment_are_believed_once(self, shop, heard):
        """Failure 2: at once."""
        self.skip_unless_called_back()
        operation = self.begin(shop)
        shop.approve(operation.pk)
        shop.callback(operation.pk)

        answers = race([partial(self.hear, shop, operation) for _ in range(4)])
        services.deliver_due(now=timezone.now())

        assert [self.is_understood(shop, answer) for answer in answers] == [True] * 4
        assert self.escrow(operation) == PAID
        assert heard == [("payment.succeeded", {"late": False})]

    def test_a_callback_that_comes_after_the_question_changes_nothing(self, shop):
        """Failure 2: late."""
        self.skip_unless_called_back()
        operation = self.paid(shop)

        assert self.is_understood(shop, self.hear(shop, operation))

        assert self.escrow(operation) == PAID

    def test_a_failure_told_after_the_success_changes_nothing(self, shop):
        """Failure 3: failed after succeeded."""
        operation = self.paid(shop)
        late = Report(operation.pk, "", Outcome.FAILED, error_code="expired")

        services.record_report(
            provider=shop.provider.code, report=late, source=Claim.Source.CALLBACK, now=timezone.now()
        )

        assert self.state(operation) == Operation.State.SUCCEEDED
        assert self.escrow(operation) == PAID

    def test_a_refusal_is_heard_and_leaves_nothing_in_the_books(self, shop):
        """Failures 2 and 3: declined, told twice, and asked about after that."""
        self.skip_unless_payer_can_decline()
        operation = self.begin(shop)
        shop.decline(operation.pk)

        answers = [self.hear(shop, operation) for _ in range(2)]
        self.sweep()

        assert [self.is_understood(shop, answer) for answer in answers] == [True] * 2
        assert self.intent_state(operation) == Intent.State.FAILED
        assert self.escrow(operation) == (0, 0)

    def test_the_callback_of_the_payment_after_its_refund_changes_nothing(self, shop):
        """Failures 3 and 11: the first callback again, when a part of the money is back."""
        self.skip_unless_called_back()
        operation = self.paid(shop)
        self.finish(shop, self.ask_back(shop, operation, 30_000))

        assert self.is_understood(shop, self.hear(shop, operation))

        assert self.intent_state(operation) == Intent.State.PARTIALLY_REFUNDED
        assert self.escrow(operation) == (70_000, 20_000)

    def test_a_callback_that_is_faster_than_the_answer_stands(self, shop, heard):
        """Failure 4: the payer has paid and we were told before authorize() returned."""
        self.skip_unless_called_back()
        real, answers = shop.provider.authorize, []

        def slow(charge: Charge) -> Report:
            patch.undo()
            self.know(shop, charge)
            report = real(charge)
            shop.approve(charge.operation_id)
            answers.append(self.hear(shop, Operation.objects.get(pk=charge.operation_id)))
            return report

        patch = pytest.MonkeyPatch()
        patch.setattr(shop.provider, "authorize", slow)
        operation = self.begin(shop)
        services.deliver_due(now=timezone.now())

        assert [self.is_understood(shop, answer) for answer in answers] == [True]
        assert self.state(operation) == Operation.State.SUCCEEDED
        assert self.escrow(operation) == PAID
        assert heard == [("payment.succeeded", {"late": False})]

    # --- What is not believed ------------------------------------------------------------------

    def test_a_forged_callback_is_refused_and_moves_nothing(self, shop):
        """Failure 11: changed on its way, and signed by nobody."""
        self.skip_unless_called_back()
        operation = self.begin(shop)
        shop.approve(operation.pk)
        body, headers = shop.callback(operation.pk)

        forged = self.bring(shop, self.notice(operation.pk, body.replace(b"120000", b"920000"), headers))
        unsigned = self.bring(shop, self.notice(operation.pk, body, {}))

        assert not self.is_understood(shop, forged)
        assert not self.is_understood(shop, unsigned)
        assert self.is_open(operation)
        assert self.escrow(operation) == (0, 0)

    def test_a_stale_callback_is_refused_and_the_payment_is_found_all_the_same(self, shop):
        """Failures 11 and 16: sent again a day later, or from a clock that is a day behind."""
        self.skip_unless_callbacks_are_dated()
        operation = self.begin(shop)
        shop.approve(operation.pk)
        body, _ = shop.callback(operation.pk)

        stale = self.notice(operation.pk, *shop.signed(body, operation.pk, age_s=86_400))
        answer = self.bring(shop, stale)
        before = self.state(operation)
        self.sweep()

        assert not self.is_understood(shop, answer)
        assert before in Operation.OPEN_STATES
        assert self.escrow(operation) == PAID

    def test_a_callback_sent_again_for_another_payment_does_not_pay_it(self, shop):
        """Failure 11: replayed at another address, with and without the name of the first payment."""
        self.skip_unless_called_back()
        first, second = self.paid(shop), self.begin(shop)
        body, headers = shop.callback(first.pk)
        nameless = {name: value for name, value in headers.items() if name.lower() != "x-correlationid"}

        self.bring(shop, self.notice(second.pk, body, headers))
        self.bring(shop, self.notice(second.pk, body, nameless))

        assert self.is_open(second)
        assert (self.escrow(first), self.escrow(second)) == (PAID, (0, 0))

    @pytest.mark.parametrize("amount", ["119999", "120001", "1"])
    def test_a_callback_of_another_amount_is_kept_and_not_believed(self, shop, amount):
        """Failure 11: the right signature, a wrong amount."""
        self.skip_unless_called_back()
        operation = self.begin(shop)
        shop.approve(operation.pk)

        answer = self.hear_instead(shop, operation, ("120000", amount))

        assert not self.is_understood(shop, answer)
        assert self.refusals() == ["amount_mismatch"]
        assert self.is_open(operation)
        assert self.escrow(operation) == (0, 0)

    def test_a_callback_about_a_payment_nobody_asked_for_is_kept_and_books_nothing(self, shop):
        """Failure 11: the right signature, an operation that is none of ours."""
        charge = self.pay(shop)
        body, headers = shop.callback(charge.operation_id)

        answer = self.bring(shop, self.notice(charge.operation_id, body, headers))

        assert not self.is_understood(shop, answer)
        claim = Claim.objects.get()
        assert (claim.refusal, claim.operation_named) == ("operation_unknown", charge.operation_id)
        assert not Operation.objects.exists()

    def test_a_transaction_of_the_providers_pays_one_payment_only(self, shop):
        """Failure 19: the right signature, another payment's provider_ref."""
        self.skip_unless_called_back()
        first, second = self.paid(shop), self.begin(shop)
        shop.approve(second.pk)
        used = self.provider_ref(shop, first)
        changes = [(self.provider_ref(shop, second), used)]

        answer = self.hear_instead(shop, second, *changes)

        assert not self.is_understood(shop, answer)
        assert self.refusals() in (["reference_reused"], ["reference_mismatch"])
        assert self.is_open(second)
        assert self.escrow(second) == (0, 0)

    def provider_ref(self, bank: Any, operation: Operation) -> str:
        return bank.provider.query(charge_of(operation)).provider_ref

    # --- The return address --------------------------------------------------------------------

    def test_a_forged_visit_of_the_return_address_pays_nothing(self, shop, settings):
        """Failure 12: forged."""
        self.skip_unless(shop, Capability.REDIRECT)
        operation = self.begin(shop)
        page = settings.PAYMENT_PAGE.format(intent_id=operation.intent_id)

        Client().get(page, {"vnp_ResponseCode": "00", "redirect_status": "succeeded", "status": "paid"})
        self.sweep()

        assert self.is_open(operation)
        assert self.escrow(operation) == (0, 0)

    def test_a_payer_who_never_comes_back_has_paid(self, shop):
        """Failure 12: never visited."""
        self.skip_unless(shop, Capability.REDIRECT)
        operation = self.begin(shop)
        shop.approve(operation.pk)

        assert self.is_understood(shop, self.hear(shop, operation))

        assert self.escrow(operation) == PAID
