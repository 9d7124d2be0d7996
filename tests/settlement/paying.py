"""A wallet operator that also pays out: what it is asked to pay waits until a test says how it ended."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from payments import services as payments
from payments.models import Claim, Payout
from payments.providers.base import Capability, Outcome, PayoutBatch, Report
from tests.shop.silent import SilentProvider


class PayingProvider(SilentProvider):
    capabilities = SilentProvider.capabilities | {Capability.PAYOUT}

    def payout(self, batch: PayoutBatch) -> list[Report]:
        return [Report(credit.payout_id, "", Outcome.PENDING) for credit in batch.credits]

    query_payout = payout


def end_payouts(outcome: Outcome = Outcome.SUCCEEDED, **said: Any) -> None:
    """Let the operator report how every payout on its way ended."""
    for payout in Payout.objects.filter(state=Payout.State.ON_THE_WAY):
        payments.record_payout_report(
            provider=payout.provider,
            report=Report(payout.pk, f"P-{payout.pk}", outcome, amount_vnd=payout.amount_vnd, **said),
            source=Claim.Source.QUERY,
            now=timezone.now(),
        )
