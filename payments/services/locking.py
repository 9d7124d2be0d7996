"""The one order in which payments lock: the intent, then its operations, then the ledger's accounts."""

from uuid import UUID

from payments.models import Intent, Operation
from payments.services.outbox import announce
from payments.states import OperationFacts, intent_state


def lock_intent(intent_id: UUID) -> Intent:
    """Return the intent, locked until the transaction ends. Whoever writes anything of it does this first."""
    return Intent.objects.select_for_update(no_key=True).get(pk=intent_id)


def lock_operation(operation_id: UUID) -> Operation | None:
    """Return the operation with its intent, both locked until the transaction ends; None if unknown."""
    try:
        intent = Intent.objects.select_for_update(of=["self"], no_key=True).get(operations=operation_id)
    except Intent.DoesNotExist:
        return None
    # The asker's claim takes this lock alone, without the intent's, so it is needed as well.
    operation = Operation.objects.select_for_update(no_key=True).get(pk=operation_id)
    operation.intent = intent
    return operation


def derive_state(intent: Intent) -> None:
    """Set the state of a locked intent to what follows from its operations, and hint that one changed."""
    facts = (
        Operation.objects.filter(intent=intent)
        .order_by("created_at", "pk")
        .values_list("kind", "is_capturing", "state", "amount_vnd")
    )
    intent.state = intent_state([OperationFacts(*row) for row in facts])
    intent.save(update_fields=["state"])
    announce(intent.pk)
