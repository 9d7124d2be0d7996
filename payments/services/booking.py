"""What payments write in the books: escrow per share, against what the provider owes us."""

from collections.abc import Mapping
from uuid import UUID, uuid5

from payments import ledger
from payments.models import Operation, OperationShare

CLEARING = "clearing"  # what a provider has taken from payers and not yet handed to us; below zero
ESCROW = "escrow"  # what is held for one part of an order until it is delivered
TILL = "till"  # cash a post point holds for us; below zero
BANK = "bank"  # what the bank holds for us; below zero
SETTLEMENT = f"{BANK}:settlement"
CAPTURE = "capture"
REFUND = "refund"
BANKING = "banking"  # from a till into the bank


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


def capture(operation: Operation, amounts: Mapping[str, int]) -> None:
    """Book ``amounts`` (share reference -> đồng) that ``operation`` brought into the escrow of each share."""
    clearing = clearing_code(operation.provider)
    escrows = {escrow_code(reference): ledger.Opening(ESCROW) for reference in amounts}
    ledger.open_and_lock({clearing: ledger.Opening(CLEARING, may_overdraw=True), **escrows})
    for reference, amount_vnd in sorted(amounts.items()):
        ledger.post(
            transfer_id=transfer_id(operation.pk, reference),
            debit=clearing,
            credit=escrow_code(reference),
            amount_vnd=amount_vnd,
            purpose=CAPTURE,
            reference=reference,
            memo=str(operation.intent_id),
        )


def hold_refund(operation: Operation, parts: list[OperationShare]) -> None:
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


def settle_refund(operation: Operation, parts: list[OperationShare]) -> None:
    """Move what hold_refund() reserved out of escrow."""
    _lock(operation, parts)
    for part in parts:
        ledger.settle(transfer_id=transfer_id(operation.pk, part.share.reference))


def void_refund(operation: Operation, parts: list[OperationShare]) -> None:
    """Leave what hold_refund() reserved in escrow."""
    _lock(operation, parts)
    for part in parts:
        ledger.void(transfer_id=transfer_id(operation.pk, part.share.reference))


def refund_by_hand(operation: Operation, parts: list[OperationShare]) -> None:
    """Move what ``operation`` gives back out of escrow and our bank account.

    Raises ledger.Overdrawn if escrow no longer has it.
    """
    ledger.open_account(code=SETTLEMENT, kind=BANK, may_overdraw=True)
    ledger.lock([SETTLEMENT, *(escrow_code(part.share.reference) for part in parts)])
    for part in parts:
        ledger.post(
            transfer_id=transfer_id(operation.pk, part.share.reference),
            debit=escrow_code(part.share.reference),
            credit=SETTLEMENT,
            amount_vnd=part.amount_vnd,
            purpose=REFUND,
            reference=part.share.reference,
            memo=str(operation.pk),
        )


def post_late_refund(operation: Operation, parts: list[OperationShare]) -> None:
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


def till_code(till: str) -> str:
    """Return the code of the account of a post point's cash."""
    return f"{TILL}:{till}"


def count_at_till(operation: Operation, *, till: str, by: str) -> None:
    """Book who holds the cash of ``operation``: its provider owes us nothing, the till does."""
    clearing, account = clearing_code(operation.provider), till_code(till)
    ledger.open_account(code=account, kind=TILL, may_overdraw=True)
    ledger.lock([clearing, account])
    is_refund = operation.kind == Operation.Kind.REFUND
    ledger.post(
        transfer_id=transfer_id(operation.pk, account),
        debit=clearing if is_refund else account,
        credit=account if is_refund else clearing,
        amount_vnd=operation.amount_vnd,
        purpose=TILL,
        reference=operation.intent.reference,
        memo=by,
    )


def bank(banking_id: UUID, *, till: str, amount_vnd: int, slip: str, by: str) -> None:
    """Book cash that went from a till into the bank. Raises ledger.Overdrawn if the till held less."""
    account = till_code(till)
    ledger.open_account(code=SETTLEMENT, kind=BANK, may_overdraw=True)
    ledger.open_account(code=account, kind=TILL, may_overdraw=True)
    move_ours(
        banking_id,
        debit=SETTLEMENT,
        credit=account,
        amount_vnd=amount_vnd,
        purpose=BANKING,
        reference=slip,
        memo=by,
    )


def move_ours(
    transfer_id: UUID, *, debit: str, credit: str, amount_vnd: int, purpose: str, reference: str, memo: str
) -> None:
    """Book money of ours that went from where ``credit`` stands for to where ``debit`` does.

    Both accounts stand below zero by what is there for us. Raises ledger.Overdrawn if ``credit`` held less.
    """
    ledger.lock([debit, credit])
    ledger.post(
        transfer_id=transfer_id,
        debit=debit,
        credit=credit,
        amount_vnd=amount_vnd,
        purpose=purpose,
        reference=reference,
        memo=memo,
    )
    over_vnd = ledger.lock([credit])[credit].balance_vnd
    if over_vnd > 0:
        raise ledger.Overdrawn(account=credit, available_vnd=amount_vnd - over_vnd, amount_vnd=amount_vnd)


def _lock(operation: Operation, parts: list[OperationShare]) -> None:
    ledger.lock([clearing_code(operation.provider), *(escrow_code(part.share.reference) for part in parts)])
