"""GSMA's accounts: a customer by phone number, a merchant by organisation id."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from payments.ledger.selectors import available_vnd, balance_vnd
from payments.simulator import numbers
from payments.simulator.amounts import CURRENCY, write_amount
from payments.simulator.api.endpoint import Endpoint, answer
from payments.simulator.errors import MalformedValue, NotIdentified
from payments.simulator.models import MSISDN, ORGANISATION, Merchant, Wallet
from payments.simulator.shapes import moment, pairs

# GSMA's own list of identifiers; this operator knows its accounts by the first two.
IDENTIFIER_TYPES = (
    MSISDN, ORGANISATION, "accountid", "walletid", "linkref", "consumerno", "serviceprovider", "storeid",
    "accountcategory", "bankaccountno", "accountrank", "identityalias", "iban", "swiftbic", "sortcode",
    "bankname", "bankaccounttitle", "username", "emailaddress", "mandatereference",
)  # fmt: skip


class AccountDetail(Endpoint):
    """GET: who an account belongs to, its state and balance."""

    def get(self, request: HttpRequest, identifier_type: str, identifier: str) -> HttpResponse:
        found = find_account(self.merchant.operator, identifier_type, identifier)
        shape: dict[str, Any] = {
            "accountIdentifiers": pairs({identifier_type: found.identifier}),
            "identity": [
                {
                    "identityId": f"{identifier_type}-{found.identifier}",
                    "identityType": "individual",
                    "identityKyc": {"subjectName": {"fullName": found.name}},
                    "accountRelationship": "accountholder",
                }
            ],
            "accountStatus": "available",
        }
        if found.opened_at:
            shape["creationDate"] = found.opened_at
        return answer(shape | _balances(found))


class AccountStatus(Endpoint):
    """GET: whether an account can be used."""

    def get(self, request: HttpRequest, identifier_type: str, identifier: str) -> HttpResponse:
        find_account(self.merchant.operator, identifier_type, identifier)
        return answer({"accountStatus": "available"})


class AccountBalance(Endpoint):
    """GET: what an account holds. Like GSMA's own sandbox it tells every authenticated caller."""

    def get(
        self, request: HttpRequest, identifier_type: str = ORGANISATION, identifier: str = ""
    ) -> HttpResponse:
        wanted = identifier or self.merchant.identifier
        found = find_account(self.merchant.operator, identifier_type, wanted)
        return answer({"accountStatus": "available"} | _balances(found))


@dataclass(frozen=True)
class _Account:
    ledger_code: str
    identifier: str
    name: str
    opened_at: str = ""


def find_account(operator: str, identifier_type: str, identifier: str) -> _Account:
    """Return the account of a customer or a merchant. Raises MalformedValue, NotIdentified."""
    if identifier_type not in IDENTIFIER_TYPES:
        raise MalformedValue("identifierType", wanted=f"one of {', '.join(IDENTIFIER_TYPES)}")
    if identifier_type == MSISDN:
        try:
            wanted = numbers.normalise(identifier)
        except numbers.NotAPhoneNumber as error:
            raise NotIdentified("This is not a phone number.") from error
        wallet = Wallet.objects.filter(operator=operator, msisdn=wanted).first()
        if wallet is not None:
            return _Account(wallet.account, wallet.msisdn, wallet.name, moment(wallet.opened_at))
    if identifier_type == ORGANISATION:
        merchant = Merchant.objects.filter(operator=operator, identifier=identifier).first()
        if merchant is not None:
            return _Account(merchant.account, merchant.identifier, merchant.name)
    raise NotIdentified(f"This operator has no account by that {identifier_type}.")


def _balances(found: _Account) -> dict[str, str]:
    current_vnd, spendable_vnd = balance_vnd(found.ledger_code), available_vnd(found.ledger_code)
    return {
        "currentBalance": write_amount(current_vnd),
        "availableBalance": write_amount(spendable_vnd),
        "reservedBalance": write_amount(current_vnd - spendable_vnd),
        "currency": CURRENCY,
    }
