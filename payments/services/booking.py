"""What payments write in the books: escrow per share, against what the provider owes us."""

from uuid import UUID, uuid5

from payments import ledger
from payments.models import Operation, RefundShare, Share

CLEARING = "clearing"  # what a provider has taken from payers and not yet handed to us; below zero
ESCROW = "escrow"  # what is held for one part of an order until it is delivered
CAPTURE = "capture"
REFUND = "refund"


def clearing_code(provider: str) -> str:
    """Return the code of the account that stands for ``provider``."""
    return f"{CLEARING}:{provider}"


def escrow_code(share_reference: str) -> str:
    """Return the code of the account that holds the money of one part."""
    return f"{ESCROW}:{share_reference}"


def share_reference(account: str) -> str:
    """Return the part whose money the escrow account of that code holds."""
    return account.removeprefix(f"{ESCROW}:")


def transfer_id(operation_id: UUID, share_reference: str) -> UUID:
    """Return the id of the one transfer an operation makes for a share: the same at every attempt."""
    return uuid5(operation_id, share_reference)


def capture(operation: Operation) -> None:
    """Book the money of ``operation`` into the escrow of each share of its intent."""
    clearing = clearing_code(operation.provider)
    shares = list(Share.objects.filter(intent=operation.intent_id).order_by("reference"))
    ledger.open_account(code=clearing, kind=CLEARING, may_overdraw=True)
    for share in shares:
        ledger.open_account(code=escrow_code(share.reference), kind=ESCROW)
    ledger.lock([clearing, *(escrow_code(share.reference) for share in shares)])
    for share in shares:
        ledger.post(
            transfer_id=transfer_id(operation.pk, share.reference),
            debit=clearing,
            credit=escrow_code(share.reference),
            amount_vnd=share.amount_vnd,
            purpose=CAPTURE,
            reference=share.reference,
            memo=str(operation.intent_id),
        )


def hold_refund(operation: Operation, parts: list[RefundShare]) -> None:
    """Reserve what ``operation`` gives back. Raises ledger.Overdrawn if escrow no longer has it."""
    _lock(operation, parts)
    for part in parts:
        ledger.hold(
            transfer_id=transfer_id(operation.pk, part.share.reference),
            debit=escrow_code(part.share.reference),
            credit=clearing_code(operation.provider),
            amount_vnd=part.amount_vnd,
            purpose=REFUND,
            reference=part.share.reference,
            memo=str(operation.pk),
        )


def settle_refund(operation: Operation, parts: list[RefundShare]) -> None:
    """Move what hold_refund() reserved out of escrow."""
    _lock(operation, parts)
    for part in parts:
        ledger.settle(transfer_id=transfer_id(operation.pk, part.share.reference))


def void_refund(operation: Operation, parts: list[RefundShare]) -> None:
    """Leave what hold_refund() reserved in escrow."""
    _lock(operation, parts)
    for part in parts:
        ledger.void(transfer_id=transfer_id(operation.pk, part.share.reference))


def post_late_refund(operation: Operation, parts: list[RefundShare]) -> None:
    """Book a refund that the provider first refused, so that its hold is gone, and then made after all.

    Raises ledger.Overdrawn if escrow no longer has it.
    """
    _lock(operation, parts)
    for part in parts:
        ledger.post(
            transfer_id=transfer_id(operation.pk, f"late {part.share.reference}"),
            debit=escrow_code(part.share.reference),
            credit=clearing_code(operation.provider),
            amount_vnd=part.amount_vnd,
            purpose=REFUND,
            reference=part.share.reference,
            memo=str(operation.pk),
        )


def _lock(operation: Operation, parts: list[RefundShare]) -> None:
    ledger.lock([clearing_code(operation.provider), *(escrow_code(part.share.reference) for part in parts)])
