"""Whose account somebody means: by phone number, organisation, or any other of GSMA's identifiers."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from payments.compiled import compiled
from payments.simulator import numbers
from payments.simulator.errors import IncorrectState, LinkViolation, MalformedValue, NoMandate, NotIdentified
from payments.simulator.models import (
    MSISDN,
    ORGANISATION,
    AccountStatus,
    Agent,
    Identifier,
    Link,
    Mandate,
    Merchant,
    Wallet,
)

SERVICE_PROVIDER = "serviceprovider"
LINK, MANDATE = "linkref", "mandatereference"
# They say more about an account that another identifier names, and name none by themselves.
QUALIFIERS = (
    "consumerno", "storeid", "accountcategory", "accountrank", "swiftbic", "sortcode", "bankname",
    "bankaccounttitle",
)  # fmt: skip
# GSMA's own list of identifiers.
IDENTIFIER_TYPES = (
    MSISDN, ORGANISATION, SERVICE_PROVIDER, LINK, MANDATE, *QUALIFIERS, "accountid", "walletid",
    "bankaccountno", "identityalias", "iban", "username", "emailaddress",
)  # fmt: skip

Owner = Wallet | Merchant | Agent


@dataclass(frozen=True)
class Party:
    """An account and how it was named, as GSMA's key and value pairs."""

    owner: Owner
    identifiers: list[dict[str, str]]

    @property
    def account(self) -> str:
        """Its code in the ledger."""
        return self.owner.account

    @property
    def wallet(self) -> Wallet | None:
        return self.owner if isinstance(self.owner, Wallet) else None

    def value_of(self, key: str) -> str:
        """Return the identifier of this kind, "" if it was not named so."""
        return {item["key"]: item["value"] for item in self.identifiers}.get(key, "")


def of_wallet(wallet: Wallet) -> Party:
    return Party(wallet, [{"key": MSISDN, "value": wallet.msisdn}])


def of_merchant(merchant: Merchant) -> Party:
    return Party(merchant, [{"key": ORGANISATION, "value": merchant.identifier}])


def of_agent(agent: Agent) -> Party:
    return Party(agent, [{"key": ORGANISATION, "value": agent.identifier}])


def find(*, operator: str, identifiers: Sequence[dict[str, str]], name: str) -> Party:
    """Return the account that all ``identifiers`` name. ``name`` is the property that holds them.

    Raises MalformedValue for a kind GSMA does not know, NotIdentified if they name no account or several,
    NoMandate and LinkViolation for a mandate or link that is not active.
    """
    owners: dict[str, Owner] = {}
    written = []
    for item in identifiers:
        key, value = item["key"].lower(), item["value"]  # public clients write mandateReference
        if key not in IDENTIFIER_TYPES:
            raise MalformedValue(name, wanted=f"named by one of {', '.join(IDENTIFIER_TYPES)}")
        if key in QUALIFIERS:
            written.append({"key": key, "value": value})
            continue
        owner = _owner(operator, key, value, name=name)
        owners[owner.account] = owner
        shown = owner.msisdn if key == MSISDN and isinstance(owner, Wallet) else value
        written.append({"key": key, "value": shown})
    if len(owners) != 1:
        found = "several accounts" if owners else "no account"
        raise NotIdentified(f"{name} names {found}. Name one by key msisdn or organisationid.", property=name)
    return Party(owners.popitem()[1], written)


def check_available(*parties: Party) -> None:
    """Raise IncorrectState if one of these wallets is not available."""
    for party in parties:
        if party.wallet is not None and party.wallet.status != AccountStatus.AVAILABLE:
            raise IncorrectState(f"The account of {party.wallet.msisdn} is {party.wallet.status}.")


def is_wallet(code: str) -> bool:
    """Return whether ``code`` is that of a wallet's account in the ledger."""
    return code.split(":")[1:2] == ["wallet"]


def by_account(code: str) -> Party:
    """Return the party whose account in the ledger is ``code``. Raises NotIdentified."""
    operator, kind, identifier = [*code.split(":", 2), "", ""][:3]
    if kind == "wallet":
        wallet = Wallet.objects.filter(operator=operator, msisdn=identifier).first()
        if wallet is not None:
            return of_wallet(wallet)
    if kind == "agent":
        agent = Agent.objects.filter(operator=operator, identifier=identifier).first()
        if agent is not None:
            return of_agent(agent)
    merchant = Merchant.objects.filter(operator=operator, identifier=identifier).first()
    if merchant is None:
        raise NotIdentified(f"There is no account {code}.")
    return of_merchant(merchant)


def _owner(operator: str, key: str, value: str, *, name: str) -> Owner:
    owner: Owner | None = None
    if "\x00" in value:
        raise NotIdentified(f"{name} contains a NUL character.", property=name)
    if key == MSISDN:
        try:
            number = numbers.normalise(value)
        except numbers.NotAPhoneNumber as error:
            raise NotIdentified(f"{name}: this is not a phone number.", property=name) from error
        owner = next(iter(_wallets(operator, number)), None)
    elif key in (ORGANISATION, SERVICE_PROVIDER):
        named = {"operator": operator, "identifier": value}
        owner = Merchant.objects.filter(**named).first() or Agent.objects.filter(**named).first()
    elif key in (LINK, MANDATE):
        owner = _owner_of_leave(operator, key, value)
    else:
        found = Identifier.objects.filter(operator=operator, key=key, value=value)
        identifier = found.select_related("wallet").first()
        owner = identifier.wallet if identifier else None
    if owner is None:
        what = "wallet for" if key == MSISDN else "account by"
        raise NotIdentified(f"{name}: this operator has no {what} that {key}.", property=name)
    return owner


@compiled
def _wallets(operator: str, msisdn: str) -> QuerySet[Wallet]:
    return Wallet.objects.filter(operator=operator, msisdn=msisdn)


def _owner_of_leave(operator: str, key: str, value: str) -> Owner | None:
    model: type[Link] | type[Mandate] = Link if key == LINK else Mandate
    leave = model.objects.filter(merchant__operator=operator, reference=value).first()
    if leave is None:
        return None
    if not leave.is_active:
        refusal = LinkViolation if key == LINK else NoMandate
        raise refusal(f"{value} is not active.")
    return by_account(leave.account).owner
