"""A fake provider that also gives statements, and the lines that an honest one would have."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from payments.errors import ProviderUnavailable
from payments.models import Operation, Payout
from payments.providers.base import Capability, StatementLine
from payments.services.matching import signed_vnd
from tests.payments.making import NOW
from tests.payments.paying import PayingProvider


class StatementProvider(PayingProvider):
    capabilities = PayingProvider.capabilities | {Capability.STATEMENT}

    def __init__(self, *, code: str, label: str) -> None:
        super().__init__(code=code, label=label)
        self.statements: dict[date, list[StatementLine]] = defaultdict(list)
        self.breaks_off_after: int | None = None

    def statement(self, day: date) -> Iterator[StatementLine]:
        for number, line in enumerate(self.statements[day]):
            if number == self.breaks_off_after:
                raise ProviderUnavailable("The fake is silent.")
            yield line


def line_of(ours: Operation | Payout, moved_at: datetime = NOW, **changes: Any) -> StatementLine:
    """Make the line of a statement an honest provider would give of ``ours``."""
    facts: dict[str, Any] = {
        "provider_ref": f"W-{ours.pk}",
        "reference": ours.intent.reference if isinstance(ours, Operation) else "",
        "amount_vnd": signed_vnd(ours),
        "moved_at": moved_at,
        "operation_id": ours.pk,
        "raw": {"id": f"W-{ours.pk}"},
    }
    return StatementLine(**facts | changes)
