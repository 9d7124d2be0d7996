"""The one order in which payments lock: the intent, then its operations, then the ledger's accounts."""

from uuid import UUID

from django.db.models import QuerySet

from payments.compiled import compiled
from payments.models import Intent, Operation
from payments.services.outbox import announce
from payments.states import OperationFacts, intent_state


def lock_intent(intent_id: UUID) -> Intent:
    """Return the intent, locked until the transaction ends. Whoever writes anything of it does this first."""
    found = _lock_intent(intent_id)
    if not found:
        raise Intent.DoesNotExist(f"There is no payment {intent_id}.")
    return found[0]


def lock_operation(operation_id: UUID) -> Operation | None:
    """Return the operation with its intent, both locked until the transaction ends; None if unknown."""
    found = _lock_intent_of(operation_id)
    if not found:
        return None
    # The asker's claim takes this lock alone, without the intent's, so it is needed as well.
    (operation,) = _lock_operation(operation_id)
    (operation.intent,) = found
    return operation


def derive_state(intent: Intent) -> None:
    """Set the state of a locked intent to what follows from its operations, and hint that one changed."""
    intent.state = intent_state([OperationFacts(*row) for row in _facts(intent.pk)])
    intent.save(update_fields=["state"])
    announce(intent.pk)


@compiled
def _lock_intent(intent_id: UUID) -> QuerySet[Intent]:
    return Intent.objects.select_for_update(no_key=True).filter(pk=intent_id)


@compiled
def _lock_intent_of(operation_id: UUID) -> QuerySet[Intent]:
    return Intent.objects.select_for_update(of=["self"], no_key=True).filter(operations=operation_id)


@compiled
def _lock_operation(operation_id: UUID) -> QuerySet[Operation]:
    return Operation.objects.select_for_update(no_key=True).filter(pk=operation_id)


@compiled
def _facts(intent_id: UUID) -> QuerySet[Operation, tuple[str, bool, str, int]]:
    operations = Operation.objects.filter(intent=intent_id).order_by("created_at", "pk")
    return operations.values_list("kind", "is_capturing", "state", "amount_vnd")
