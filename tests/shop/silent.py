"""A wallet operator at the provider's border that takes every request and says nothing more by itself."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from payments import services as payments
from payments.errors import UnknownToProvider
from payments.models import Claim, Operation
from payments.providers.base import Capability, Charge, Notice, Outcome, Provider, Report


class SilentProvider(Provider):
    """Remembers every charge. ``tell`` reports an outcome, as a callback would."""

    capabilities = frozenset({Capability.SALE, Capability.REFUND, Capability.PUSH})
    asked: dict[UUID, Charge] = {}

    def authorize(self, charge: Charge) -> Report:
        self.asked[charge.operation_id] = charge
        return Report(charge.operation_id, f"W-{charge.operation_id}", Outcome.PENDING)

    refund = authorize

    def query(self, charge: Charge) -> Report:
        if charge.operation_id not in self.asked:
            raise UnknownToProvider(f"{self.code} has never heard of {charge.operation_id}.")
        return Report(charge.operation_id, charge.provider_ref, Outcome.PENDING)

    def parse_webhook(self, notice: Notice) -> Report:
        raise AssertionError("tests report through tell()")


def tell(intent_id: UUID, outcome: Outcome, *, kind: str = Operation.Kind.AUTHORIZE) -> None:
    """Let the operator report how the intent's operations of ``kind`` ended, and let the shop hear it."""
    for operation in Operation.objects.filter(intent_id=intent_id, kind=kind).select_related("intent"):
        report = Report(
            operation.pk,
            f"W-{operation.pk}",
            outcome,
            amount_vnd=operation.amount_vnd,
            reference=operation.intent.reference,
        )
        payments.record_report(
            provider=operation.provider, report=report, source=Claim.Source.CALLBACK, now=timezone.now()
        )
    hear()


def hear() -> None:
    """Deliver what waits in the outbox, as the worker does; also what a test's clock wrote ahead of time."""
    payments.deliver_due(now=timezone.now() + timedelta(hours=2))
