"""What the tests of reconciling share: the day that is compared, and what comes of it."""

from datetime import date, datetime, timedelta
from typing import Any

from payments import services
from payments.models import Difference, Reconciliation
from tests.payments.making import NOW
from tests.payments.statements import StatementProvider

DAY = date(2026, 3, 2)
NEXT = datetime.combine(DAY + timedelta(days=1), NOW.timetz()).replace(hour=3)  # the night after


def reconcile(day: date = DAY, *, now: datetime = NEXT, **changes: Any) -> Reconciliation:
    return services.reconcile(**{"provider": "fake", "day": day, "now": now} | changes)


def differences(state: str = "open") -> list[tuple[str, int | None, int | None]]:
    found = Difference.objects.filter(state=state).order_by("kind", "key")
    return [(one.kind, one.statement_vnd, one.asked_vnd) for one in found]


def shown(bank: StatementProvider, *lines: Any, day: date = DAY) -> None:
    bank.statements[day] = list(lines)
