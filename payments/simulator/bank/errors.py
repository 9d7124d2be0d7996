"""Why the bank refuses: in a code and a sentence for callers of its API."""


class BankError(Exception):
    """Nothing moved."""

    code = "refused"
    status = 422


class InvalidRequest(BankError):
    code, status = "invalid_request", 400


class Unauthorized(BankError):
    code, status = "unauthorized", 401

    def __init__(self) -> None:
        super().__init__("This key does not open that account. Send it as `Authorization: Bearer KEY`.")


class AccountNotFound(BankError):
    code, status = "account_not_found", 404

    def __init__(self, number: str) -> None:
        super().__init__(f"There is no account {number[:30]!r} at this bank.")


class TransferNotFound(BankError):
    code, status = "transfer_not_found", 404

    def __init__(self, name: str) -> None:
        super().__init__(f"That account has no transfer {name[:60]!r}.")


class DuplicateKey(BankError):
    code, status = "duplicate_request", 409

    def __init__(self, key: object) -> None:
        super().__init__(f"Idempotency-Key {key} was used before. Ask what became of it; nothing moved now.")


class NotEnoughMoney(BankError):
    code = "insufficient_funds"

    def __init__(self, *, available_vnd: int, amount_vnd: int) -> None:
        super().__init__(f"{amount_vnd:,} VND wanted, the account holds {available_vnd:,} VND.")
        self.available_vnd = available_vnd


class ReturnTooLarge(BankError):
    code = "return_too_large"

    def __init__(self, *, reference: str, left_vnd: int, amount_vnd: int) -> None:
        super().__init__(
            f"{amount_vnd:,} VND wanted, {left_vnd:,} VND of transfer {reference} have not been returned yet."
        )


class CannotReturn(BankError):
    code = "cannot_return"

    def __init__(self, reference: str) -> None:
        super().__init__(f"Transfer {reference} was cash at a counter: there is no account to return it to.")


class SameAccount(BankError):
    code = "same_account"

    def __init__(self) -> None:
        super().__init__("A transfer goes to another account.")


class AboveLimit(BankError):
    code = "above_limit"

    def __init__(self, *, amount_vnd: int, most_vnd: int) -> None:
        super().__init__(f"{amount_vnd:,} VND wanted, one fast transfer moves at most {most_vnd:,} VND.")


class WrongPin(BankError):
    code, status = "wrong_pin", 403

    def __init__(self, *, tries_left: int) -> None:
        super().__init__(f"The PIN is wrong; {tries_left} tries are left.")
        self.tries_left = tries_left


class PinLocked(BankError):
    code, status = "pin_locked", 423

    def __init__(self) -> None:
        super().__init__("The PIN was wrong three times: the app is locked for 15 minutes.")
