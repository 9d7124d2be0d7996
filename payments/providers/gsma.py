"""The words of the GSMA Mobile Money API 1.2: what its objects say, as Reports."""

import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NoReturn
from uuid import UUID

from payments.errors import AlreadySubmitted, ProviderRefused, ProviderUnavailable, UnreadableReport
from payments.money import FractionOfADong, to_vnd
from payments.providers.base import Outcome, Report, StatementLine
from payments.providers.reading import text_in, uuid_of

CURRENCY = "VND"
REFERENCE = "requestingOrganisationTransactionReference"
# As in the OpenAPI file: a string without sign or leading zeros, 1 to 4 decimals.
AMOUNT = re.compile(r"(0|[1-9][0-9]{0,17})(\.[0-9]{1,4})?")

# The standard leaves transactionStatus open. What is not listed is still under way.
OUTCOMES = {
    "completed": Outcome.SUCCEEDED,
    "failed": Outcome.FAILED,
    "declined": Outcome.FAILED,
    "rejected": Outcome.FAILED,
    "cancelled": Outcome.FAILED,
    "expired": Outcome.FAILED,
    "reversed": Outcome.FAILED,
    "pending": Outcome.PENDING,
}
# What a payment may end with: errorCodes as in the OpenAPI file, and transactionStatus of those without one.
REFUSALS = frozenset({
    "accountMaxTotalValueExceeded", "accountMaxTotalVolumeExceeded", "countryofOriginNotPermitted",
    "currencyNotSupported", "dailyValueLimitExceeded", "dailyVolumeLimitExceeded", "formatError",
    "genericError", "greaterThanTransactionMaxValue", "idDocumentNotSupported", "identifierError",
    "incorrectState", "insufficientFunds", "issuingCountryNotSupported", "lengthError",
    "lessThanTransactionMinValue", "linkViolation", "mandatoryValueNotSupplied", "maxBalanceExceeded",
    "monthlyValueLimitExceeded", "monthlyVolumeLimitExceeded", "nationalityNotPermitted", "negativeValue",
    "noMandateAuthority", "overPaymentNotAllowed", "quoteHasExpired", "requestDeclined",
    "requestingPartyAuthorisationError", "samePartiesError", "servicingPartyAuthorisationError",
    "transactionTypeError", "underPaymentNotAllowed", "weeklyValueLimitExceeded",
    "weeklyVolumeLimitExceeded",
}) | {status for status, outcome in OUTCOMES.items() if outcome is Outcome.FAILED}  # fmt: skip
# Refusals of a request that are about us or the moment, not about the payment: the same may pass later.
NOT_FINAL = ("clientAuthorisationError", "rateLimitError")

logger = logging.getLogger(__name__)


def read_transaction(operation_id: UUID, shape: Mapping[str, Any]) -> Report:
    """Read a transaction object. Raises UnreadableReport."""
    status = text_in(shape, "transactionStatus").strip().lower()
    outcome = OUTCOMES.get(status)
    if outcome is None:
        logger.info("Operation %s has status %r, which is read as still under way", operation_id, status)
        outcome = Outcome.PENDING
    provider_ref = text_in(shape, "transactionReference")
    if outcome is Outcome.SUCCEEDED and not provider_ref:
        raise UnreadableReport(f"Operation {operation_id}: completed, but without a transactionReference.")
    error_code = _pairs(shape, "metadata").get("errorCode", status) if outcome is Outcome.FAILED else ""
    return Report(
        operation_id,
        provider_ref,
        outcome,
        amount_vnd=_amount_vnd(f"Operation {operation_id}", shape),
        reference=text_in(shape, REFERENCE),
        error_code=error_code,
        raw=shape,
    )


def read_release(operation_id: UUID, shape: Mapping[str, Any]) -> Report:
    """Read a payment object as what became of the wish to withdraw it. Raises UnreadableReport."""
    payment = read_transaction(operation_id, shape)
    if payment.outcome is Outcome.SUCCEEDED:
        return replace(
            payment, provider_ref="", outcome=Outcome.FAILED, error_code="incorrectState", reference=""
        )
    if payment.outcome is Outcome.FAILED:  # it can no longer be paid, whoever ended it
        return replace(payment, provider_ref="", outcome=Outcome.SUCCEEDED, error_code="")
    return replace(payment, provider_ref="")


