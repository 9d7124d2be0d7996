"""What can go wrong: for merchants in GSMA's words, for payers and the control panel in ours."""

from datetime import datetime

HTTP_STATUS = {
    "businessRule": 400,
    "validation": 400,
    "authorisation": 401,
    "identification": 404,
    "internal": 500,
    "serviceUnavailable": 503,
}
DESCRIPTION_LENGTH = 256


class GsmaError(Exception):
    """A request a merchant made is refused, or a transaction failed. Spelled as in GSMA's OpenAPI file."""

    category = "internal"
    code = "genericError"

    @property
    def is_outcome(self) -> bool:
        """Whether it is how a well-formed request ended, to be told by callback if one was asked for."""
        return self.category == "businessRule"

    def __init__(self, description: str, **parameters: str) -> None:
        super().__init__(description)
        self.description = description[:DESCRIPTION_LENGTH]
        self.parameters = parameters

    @property
    def http_status(self) -> int:
        return HTTP_STATUS[self.category]


class InternalError(GsmaError):
    """The operator broke. Whether the request was carried out must be asked by its correlation id."""


class ServiceUnavailable(GsmaError):
    category = "serviceUnavailable"


class MandatoryValueMissing(GsmaError):
    category, code = "validation", "mandatoryValueNotSupplied"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is missing. Supply it and send the request again.", property=name)


class MalformedValue(GsmaError):
    category, code = "validation", "formatError"

    def __init__(self, name: str, *, wanted: str) -> None:
        super().__init__(f"{name} is not {wanted}.", property=name)


class LengthError(GsmaError):
    category, code = "validation", "lengthError"

    def __init__(self, name: str, *, length: int, longest: int, shortest: int = 0) -> None:
        super().__init__(
            f"{name} has {length} characters or items, {shortest} to {longest} are allowed.", property=name
        )


class NegativeValue(GsmaError):
    category, code = "validation", "negativeValue"

    def __init__(self, amount: str, *, name: str) -> None:
        super().__init__(f"{name} is {amount}. An amount must not be negative.", property=name)


class CurrencyNotSupported(GsmaError):
    category, code = "validation", "currencyNotSupported"

    def __init__(self, currency: str, *, name: str = "currency") -> None:
        super().__init__(f"{name} is {currency!r}. This operator keeps VND only.", property=name)


class AmountTooSmall(GsmaError):
    category, code = "businessRule", "lessThanTransactionMinValue"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is 0. The least that can be paid is 1 VND.", property=name)


class AmountTooLarge(GsmaError):
    category, code = "businessRule", "greaterThanTransactionMaxValue"

    def __init__(self, name: str, *, most_vnd: int) -> None:
        super().__init__(
            f"{name} is above {most_vnd:,} VND, the most one transaction may move.", property=name
        )


class TransactionTypeNotOffered(GsmaError):
    category, code = "businessRule", "transactionTypeError"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Transactions of type {name} are not offered: mobile money stays in the country and in VND."
        )


class DuplicateRequest(GsmaError):
    category, code = "businessRule", "duplicateRequest"
    is_outcome = False  # the outcome of the first request stands

    def __init__(self, correlation_id: str) -> None:
        super().__init__(
            f"X-CorrelationID {correlation_id} was used before. GET /responses/ by it has the outcome."
        )


class InsufficientFunds(GsmaError):
    category, code = "businessRule", "insufficientFunds"


class MonthlyLimitExceeded(GsmaError):
    category, code = "businessRule", "monthlyValueLimitExceeded"

    def __init__(self, *, rule: str, limit_vnd: int, left_vnd: int) -> None:
        super().__init__(
            f"{rule} allows the payer {limit_vnd:,} VND a month at this operator; {left_vnd:,} VND are left."
        )


class IncorrectState(GsmaError):
    category, code = "businessRule", "incorrectState"


class HolderNotKnown(IncorrectState):
    def __init__(self, msisdn: str, *, status: str) -> None:
        super().__init__(
            f"The holder of {msisdn} is not known ({status}). Nothing leaves the wallet before they are."
        )


class NotKnownWellEnough(GsmaError):
    category, code = "businessRule", "greaterThanTransactionMaxValue"

    def __init__(self, msisdn: str, *, most_vnd: int) -> None:
        super().__init__(
            f"The holder of {msisdn} is known by a document only: at most {most_vnd:,} VND leave at a time."
        )


class NotTheHolder(GsmaError):
    category, code = "authorisation", "requestingPartyAuthorisationError"

    def __init__(self, msisdn: str) -> None:
        super().__init__(f"Cash is put into the wallet of {msisdn} only by its holder.")


class RefundTooLarge(GsmaError):
    category, code = "businessRule", "overPaymentNotAllowed"

    def __init__(self, *, reference: str, asked_vnd: int, left_vnd: int) -> None:
        super().__init__(
            f"Transaction {reference}: {asked_vnd:,} VND to refund, but only {left_vnd:,} VND are left of it."
        )


class SameParties(GsmaError):
    category, code = "businessRule", "samePartiesError"

    def __init__(self) -> None:
        super().__init__("debitParty and creditParty are the same account. Name two.")


