"""What can go wrong while money moves: our own refusals, and what a provider's answer may mean."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID


class PaymentError(Exception):
    """A payment cannot go on like this. Nothing was booked."""

    code = "payment_error"


# --- What the caller asked for ---------------------------------------------------------------


class UnknownProvider(PaymentError):
    code = "unknown_provider"

    def __init__(self, *, provider: str, known: list[str]) -> None:
        super().__init__(
            f"There is no payment provider {provider!r}. Choose one of {', '.join(known) or 'none at all'}, "
            f"or add it to settings.PAYMENT_PROVIDERS."
        )


class OpenIntentExists(PaymentError):
    code = "open_intent_exists"

    def __init__(self, *, reference: str, intent_id: UUID, provider: str) -> None:
        super().__init__(
            f"{reference} is already being paid through {provider} (payment {intent_id}). Wait until that "
            f"payment ends, or expire it, before starting another."
        )


class IntentConflict(PaymentError):
    code = "intent_conflict"

    def __init__(self, *, intent_id: UUID, recorded: str, asked: str) -> None:
        super().__init__(
            f"Payment {intent_id} is already recorded as {recorded} and cannot also be {asked}. Another "
            f"payment needs another id."
        )


class HoldEnded(PaymentError):
    code = "hold_ended"

    def __init__(self, *, reference: str, expires_at: datetime) -> None:
        super().__init__(
            f"The time to pay for {reference} ended at {expires_at.isoformat(timespec='seconds')}. "
            f"Order again to pay."
        )


class RefundTooLarge(PaymentError):
    code = "refund_too_large"

    def __init__(self, *, reference: str, left_vnd: int, wanted_vnd: int) -> None:
        super().__init__(
            f"Refund for {reference}: {wanted_vnd:,} VND wanted, {left_vnd:,} VND left to refund. Nothing "
            f"was refunded; ask for at most what is left."
        )


class NotAuthorized(PaymentError):
    code = "not_authorized"

    def __init__(self, *, intent_id: UUID, state: str) -> None:
        super().__init__(
            f"Payment {intent_id} is {state}: there is nothing reserved that could be taken or let go. What "
            f"was taken is refunded; what never came is asked for anew."
        )


class CaptureTooLarge(PaymentError):
    code = "capture_too_large"

    def __init__(self, *, reference: str, authorised_vnd: int, wanted_vnd: int) -> None:
        super().__init__(
            f"Capture for {reference}: {wanted_vnd:,} VND wanted, {authorised_vnd:,} VND authorised. Nothing "
            f"was taken; take at most what is authorised."
        )


class NotCounted(PaymentError):
    code = "not_counted"

    def __init__(self, *, operation_id: UUID, reason: str) -> None:
        super().__init__(f"Cash operation {operation_id}: {reason}")


class OperationConflict(PaymentError):
    code = "operation_conflict"

    def __init__(self, *, operation_id: UUID, recorded: str, asked: str) -> None:
        super().__init__(
            f"Operation {operation_id} is already recorded as {recorded} and cannot also be {asked}. "
            f"Another movement needs another id."
        )


# --- Money out of escrow ---------------------------------------------------------------------


class NotInEscrow(PaymentError):
    code = "not_in_escrow"

    def __init__(self, *, part: str, available_vnd: int, wanted_vnd: int) -> None:
        super().__init__(
            f"Escrow of {part}: {wanted_vnd:,} VND were to be moved, {available_vnd:,} VND are available. "
            f"Nothing was moved; see the entries of escrow:{part} for where the rest went."
        )


class DebtLimitReached(PaymentError):
    code = "debt_limit_reached"

    def __init__(self, *, payee: str, limit_vnd: int, wanted_vnd: int) -> None:
        super().__init__(
            f"{payee} would owe {wanted_vnd:,} VND, and may owe at most {limit_vnd:,} VND. Nothing was taken "
            f"back; wait for their next earnings, or have them pay in first."
        )
        self.payee = payee
        self.limit_vnd = limit_vnd
        self.wanted_vnd = wanted_vnd


class SettlementConflict(PaymentError):
    code = "settlement_conflict"

    def __init__(
        self, *, movement_id: UUID, part: str, recorded: Mapping[str, int], asked: Mapping[str, int]
    ) -> None:
        super().__init__(
            f"Movement {movement_id} of {part} is already recorded as {dict(recorded)} and cannot also be "
            f"{dict(asked)}. Another movement needs another id."
        )


class PayoutUnknown(PaymentError):
    code = "payout_unknown"

    def __init__(self, *, payout_id: UUID) -> None:
        super().__init__(f"There is no payout {payout_id}. Look at the payee's payouts for the right one.")


class PayoutMismatch(PaymentError):
    code = "payout_mismatch"

    def __init__(self, *, payout_id: UUID, what: str, expected: str, received: str) -> None:
        super().__init__(
            f"Payout {payout_id}: expected {what} {expected}, the provider reports {received}. The payout is "
            f"unchanged; the claim is kept. Compare it with the provider's statement."
        )


class PayoutNotFailed(PaymentError):
    code = "payout_not_failed"

    def __init__(self, *, payout_id: UUID, state: str) -> None:
        super().__init__(
            f"Payout {payout_id} is {state}. Only what came back may be paid in another way: wait until the "
            f"provider has said how it ended."
        )


class PayoutSettledOtherwise(PaymentError):
    code = "payout_settled_otherwise"

    def __init__(self, *, payout_id: UUID, by: str, evidence: str) -> None:
        super().__init__(
            f"Payout {payout_id} was already settled by {by} with the evidence {evidence!r}. Pay nobody "
            f"twice."
        )


class NotPayable(PaymentError):
    code = "not_payable"

    def __init__(self, *, payee: str, available_vnd: int, wanted_vnd: int) -> None:
        super().__init__(
            f"{payee} has {available_vnd:,} VND to be paid, not {wanted_vnd:,} VND: a later payout has "
            f"included what came back, or a refund took it. Nothing was booked."
        )


class PaymentByHandConflict(PaymentError):
    code = "payment_by_hand_conflict"

    def __init__(self, *, payment_id: UUID, recorded: str, asked: str) -> None:
        super().__init__(
            f"Payment by hand {payment_id} is already recorded as {recorded} and cannot also be {asked}. "
            f"Another payment needs another id."
        )


class ReconciliationRunning(PaymentError):
    code = "reconciliation_running"

    def __init__(self, *, provider: str, day: date, since: datetime) -> None:
        super().__init__(
            f"The statement of {provider} of {day.isoformat()} is being compared since "
            f"{since.isoformat(timespec='seconds')}. Look again when that has ended."
        )


class UnknownDifference(PaymentError):
    code = "unknown_difference"

    def __init__(self, difference_id: int) -> None:
        super().__init__(f"There is no difference {difference_id}. Open the day's reconciliation again.")


# --- What a provider claims ------------------------------------------------------------------


class OperationUnknown(PaymentError):
    code = "operation_unknown"

    def __init__(self, *, provider: str, operation_id: UUID) -> None:
        super().__init__(
            f"{provider} reports on operation {operation_id}, which does not exist here. The claim is kept; "
            f"check whether it belongs to another shop or a restored backup."
        )


class WrongProvider(PaymentError):
    code = "wrong_provider"

    def __init__(self, *, reference: str, expected: str, received: str) -> None:
        super().__init__(
            f"Payment for {reference} goes through {expected}, but {received} reports on it. The intent is "
            f"unchanged; the claim is kept."
        )


class AmountMismatch(PaymentError):
    code = "amount_mismatch"

    def __init__(self, *, reference: str, expected_vnd: int, received_vnd: int | None) -> None:
        received = "no amount" if received_vnd is None else f"{received_vnd:,} VND"
        super().__init__(
            f"Payment for {reference}: expected {expected_vnd:,} VND, the provider reports {received}. The "
            f"intent stays pending; compare the two statements with `manage.py reconcile {reference}` before "
            f"settling it by hand."
        )


class ReferenceMismatch(PaymentError):
    code = "reference_mismatch"

    def __init__(self, *, reference: str, what: str, expected: str, received: str) -> None:
        super().__init__(
            f"Payment for {reference}: expected {what} {expected!r}, the provider reports {received!r}. The "
            f"intent is unchanged; compare both with `manage.py reconcile {reference}`."
        )


class ReferenceReused(PaymentError):
    code = "reference_reused"

    def __init__(self, *, reference: str, provider_ref: str, other: UUID) -> None:
        super().__init__(
            f"Payment for {reference}: the provider's transaction {provider_ref} was already counted for "
            f"operation {other}. The intent is unchanged; compare both with "
            f"`manage.py reconcile {reference}`."
        )


class RefundNotCovered(PaymentError):
    code = "refund_not_covered"

    def __init__(self, *, reference: str, amount_vnd: int) -> None:
        super().__init__(
            f"Refund for {reference}: the provider reports {amount_vnd:,} VND paid back after having "
            f"refused, and that money is no longer in escrow. The books are unchanged; see "
            f"`manage.py reconcile {reference}` and book it by hand."
        )


# --- What a provider's answer means ----------------------------------------------------------


class ProviderError(PaymentError):
    """A conversation with a provider did not end in a report."""

    code = "provider_error"


class ProviderRefused(ProviderError):
    """The provider said no, in its own words. No money moved and none will."""

    code = "provider_refused"

    def __init__(self, message: str, *, reason: str, raw: Mapping | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.raw = dict(raw or {})


class ProviderUnavailable(ProviderError):
    """No answer, or none that can be understood. Money may have moved: ask again later."""

    code = "provider_unavailable"


class AlreadySubmitted(ProviderError):
    """The provider already has an operation of this id. Ask what became of it."""

    code = "already_submitted"


class UnknownToProvider(ProviderError):
    """The provider has never heard of the operation."""

    code = "unknown_to_provider"


class NotSupported(ProviderError):
    code = "not_supported"

    def __init__(self, *, provider: str, verb: str) -> None:
        super().__init__(
            f"{provider} cannot {verb}. Look at its capabilities before asking, or use another provider."
        )


class BadSignature(ProviderError):
    """The message is not from the provider, or was changed on its way."""

    code = "bad_signature"


class UnreadableReport(ProviderError):
    """The message is from the provider, but does not say what such a message must say."""

    code = "unreadable_report"
