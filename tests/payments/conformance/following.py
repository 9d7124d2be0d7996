"""The provider alone: what follows on an authorisation, payouts, and the day's statement."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from payments.errors import AlreadySubmitted, ProviderRefused, UnknownToProvider
from payments.providers.base import Capability, Charge, Credit, Outcome, PayoutBatch
from tests.payments.conformance.base import Base
from tests.wallet_operator import wait_until


class Following(Base):
    """Captures, releases, payouts and statements of providers that can do them."""

    def reserve(self, bank: Any) -> Charge:
        self.skip_unless(bank, Capability.CAPTURE)
        charge = self.charge_of(is_sale=False)
        bank.provider.authorize(charge)
        bank.approve(charge.operation_id)
        return charge

    def following(self, bank: Any, charge: Charge, **changes: Any) -> Charge:
        """Return what follows on ``charge``: a capture or a release of it."""
        return replace(self.refund_of(bank, charge, charge.amount_vnd), **changes)

    def test_a_part_is_captured_once_and_the_rest_is_let_go(self, bank):
        """Failure 9: the part, and the void of the rest."""
        charge = self.reserve(bank)
        capture = self.following(bank, charge, amount_vnd=70_000)

        report = bank.provider.capture(capture)

        assert (report.outcome, report.amount_vnd) == (Outcome.SUCCEEDED, 70_000)
        with pytest.raises(AlreadySubmitted):
            bank.provider.capture(capture)
        with pytest.raises(ProviderRefused):
            bank.provider.capture(self.following(bank, charge, amount_vnd=50_000))
        with pytest.raises(ProviderRefused):
            bank.provider.refund(self.following(bank, charge, amount_vnd=70_001))

    def test_a_capture_above_what_was_reserved_is_refused(self, bank):
        """Failure 9: too much."""
        charge = self.reserve(bank)

        with pytest.raises(ProviderRefused):
            bank.provider.capture(self.following(bank, charge, amount_vnd=120_001))

        assert bank.provider.capture(self.following(bank, charge)).outcome is Outcome.SUCCEEDED

    def test_a_release_after_the_capture_is_refused_and_takes_nothing_back(self, bank):
        """Failure 9: the void comes after the capture."""
        charge = self.reserve(bank)
        capture = self.following(bank, charge)
        bank.provider.capture(capture)
        release = self.following(bank, charge)

        with pytest.raises(ProviderRefused):
            bank.provider.void(release)

        with pytest.raises(UnknownToProvider):
            bank.provider.query(release)
        assert bank.provider.query(capture).outcome is Outcome.SUCCEEDED

    @pytest.mark.parametrize("verb", ["capture", "void"])
    def test_what_was_let_go_is_not_captured_and_not_let_go_by_another(self, bank, verb):
        """Failure 10: expired, then captured."""
        charge = self.reserve(bank)
        bank.provider.void(self.following(bank, charge))
        late = self.following(bank, charge)

        if verb == "capture":
            with pytest.raises(ProviderRefused):
                bank.provider.capture(late)
        else:
            assert bank.provider.void(late).outcome is Outcome.SUCCEEDED  # it is what was wanted
        assert bank.provider.query(charge).outcome is Outcome.FAILED

    def test_what_waits_for_the_payer_is_closed_and_nobody_can_pay_it(self, bank):
        """Failure 18: the order is cancelled while its buyer pays."""
        self.skip_unless(bank, Capability.VOID)
        self.skip_unless_called_back()
        charge = self.charge_of()
        asked = bank.provider.authorize(charge)
        release = self.charge_of(
            original_id=charge.operation_id,
            original_ref=asked.provider_ref,
            original_requested_at=charge.requested_at,
        )

        assert bank.provider.void(release).outcome is Outcome.SUCCEEDED

        assert bank.provider.query(charge).outcome is Outcome.FAILED
        assert bank.provider.query(release).outcome is Outcome.SUCCEEDED

    def test_what_was_paid_is_not_closed_any_more(self, bank):
        """Failures 9 and 18: the payer was faster."""
        self.skip_unless(bank, Capability.VOID)
        charge = self.pay(bank)

        with pytest.raises(ProviderRefused):
            bank.provider.void(self.following(bank, charge))

        assert bank.provider.query(charge).outcome is Outcome.SUCCEEDED

    def test_a_batch_is_paid_once_and_dead_wallets_are_named(self, bank):
        """Failures 13 and 15: half a batch is rejected, and the batch sent again pays nobody twice."""
        self.skip_unless(bank, Capability.PAYOUT)
        self.pay(bank)
        alive, dead = self.payees(bank)
        credits = [
            Credit(payout_id=uuid.uuid4(), payee=payee.wallet, amount_vnd=20_000) for payee in (alive, dead)
        ]
        batch = PayoutBatch(batch_id=uuid.uuid4(), credits=credits, requested_at=timezone.now())
        bank.provider.payout(batch)

        def ended() -> list[Outcome]:
            outcomes = [report.outcome for report in bank.provider.query_payout(batch)]
            return [] if Outcome.PENDING in outcomes else outcomes

        assert wait_until(ended, "the batch is carried out") == [Outcome.SUCCEEDED, Outcome.FAILED]
        with pytest.raises(AlreadySubmitted):
            bank.provider.payout(batch)
        paid, bounced = bank.provider.query_payout(batch)
        assert (paid.operation_id, paid.amount_vnd) == (credits[0].payout_id, 20_000)
        assert (bounced.operation_id, bool(bounced.error_code)) == (credits[1].payout_id, True)

    def test_a_batch_that_never_arrived_is_unknown(self, bank):
        """Failure 5: the time-out before the payout."""
        self.skip_unless(bank, Capability.PAYOUT)
        credit = Credit(payout_id=uuid.uuid4(), payee=self.payees(bank)[0].wallet, amount_vnd=20_000)

        with pytest.raises(UnknownToProvider):
            bank.provider.query_payout(
                PayoutBatch(batch_id=uuid.uuid4(), credits=[credit], requested_at=timezone.now())
            )

    def test_the_days_statement_has_both_ways_with_their_operations_and_days(self, bank):
        """Failure 17: each movement once, on its day as people here count days."""
        self.skip_unless(bank, Capability.STATEMENT)
        paid = self.pay(bank)
        refund = self.refund_of(bank, paid, 50_000)
        bank.provider.refund(refund)
        bank.approve(refund.operation_id)
        ours = {paid.operation_id, refund.operation_id}
        today = timezone.localdate()

        def lines(day):
            return [line for line in bank.provider.statement(day) if line.operation_id in ours]

        came, went = lines(today)
        assert (came.operation_id, came.amount_vnd) == (paid.operation_id, 120_000)
        assert (went.operation_id, went.amount_vnd) == (refund.operation_id, -50_000)
        assert came.provider_ref == bank.provider.query(paid).provider_ref
        assert [timezone.localdate(line.moved_at) for line in (came, went)] == [today, today]
        assert lines(today - timedelta(days=1)) == lines(today + timedelta(days=1)) == []
