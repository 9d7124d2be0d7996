"""The books: accounts, transfers and entries, in double entry, append-only.

The front door is this package itself: ``from payments import ledger`` and ``ledger.post(...)``. The
names come from ``services`` on first use, because Django imports this package before its models can load.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from payments.ledger.services import (
        AccountConflict,
        AlreadyResolved,
        LedgerError,
        Opening,
        Overdrawn,
        TransferConflict,
        UnknownAccount,
        UnknownTransfer,
        hold,
        lock,
        open_account,
        open_and_lock,
        post,
        settle,
        void,
    )

__all__ = [
    "AccountConflict",
    "AlreadyResolved",
    "LedgerError",
    "Opening",
    "Overdrawn",
    "TransferConflict",
    "UnknownAccount",
    "UnknownTransfer",
    "hold",
    "lock",
    "open_account",
    "open_and_lock",
    "post",
    "settle",
    "void",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from payments.ledger import services

    return getattr(services, name)
