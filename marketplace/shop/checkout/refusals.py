"""Why a payment was not made, in words for the buyer.

The codes are those in which providers end payments (``Provider.refusals``): GSMA's (Mobile Money API 1.2) and
what wallets say of a transaction's end, Stripe's decline codes, and our own words for VNPAY's numbers.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ANOTHER_WAY = _("The payment was refused. Nothing was charged: try again, or pay in another way.")
_TIME_IS_UP = _("The time to pay was over. Nothing was charged: start the payment again.")
_BROKEN_OFF = _("The payment was broken off before it was made. Nothing was charged.")
_NOT_PROVEN = _("The bank could not make sure that it was you: a code or a password was wrong.")
_DAY = _("This account has reached its limit for the day. Pay tomorrow, or from another one.")
_WEEK = _("This account has reached its limit for the week. Pay from another one.")
_MONTH = _("This wallet has reached its limit for the month. Pay from another one.")
_LOCKED = _("This account or card is locked. Ask the bank or the operator, or pay from another one.")
_HOLDER = _("The operator does not know the holder of this wallet well enough. Show it your papers first.")
_AMOUNT = _("This amount cannot be paid in this way at once. Pay in another way.")
_POOR_CARD = _("The account does not hold enough money. Pay from another one.")
_CARD_REFUSED = _("The bank refused the card. Ask it why, or pay with another one.")
_CARD_WRONG = _("The card's number, date or code was not right. Try again, or pay with another card.")
_CARD_TOO_OLD = _("The card has expired. Pay with another one.")
_CARD_UNFIT = _("This card cannot pay here. Pay with another one, or in another way.")
_LATER = _("The payment service did not work just now. Nothing was charged: try again later.")

REASONS: dict[str, Promise] = {
    # Wallets
    "insufficientFunds": _("There is not enough money in this wallet. Put some in, or pay from another one."),
    "identifierError": _("This operator has no wallet with this number. Check the number and the operator."),
    "requestDeclined": _("The request was declined on the phone, or its PIN was wrong three times."),
    "declined": _BROKEN_OFF,
    "rejected": ANOTHER_WAY,
    "failed": ANOTHER_WAY,
    "cancelled": _BROKEN_OFF,
    "expired": _TIME_IS_UP,
    "reversed": _("The operator took the payment back. The money is in your wallet again."),
    "dailyVolumeLimitExceeded": _DAY,
    "dailyValueLimitExceeded": _DAY,
    "weeklyVolumeLimitExceeded": _WEEK,
    "weeklyValueLimitExceeded": _WEEK,
    "monthlyVolumeLimitExceeded": _MONTH,
    "monthlyValueLimitExceeded": _MONTH,
    "accountMaxTotalVolumeExceeded": _AMOUNT,
    "accountMaxTotalValueExceeded": _AMOUNT,
    "lessThanTransactionMinValue": _AMOUNT,
    "greaterThanTransactionMaxValue": _("This is more than the wallet may pay at once. Pay in another way."),
    "maxBalanceExceeded": _AMOUNT,
    "underPaymentNotAllowed": _AMOUNT,
    "overPaymentNotAllowed": _AMOUNT,
    "samePartiesError": _("The shop cannot be paid from its own account. Pay from another one."),
    "incorrectState": _("This wallet is closed or not yet confirmed. Ask the operator, or use another one."),
    "countryofOriginNotPermitted": _HOLDER,
    "nationalityNotPermitted": _HOLDER,
    "idDocumentNotSupported": _HOLDER,
    "issuingCountryNotSupported": _HOLDER,
    "requestingPartyAuthorisationError": ANOTHER_WAY,
    "servicingPartyAuthorisationError": ANOTHER_WAY,
    "noMandateAuthority": ANOTHER_WAY,
    "linkViolation": ANOTHER_WAY,
    "quoteHasExpired": _TIME_IS_UP,
    "transactionTypeError": ANOTHER_WAY,
    "formatError": ANOTHER_WAY,
    "lengthError": ANOTHER_WAY,
    "negativeValue": ANOTHER_WAY,
    "currencyNotSupported": ANOTHER_WAY,
    "mandatoryValueNotSupplied": ANOTHER_WAY,
    "genericError": _LATER,
    # Banks of the country
    "suspected_fraud": _("The bank thought the payment suspicious. Ask it, or pay in another way."),
    "not_registered_for_online_payment": _(
        "This card or account is not registered for paying online. Register it with the bank, or pay in "
        "another way."
    ),
    "authenticationFailed": _NOT_PROVEN,
    "accountLocked": _LOCKED,
    "bank_under_maintenance": _("The bank is working on its systems. Try again later, or use another bank."),
    "no_code": _AMOUNT,
    # Cards
    "session_expired": _TIME_IS_UP,
    "payment_canceled": _BROKEN_OFF,
    "insufficient_funds": _POOR_CARD,
    "card_velocity_exceeded": _DAY,
    "withdrawal_count_limit_exceeded": _DAY,
    "expired_card": _CARD_TOO_OLD,
    "incorrect_cvc": _CARD_WRONG,
    "invalid_cvc": _CARD_WRONG,
    "incorrect_number": _CARD_WRONG,
    "invalid_number": _CARD_WRONG,
    "incorrect_zip": _CARD_WRONG,
    "incorrect_address": _CARD_WRONG,
    "invalid_expiry_month": _CARD_WRONG,
    "invalid_expiry_year": _CARD_WRONG,
    "authentication_required": _NOT_PROVEN,
    "payment_intent_authentication_failure": _NOT_PROVEN,
    "incorrect_pin": _NOT_PROVEN,
    "invalid_pin": _NOT_PROVEN,
    "pin_try_exceeded": _NOT_PROVEN,
    "card_not_supported": _CARD_UNFIT,
    "currency_not_supported": _CARD_UNFIT,
    "invalid_account": _CARD_UNFIT,
    "testmode_decline": _CARD_UNFIT,
    "live_mode_test_card": _CARD_UNFIT,
    "invalid_amount": _AMOUNT,
    "amount_too_small": _AMOUNT,
    "amount_too_large": _AMOUNT,
    "card_declined": _CARD_REFUSED,
    "generic_decline": _CARD_REFUSED,
    "approve_with_id": _CARD_REFUSED,
    "call_issuer": _CARD_REFUSED,
    "do_not_honor": _CARD_REFUSED,
    "do_not_try_again": _CARD_REFUSED,
    "duplicate_transaction": _CARD_REFUSED,
    # Whoever stole a card learns no more than that.
    "fraudulent": _CARD_REFUSED,
    "lost_card": _CARD_REFUSED,
    "stolen_card": _CARD_REFUSED,
    "pickup_card": _CARD_REFUSED,
    "restricted_card": _CARD_REFUSED,
    "merchant_blacklist": _CARD_REFUSED,
    "security_violation": _CARD_REFUSED,
    "revocation_of_all_authorizations": _CARD_REFUSED,
    "revocation_of_authorization": _CARD_REFUSED,
    "service_not_allowed": _CARD_REFUSED,
    "stop_payment_order": _CARD_REFUSED,
    "not_permitted": _CARD_REFUSED,
    "no_action_taken": _CARD_REFUSED,
    "transaction_not_allowed": _CARD_REFUSED,
    "new_account_information_available": _CARD_REFUSED,
    "issuer_not_available": _LATER,
    "processing_error": _LATER,
    "reenter_transaction": _LATER,
    "try_again_later": _LATER,
    "invalid_request": ANOTHER_WAY,
    # What we found out ourselves
    "never_arrived": _("The wallet operator could not be reached. Nothing was charged: try again later."),
    "not_in_statement": _TIME_IS_UP,
}


def in_words(code: str) -> str:
    """Return why a payment failed with ``code``; a sentence for all cases if the code is a stranger's."""
    return str(REASONS.get(code, ANOTHER_WAY))
