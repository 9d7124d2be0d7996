from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "payments.ledger"
    label = "ledger"
    verbose_name = _("Ledger")

    def ready(self) -> None:
        post_migrate.connect(_make_months, sender=self)


def _make_months(*, using: str, plan: list[tuple[Any, bool]], **_sent: Any) -> None:
    """A new house has its next months at once; a task and the operator's courier make those after them."""
    from payments.ledger.months import make_ahead

    if using == "default" and not any(backwards for _migration, backwards in plan):
        make_ahead("ledger_entry", today=timezone.localdate())
