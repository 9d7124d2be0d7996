"""Rows as GSMA's objects, for answers and callbacks alike."""

from datetime import UTC, datetime
from typing import Any

from payments.simulator.amounts import CURRENCY, write_amount
from payments.simulator.errors import GsmaError
from payments.simulator.models import Call, Transaction
from payments.simulator.moments import shown

POLL_LIMIT = 600  # one every second and a half for a quarter of an hour


def moment(value: datetime) -> str:
    """Return an aware moment as GSMA writes it, by the operator's clock: ``2026-11-23T03:45:00.000Z``."""
    return shown(value).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def pairs(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in values.items() if value]


def given(values: dict[str, Any]) -> dict[str, Any]:
    """Return those of ``values`` that say something."""
    return {name: value for name, value in values.items() if value}


def transaction_object(transaction: Transaction, *, amount_vnd: int | None = None) -> dict[str, Any]:
    """Return a responseTransaction. Needs original at hand.

    ``amount_vnd`` replaces the true amount: for the fault that misreports it.
    """
    shape = {
        "transactionReference": transaction.reference,
        "originalTransactionReference": transaction.original.reference if transaction.original else None,
        "requestingOrganisationTransactionReference": transaction.merchant_reference or None,
        "type": transaction.type,
        "subType": transaction.sub_type or None,
        "transactionStatus": transaction.status,
        "amount": write_amount(transaction.amount_vnd if amount_vnd is None else amount_vnd),
        "currency": CURRENCY,
        "debitParty": transaction.debit_party,
        "creditParty": transaction.credit_party,
        "descriptionText": transaction.description or None,
        "requestDate": moment(transaction.requested_at) if transaction.requested_at else None,
        "creationDate": moment(transaction.created_at),
        "modificationDate": moment(transaction.ended_at or transaction.created_at),
        "metadata": _metadata(transaction) or None,
        **transaction.details,
    }
    return {name: value for name, value in shape.items() if value is not None}


def error_object(error: GsmaError, *, at: datetime) -> dict[str, Any]:
    """Return an errorObject."""
    # The OpenAPI file writes errordescription, the guidelines and the public clients errorDescription.
    shape: dict[str, Any] = {
        "errorCategory": error.category,
        "errorCode": error.code,
        "errordescription": error.description,
        "errorDescription": error.description,
        "errorDateTime": moment(at),
    }
    if error.parameters:
        shape["errorParameters"] = pairs(error.parameters)
    return shape


def failure_object(transaction: Transaction) -> dict[str, Any]:
    """Return the errorObject of a failed ``transaction``, naming it."""
    assert transaction.ended_at, transaction.reference
    assert transaction.error_code, transaction.reference
    error = _error_of(
        transaction,
        transactionReference=transaction.reference,
        requestingOrganisationTransactionReference=transaction.merchant_reference,
    )
    return error_object(error, at=transaction.ended_at)


def call_state_object(call: Call, *, status: str = "") -> dict[str, Any]:
    """Return the requestStateObject of a request that made or changed something else.

    ``status`` is given for what is still to be told by callback.
    """
    shape: dict[str, Any] = {
        "serverCorrelationId": str(call.server_correlation_id),
        "status": status or ("failed" if call.error_code else "completed"),
        "notificationMethod": "callback" if call.callback_url else "polling",
        "pollLimit": POLL_LIMIT,
    }
    if call.error_code and not status:
        shape["error"] = error_object(_error_of(call), at=call.created_at)
    return shape | given({"objectReference": call.reference})


def request_state_object(transaction: Transaction) -> dict[str, Any]:
    """Return a requestStateObject. Needs the prompt of a payment at hand."""
    shape: dict[str, Any] = {
        "serverCorrelationId": str(transaction.server_correlation_id),
        "objectReference": transaction.reference,
        "status": transaction.status,
        "notificationMethod": "callback" if transaction.callback_url else "polling",
        "pollLimit": POLL_LIMIT,
    }
    pays = hasattr(transaction, "prompt")
    if pays:
        shape["expiryTime"] = moment(transaction.prompt.expires_at)
    if transaction.status == Transaction.Status.PENDING:
        shape["pendingReason"] = _pending_reason(transaction)
    if transaction.status == Transaction.Status.FAILED:
        shape["error"] = failure_object(transaction)
    return shape


def _error_of(failed: Transaction | Call, **parameters: str) -> GsmaError:
    error = GsmaError(failed.error_description, **parameters)
    error.category, error.code = failed.error_category, failed.error_code
    return error


def _pending_reason(transaction: Transaction) -> str:
    if hasattr(transaction, "prompt"):
        return "The payer has not answered yet."
    return "It waits for your confirmation." if transaction.is_two_stage else "The refund is being booked."


def _metadata(transaction: Transaction) -> list[dict[str, str]]:
    # A transaction has no field for its error; without this, polling could not tell why it failed.
    error = pairs({"errorCategory": transaction.error_category, "errorCode": transaction.error_code})
    return [*transaction.metadata, *error][-20:]
