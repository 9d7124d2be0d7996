"""Accounts as GSMA's objects."""

from typing import Any

from payments.ledger.selectors import available_vnd, balance_vnd
from payments.simulator.amounts import CURRENCY, write_amount
from payments.simulator.customers import identity_id_of
from payments.simulator.models import Merchant, Transaction
from payments.simulator.parties import Party
from payments.simulator.shapes import given, moment, pairs, transaction_object

STATEMENT = (
    "transactionReference", "creditParty", "debitParty", "transactionStatus", "amount", "currency",
    "descriptionText", "creationDate", "modificationDate", "requestDate", "customData",
)  # fmt: skip
CUSTOM_DATA_MAX = 20


def account_object(party: Party) -> dict[str, Any]:
    """Return a responseAccount."""
    wallet = party.wallet
    identity: dict[str, Any] = {
        "identityId": f"organisation-{party.owner.pk}",
        "identityType": "individual",
        "identityKyc": {"subjectName": name_object(party)},
        "accountRelationship": "accountholder",
    }
    shape: dict[str, Any] = {"accountIdentifiers": party.identifiers, "identity": [identity]}
    if wallet is not None:
        identity |= {
            "identityId": identity_id_of(wallet),
            "identityKyc": wallet.kyc or {"subjectName": name_object(party)},
            "kycVerificationStatus": wallet.kyc_status,
            "kycLevel": wallet.kyc_level,
        }
        identity |= given(
            {"kycVerificationEntity": wallet.kyc_entity, "identityStatus": wallet.identity_status}
        )
        shape |= {name: value for name, value in wallet.details.items() if name != "identity"}
        shape |= given({"accountSubStatus": wallet.sub_status})
        shape["creationDate"] = moment(wallet.opened_at)
    return shape | balance_object(party)


def name_object(party: Party) -> dict[str, str]:
    """Return a subjectName."""
    said: dict[str, str] = party.wallet.kyc.get("subjectName", {}) if party.wallet else {}
    return {"fullName": party.owner.name} | said


def status_of(party: Party) -> dict[str, str]:
    """Return a responseAccountStatus."""
    if party.wallet is None:
        return {"accountStatus": "available"}
    return {"accountStatus": party.wallet.status} | given({"subStatus": party.wallet.sub_status})


def balance_object(party: Party) -> dict[str, str]:
    """Return a responseAccountBalance."""
    current_vnd, spendable_vnd = balance_vnd(party.account), available_vnd(party.account)
    return {
        "accountStatus": party.wallet.status if party.wallet else "available",
        "currentBalance": write_amount(current_vnd),
        "availableBalance": write_amount(spendable_vnd),
        "reservedBalance": write_amount(current_vnd - spendable_vnd),
        "currency": CURRENCY,
    }


def statement_object(transaction: Transaction, *, account: str, reader: Merchant) -> dict[str, Any]:
    """Return a responseStatementEntries, as the holder of ``account`` (its code in the ledger) sees it.

    What the request said for whoever made it (its reference and X-CorrelationID) is told to nobody else.
    Needs merchant and original at hand.
    """
    whole = transaction_object(transaction)
    shape = {name: whole[name] for name in STATEMENT if name in whole}
    told = {
        "type": transaction.type,
        "originalTransactionReference": transaction.original.reference if transaction.original else "",
    }
    if transaction.merchant == reader:
        told |= {
            "requestingOrganisationTransactionReference": transaction.merchant_reference,
            "correlationId": str(transaction.correlation_id),
        }
    return shape | {
        "creationDate": moment(transaction.ended_at or transaction.created_at),
        "displayType": "credit" if transaction.credit_account == account else "debit",
        # GSMA gives an entry no metadata; its own field for whatever else there is to say is this one.
        "customData": [*transaction.details.get("customData", []), *pairs(told)][-CUSTOM_DATA_MAX:],
    }
