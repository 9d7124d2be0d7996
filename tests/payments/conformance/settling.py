"""Money that is reserved, goes back, is paid out or compared: through our services and the books."""

import uuid
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from payments import services, settled
from payments.errors import CaptureTooLarge, NotAuthorized, ProviderRefused, RefundTooLarge
from payments.models import Difference, Intent, Operation, Payout, PayoutBatch
from payments.providers.base import Capability
from payments.services import Portion
from payments.services.asking import charge_of
from tests.payments.conformance.shop import SWEEP, Shop
from tests.payments.making import report_on, tell
from tests.payments.threads import race
from tests.wallet_operator import wait_until

PAID = (100_000, 20_000)


class Settling(Shop):
    """Nobody gets more than there is, and what the provider has is what we have."""

    # --- Refunds -------------------------------------------------------------------------------

    def test_of_refunds_racing_for_the_last_dong_those_win_that_fit(self, shop):
        """Failure 8: eight at once for 30,000 of 100,000."""
        operation = self.paid(shop)

        results = race([partial(self.ask_back, shop, operation, 30_000) for _ in range(8)])
        refunds = [one for one in results if isinstance(one, Operation)]
        self.sweep()
        for refund in refunds:
            shop.approve(refund.pk)
        self.sweep()

        refused = [one for one in results if isinstance(one, RefundTooLarge)]
        assert (len(refunds), len(refused)) == (3, 5)
        assert [self.state(refund) for refund in refunds] == ["succeeded"] * 3
        assert self.escrow(operation) == (10_000, 20_000)

    def test_a_refund_above_what_was_paid_is_not_even_sent(self, shop):
        """Failure 8: a đồng too much of a part; a refund of what nobody has paid."""
        operation, unpaid = self.paid(shop), self.begin(shop)

        for one, wanted_vnd in ((operation, 100_001), (unpaid, 1)):
            with pytest.raises(RefundTooLarge):
                self.ask_back(shop, one, wanted_vnd)

        assert not Operation.objects.filter(kind=Operation.Kind.REFUND).exists()
        assert self.escrow(operation) == PAID

    # --- Reserved money ------------------------------------------------------------------------

    def reserved(self, bank: Any) -> Operation:
        self.skip_unless(bank, Capability.CAPTURE)
        operation = self.paid(bank, is_sale=False)
        assert self.intent_state(operation) == Intent.State.AUTHORIZED
        return operation

    def capture(self, operation: Operation, *parts_vnd: int) -> Operation:
        reference = operation.intent.reference
        return services.capture(
            intent_id=operation.intent_id,
            shares={f"{reference}-{at}": part_vnd for at, part_vnd in enumerate(parts_vnd, 1)},
            operation_id=uuid.uuid4(),
            now=timezone.now(),
        )

    def release(self, operation: Operation) -> Operation:
        return services.void(intent_id=operation.intent_id, operation_id=uuid.uuid4(), now=timezone.now())

    def test_a_part_is_captured_and_the_rest_is_the_payers(self, shop):
        """Failure 9: the part, too much, again, a release after it, and more back than was taken."""
        operation = self.reserved(shop)
        with pytest.raises(CaptureTooLarge):
            self.capture(operation, 100_001)
        self.capture(operation, 60_000)
        self.sweep()

        for late in (partial(self.capture, operation, 40_000), partial(self.release, operation)):
            with pytest.raises(NotAuthorized):
                late()
        with pytest.raises(RefundTooLarge):
            self.ask_back(shop, operation, 60_001)
        assert self.escrow(operation) == (60_000, 0)
        self.finish(shop, self.ask_back(shop, operation, 60_000))
        assert self.intent_state(operation) == Intent.State.REFUNDED

    def test_of_a_capture_and_a_release_at_once_one_happens(self, shop):
        """Failure 9: at the same moment."""
        operation = self.reserved(shop)

        results = race([partial(self.capture, operation, *PAID), partial(self.release, operation)])
        self.sweep()

        done = [one for one in results if isinstance(one, Operation)]
        assert len(done) == 1
        assert self.state(done[0]) == Operation.State.SUCCEEDED
        assert self.escrow(operation) == (PAID if done[0].kind == Operation.Kind.CAPTURE else (0, 0))

    def test_an_authorisation_that_has_expired_is_let_go_and_not_captured(self, shop):
        """Failure 10: expired, then captured; here and at the provider's."""
        operation = self.reserved(shop)
        services.expire(intent_id=operation.intent_id, now=timezone.now())
        self.sweep()

        with pytest.raises(NotAuthorized):
            self.capture(operation, *PAID)

        assert self.intent_state(operation) == Intent.State.VOIDED
        operation.refresh_from_db()
        late = self.refund_of(shop, charge_of(operation), 120_000)
        with pytest.raises(ProviderRefused):
            shop.provider.capture(late)
        assert self.escrow(operation) == (0, 0)

    def test_money_that_comes_after_the_hold_is_said_to_be_late_and_goes_back(self, shop, heard):
        """Failure 10: success after expiry; the shop gives back what it cannot use any more."""
        self.skip_unless_called_back()
        operation = self.begin(shop)
        services.expire(intent_id=operation.intent_id, now=timezone.now())
        shop.approve(operation.pk)
        self.hear(shop, operation)
        self.sweep()
        services.deliver_due(now=timezone.now() + SWEEP)

        reference = operation.intent.reference
        shares = {f"{reference}-1": 100_000, f"{reference}-2": 20_000}
        assert ("payment.succeeded", {"late": True}) in heard
        assert self.escrow(operation) == PAID
        self.finish(shop, self.ask_back(shop, operation, 0, shares=shares))
        assert self.intent_state(operation) == Intent.State.REFUNDED
        assert self.escrow(operation) == (0, 0)

    # --- Payouts -------------------------------------------------------------------------------

    def test_half_a_batch_goes_to_a_dead_wallet_and_only_that_half_comes_back(self, shop):
        """Failure 15."""
        self.skip_unless(shop, Capability.PAYOUT)
        operation = self.paid(shop)
        alive, dead = self.payees(shop)
        services.release(
            part=f"{operation.intent.reference}-1",
            portions=[Portion(f"payable:{payee.reference}", 50_000) for payee in (alive, dead)],
            release_id=uuid.uuid4(),
            now=timezone.now(),
        )
        run = services.start_run(
            run_id=uuid.uuid4(),
            payees=[alive, dead],
            minimum_vnd=10_000,
            started_by="administrator",
            now=timezone.now(),
        )
        batch = PayoutBatch.objects.get(run=run)
        shop.fail_next(after=True)
        services.submit_batch(batch_id=batch.pk, now=timezone.now())

        def ended() -> bool:
            services.ask_due_batches(now=timezone.now() + timedelta(minutes=2))
            return PayoutBatch.objects.filter(pk=batch.pk, state="ended").exists()

        wait_until(ended, "the batch is carried out")
        states = dict(Payout.objects.values_list("payee", "state"))
        assert states == {alive.reference: "succeeded", dead.reference: "failed"}
        assert settled.payable_vnd(alive.reference) == 0
        assert settled.payable_vnd(dead.reference) == 50_000

    # --- Statements ----------------------------------------------------------------------------

    def reconcile(self, bank: Any) -> None:
        """Compare today as if it were tomorrow night."""
        self.skip_unless(bank, Capability.STATEMENT)
        services.reconcile(
            provider=bank.provider.code, day=timezone.localdate(), now=timezone.now() + timedelta(days=1)
        )

    def differences(self, operation: Operation) -> list[tuple[str, int | None, int | None]]:
        """Return what does not agree about ``operation``; the other side remembers other tests too."""
        found = Difference.objects.filter(operation=operation, state=Difference.State.OPEN)
        return list(found.order_by("pk").values_list("kind", "statement_vnd", "asked_vnd"))

    def test_what_only_the_statement_tells_is_settled_by_it_once(self, shop):
        """Failures 1 and 17: nobody told us and nobody asked; then everybody does."""
        self.skip_unless(shop, Capability.STATEMENT)
        operation = self.begin(shop)
        shop.approve(operation.pk)

        self.reconcile(shop)
        self.hear(shop, operation)
        self.sweep()
        self.reconcile(shop)

        assert self.state(operation) == Operation.State.SUCCEEDED
        assert self.escrow(operation) == PAID
        assert self.differences(operation) == []

    def test_a_days_payments_and_refunds_agree(self, shop):
        """Failure 17: no line too many and none too few."""
        self.skip_unless(shop, Capability.STATEMENT)
        operation = self.paid(shop)
        refund = self.ask_back(shop, operation, 30_000)
        self.finish(shop, refund)

        self.reconcile(shop)

        assert self.differences(operation) == self.differences(refund) == []

    def test_a_line_we_know_nothing_of_is_found(self, shop):
        """Failure 17: a line too many."""
        self.skip_unless(shop, Capability.STATEMENT)
        charge = self.pay(shop)

        self.reconcile(shop)

        # By the name the statement gives it: that of a payment nobody here asked for may be another.
        lines = shop.provider.statement(timezone.localdate())
        [line] = [one for one in lines if one.operation_id == charge.operation_id]
        found = Difference.objects.get(provider_ref=line.provider_ref)
        assert (found.kind, found.statement_vnd) == (Difference.Kind.MISSING_HERE, 120_000)
        assert not Operation.objects.exists()

    def test_a_line_that_is_not_there_is_missed(self, shop):
        """Failure 17: a line too few."""
        self.skip_unless(shop, Capability.STATEMENT)
        operation = self.begin(shop)
        said = report_on(operation, provider_ref=operation.provider_ref or f"W-{operation.pk}")
        tell(said, provider=shop.provider.code, now=timezone.now())

        self.reconcile(shop)

        assert self.differences(operation) == [(Difference.Kind.MISSING_THERE, None, 120_000)]

    def test_a_line_of_another_amount_settles_nothing(self, shop):
        """Failures 13 and 17: the provider was asked for another amount under our id."""
        self.skip_unless(shop, Capability.STATEMENT)
        if self.asks_at_once:
            shop.fail_next(after=False)
        operation = self.begin(shop)
        other = self.charge_of(
            operation_id=operation.pk, amount_vnd=110_000, reference=operation.intent.reference
        )
        self.know(shop, other)
        shop.provider.authorize(other)
        shop.approve(operation.pk)

        self.reconcile(shop)

        assert self.differences(operation) == [(Difference.Kind.AMOUNT_DIFFERS, 110_000, 120_000)]
        assert self.is_open(operation)
        assert self.escrow(operation) == (0, 0)

    # --- Many at once --------------------------------------------------------------------------

    def test_payments_and_refunds_through_one_account_at_once_do_not_stop_each_other(self, shop):
        """Failure 20."""
        shares = [{f"{uuid.uuid4()}": 30_000} for _ in range(8)]
        operations = [self.begin(shop, shares=one) for one in shares]
        for operation in operations[4:] if not self.calls_back else operations:
            shop.approve(operation.pk)
        coming, going = operations[:4], operations[4:]
        for operation in going if self.calls_back else ():
            self.hear(shop, operation)
        refunds = [
            self.ask_back(shop, operation, 0, shares=one)
            for operation, one in zip(going, shares[4:], strict=True)
        ]
        for operation in coming if self.calls_back else ():
            shop.callback(operation.pk)

        race([
            *(partial(self.hear if self.calls_back else self.count, shop, one) for one in coming),
            *(partial(services.submit, operation_id=one.pk, now=timezone.now()) for one in refunds),
        ])  # fmt: skip
        for refund in refunds:
            shop.approve(refund.pk)
        self.sweep()

        ended = [self.state(one) for one in [*operations, *refunds]]
        assert ended == [Operation.State.SUCCEEDED] * 12

    def count(self, bank: Any, operation: Operation) -> None:
        bank.approve(operation.pk)