class PaidTooLittle(GsmaError):
    category, code = "businessRule", "underPaymentNotAllowed"


class PaidTooMuch(GsmaError):
    category, code = "businessRule", "overPaymentNotAllowed"


class NoMandate(GsmaError):
    category, code = "businessRule", "noMandateAuthority"


class LinkViolation(GsmaError):
    category, code = "businessRule", "linkViolation"


class InvalidOffset(GsmaError):
    category, code = "validation", "invalidOffset"

    def __init__(self, offset: int, *, available: int) -> None:
        super().__init__(
            f"offset is {offset}, but there are only {available} records. Start at 0.", property="offset"
        )


class TooManyPolls(GsmaError):
    category, code = "businessRule", "rateLimitError"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"This request state was asked for {limit} times. Wait for the callback or ask /responses."
        )


class NotIdentified(GsmaError):
    category, code = "identification", "identifierError"


class ClientNotAuthorised(GsmaError):
    category, code = "authorisation", "clientAuthorisationError"

    def __init__(self) -> None:
        super().__init__("The Authorization header or X-API-Key proves no organisation this operator knows.")


class BadRequestSignature(GsmaError):
    category, code = "authorisation", "clientAuthorisationError"

    def __init__(self, reason: str) -> None:
        super().__init__(f"X-JWS-Signature: {reason}.", property="X-JWS-Signature")


class RequestTooOld(GsmaError):
    category, code = "authorisation", "clientAuthorisationError"

    def __init__(self, date: str, *, window_s: int) -> None:
        super().__init__(
            f"X-Date is {date}, more than {window_s} s away from now. Send the request again with the time.",
            property="X-Date",
        )


class CheckerIsMaker(GsmaError):
    category, code = "authorisation", "requestingPartyAuthorisationError"

    def __init__(self, reference: str) -> None:
        super().__init__(f"Batch {reference} is to be approved by another credential than made it.")


class MerchantNotAuthorised(GsmaError):
    category, code = "authorisation", "requestingPartyAuthorisationError"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is not the organisation of the caller. Use your own organisationid.", property=name
        )


class WrongCredential(GsmaError):
    """The PIN in X-User-Credential-1 is not the payer's, or their wallet is locked."""

    category, code = "authorisation", "requestingPartyAuthorisationError"


class PayerDeclined(GsmaError):
    """The payer said no, said nothing in time, or could not prove who they were."""

    category, code = "authorisation", "requestDeclined"
    is_outcome = True


class PromptError(Exception):
    """An answer on the handset, or a call of the control panel, is refused."""

    code = "refused"
    http_status = 409


class PromptNotFound(PromptError):
    code, http_status = "prompt_not_found", 404

    def __init__(self, prompt_id: str) -> None:
        super().__init__(f"There is no prompt {prompt_id}. GET /sim/prompts/?msisdn= lists the open ones.")


class PromptClosed(PromptError):
    code = "prompt_closed"

    def __init__(self, *, prompt_id: str, state: str) -> None:
        super().__init__(f"Prompt {prompt_id} is already {state}. Only an open prompt can be answered.")
        self.state = state


class WrongPin(PromptError):
    code, http_status = "wrong_pin", 403

    def __init__(self, *, tries_left: int) -> None:
        super().__init__(f"The PIN is wrong. {tries_left} more tries before the wallet is locked.")
        self.tries_left = tries_left


class WalletLocked(PromptError):
    code, http_status = "wallet_locked", 403

    def __init__(self, until: datetime, *, is_new: bool) -> None:
        super().__init__(
            f"The wallet is locked after three wrong PINs. It opens again at {until.isoformat()}."
        )
        self.until = until
        self.is_new = is_new  # this very answer locked it


class NotEnoughMoney(PromptError):
    code = "insufficient_funds"

    def __init__(self, *, amount_vnd: int) -> None:
        super().__init__(
            f"The wallet does not hold {amount_vnd:,} VND. The payment failed; nothing was moved."
        )


class OverTheLimit(PromptError):
    code = "limit_exceeded"

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason} The payment failed; nothing was moved.")


class WalletNotFound(PromptError):
    code, http_status = "wallet_not_found", 404

    def __init__(self, msisdn: str) -> None:
        super().__init__(f"There is no wallet for {msisdn}. POST /sim/wallets/ opens one.")


class WalletAmbiguous(PromptError):
    code = "wallet_ambiguous"

    def __init__(self, msisdn: str, operators: list[str]) -> None:
        super().__init__(f"{msisdn} has wallets at {', '.join(operators)}. Name one of them as operator.")


class AgentNotFound(PromptError):
    code, http_status = "agent_not_found", 404

    def __init__(self, operator: str, identifier: str) -> None:
        super().__init__(f"{operator[:30]} has no agent {identifier[:60]!r}. POST /sim/agents/ opens one.")


class NotAllowed(PromptError):
    code = "not_allowed"

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason} The payment failed; nothing was moved.")


class InvalidInput(PromptError):
    code, http_status = "invalid", 400