def read_failure(operation_id: UUID, shape: Mapping[str, Any]) -> Report:
    """Read an error object that was found under the operation's own id as the failure it tells of."""
    parameters = _pairs(shape, "errorParameters")
    return Report(
        operation_id,
        parameters.get("transactionReference", ""),
        Outcome.FAILED,
        reference=parameters.get(REFERENCE, ""),
        error_code=text_in(shape, "errorCode"),
        error_message=_description(shape),
        raw=shape,
    )


def read_pushed(operation_id: UUID, shape: Mapping[str, Any]) -> Report:
    """Read what a callback brought: a transaction, a batch or an error object. Raises UnreadableReport.

    An error object that does not name its transaction might be another's, sent again: it says nothing
    that can be believed, only that it is time to ask.
    """
    if "transactionStatus" in shape:
        return read_transaction(operation_id, shape)
    if "batchStatus" in shape:
        return Report(operation_id, "", Outcome.UNKNOWN, raw=shape)  # how many, not which: time to ask
    if "errorCode" in shape:
        failure = read_failure(operation_id, shape)
        return failure if failure.provider_ref else Report(operation_id, "", Outcome.UNKNOWN, raw=shape)
    raise UnreadableReport(
        f"Operation {operation_id}: neither a transaction nor an error object. Ask the operator which "
        f"version of the GSMA API it speaks."
    )


def read_rejection(payout_id: UUID, shape: Mapping[str, Any]) -> Report:
    """Read why one transaction of a batch was refused. GSMA gives a text; some begin it with the code."""
    reason = text_in(shape, "rejectionReason")
    code, separator, words = reason.partition(": ")
    is_coded = bool(separator) and code.isalpha()
    return Report(
        payout_id,
        "",
        Outcome.FAILED,
        error_code=code if is_coded else "rejected",
        error_message=words if is_coded else reason,
        raw=shape,
    )


def read_entry(shape: Mapping[str, Any]) -> StatementLine:
    """Read one entry of a statement. Raises UnreadableReport."""
    provider_ref = text_in(shape, "transactionReference")
    said = _pairs(shape, "customData")
    reference = said.get(REFERENCE, "")
    try:
        moved_at = datetime.fromisoformat(text_in(shape, "creationDate"))
    except ValueError as error:
        raise UnreadableReport(f"Statement: entry {provider_ref!r} has no creationDate.") from error
    amount_vnd = _amount_vnd(f"Statement: entry {provider_ref!r}", shape)
    return StatementLine(
        provider_ref=provider_ref,
        reference=reference,
        amount_vnd=-amount_vnd if text_in(shape, "displayType") == "debit" else amount_vnd,
        moved_at=moved_at,
        # Of a batch's transactions the operator makes the ids; their reference is our payout's id.
        operation_id=uuid_of(reference) or uuid_of(said.get("correlationId", "")),
        raw=shape,
    )


def raise_refusal(operation_id: UUID, *, status: int, shape: Mapping[str, Any]) -> NoReturn:
    """Raise what an answer of HTTP ``status`` 400 or above to a request means.

    Without an error object it is from a proxy or a wrong address, and no operator's word on a payment.
    """
    code = text_in(shape, "errorCode")
    words = f"Operation {operation_id}: HTTP {status} {code or 'without an error object'}"
    if code == "duplicateRequest" or status == 409:
        raise AlreadySubmitted(f"{words}. It is already there: ask what became of it.")
    if not code or status >= 500 or status == 429 or code in NOT_FINAL:
        raise ProviderUnavailable(f"{words} {_description(shape)}".rstrip())
    raise ProviderRefused(_description(shape) or code, reason=code, raw=shape)


def _amount_vnd(what: str, shape: Mapping[str, Any]) -> int:
    amount, currency = shape.get("amount"), shape.get("currency")
    if currency != CURRENCY:
        raise UnreadableReport(f"{what}: the currency is {currency!r}, {CURRENCY!r} was asked for.")
    if not isinstance(amount, str) or not AMOUNT.fullmatch(amount):
        raise UnreadableReport(f"{what}: the amount is {amount!r}, GSMA writes it as a string like '120000'.")
    try:
        return to_vnd(Decimal(amount))
    except FractionOfADong as error:
        raise UnreadableReport(f"{what}: {error}") from error


def _description(shape: Mapping[str, Any]) -> str:
    # The OpenAPI file and the guidelines disagree about the capital D.
    return text_in(shape, "errorDescription") or text_in(shape, "errordescription")


def _pairs(shape: Mapping[str, Any], name: str) -> dict[str, str]:
    pairs = shape.get(name)
    if not isinstance(pairs, list):
        return {}
    return {text_in(pair, "key"): text_in(pair, "value") for pair in pairs if isinstance(pair, Mapping)}
