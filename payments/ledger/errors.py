"""What can go wrong in the books."""

from uuid import UUID


class LedgerError(Exception):
    """The books refuse. Nothing was written."""

    code = "ledger_error"


class UnknownAccount(LedgerError):
    code = "unknown_account"

    def __init__(self, codes: list[str]) -> None:
        super().__init__(
            f"The ledger has no account {', '.join(codes)}. Open it with ledger.open_account() before "
            f"the first transfer."
        )


class AccountConflict(LedgerError):
    code = "account_conflict"

    def __init__(self, *, account: str, found: str, wanted: str) -> None:
        super().__init__(
            f"Account {account} is already open as {found}, not as {wanted}. What an account is never "
            f"changes: choose another code."
        )


class Overdrawn(LedgerError):
    code = "overdrawn"

    def __init__(self, *, account: str, available_vnd: int, amount_vnd: int) -> None:
        super().__init__(
            f"Account {account} has {available_vnd:,} VND available, {amount_vnd:,} VND were to leave it. "
            f"Nothing was moved; take at most what is available."
        )
        self.account = account
        self.available_vnd = available_vnd


class TransferConflict(LedgerError):
    code = "transfer_conflict"

    def __init__(self, *, transfer_id: UUID, recorded: str, asked: str) -> None:
        super().__init__(
            f"Transfer {transfer_id} is already recorded as {recorded} and cannot also be {asked}. "
            f"Another movement needs another id."
        )


class UnknownTransfer(LedgerError):
    code = "unknown_transfer"

    def __init__(self, transfer_id: UUID) -> None:
        super().__init__(
            f"The ledger has no transfer {transfer_id}. Only what ledger.hold() reserved can be settled or "
            f"voided."
        )


class AlreadyResolved(LedgerError):
    code = "already_resolved"

    def __init__(self, *, transfer_id: UUID, state: str, wanted: str) -> None:
        super().__init__(
            f"Transfer {transfer_id} is already {state} and cannot become {wanted}. Put it right by a "
            f"second transfer."
        )


class NotASeal(LedgerError):
    code = "not_a_seal"

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text[:120]!r} is no seal. Give the whole line that `manage.py check_ledger --seal` printed: a "
            f"moment, a number and 64 letters of a digest, joined by hyphens."
        )


class BooksBusy(LedgerError):
    code = "books_busy"

    def __init__(self, *, waited: str) -> None:
        super().__init__(
            f"Somebody has been posting for more than {waited}, and books are sealed between transfers only. "
            f"Try again."
        )
