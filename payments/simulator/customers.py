"""Customers' accounts as merchants open and change them: identity, KYC, status."""

from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from payments import ledger
from payments.simulator import numbers, parties
from payments.simulator.errors import IncorrectState, MalformedValue, MandatoryValueMissing, NotIdentified
from payments.simulator.models import (
    MSISDN,
    ORGANISATION,
    Identifier,
    IdentityDocument,
    KycStatus,
    Wallet,
)


@transaction.atomic
def open_account(*, operator: str, identifiers: list[dict[str, str]], details: dict[str, Any]) -> Wallet:
    """Open a wallet for whom ``details`` (a requestAccount) describes. It has no PIN and no money yet.

    Its phone number is the msisdn among ``identifiers``, else the contactPhone of the KYC. Raises
    MandatoryValueMissing, MalformedValue, and IncorrectState if the number, another identifier or a
    document of identity is taken: one account per person and provider.
    """
    identity = details["identity"][0]
    named = {item["key"]: item["value"] for item in identifiers}
    written = named.get(MSISDN) or identity["identityKyc"].get("contactPhone", "")
    if not written:
        raise MandatoryValueMissing("accountIdentifiers")
    try:
        msisdn = numbers.normalise(written)
    except numbers.NotAPhoneNumber as error:
        raise MalformedValue("accountIdentifiers", wanted="a phone number by key msisdn") from error
    for key in named:
        if key in (ORGANISATION, *parties.QUALIFIERS, parties.LINK, parties.MANDATE):
            raise MalformedValue("accountIdentifiers", wanted="names a customer can have")
        if key not in parties.IDENTIFIER_TYPES:
            raise MalformedValue("accountIdentifiers", wanted="kinds of identifiers GSMA knows")
    subject = identity["identityKyc"].get("subjectName", {})
    parts = (subject.get(name, "") for name in ("lastName", "middleName", "firstName"))
    name = subject.get("fullName") or " ".join(part for part in parts if part) or numbers.local(msisdn)
    try:
        with transaction.atomic():
            wallet = Wallet.objects.create(
                operator=operator,
                msisdn=msisdn,
                name=name[:100],
                pin_hash=make_password(None),
                kyc=identity["identityKyc"],
                kyc_status=identity.get("kycVerificationStatus", KycStatus.UNVERIFIED),
                kyc_entity=identity.get("kycVerificationEntity", ""),
                kyc_level=identity.get("kycLevel", 0),
                details=details,
            )
            _write_names(wallet, named=named, kyc=identity["identityKyc"])
    except IntegrityError as error:
        if "one_wallet_per_document_and_operator" in str(error):
            raise IncorrectState("The holder of this idDocument has an account already.") from error
        raise IncorrectState("An account with one of these accountIdentifiers is open already.") from error
    ledger.open_account(code=wallet.account, kind="wallet")
    return wallet


def _write_names(wallet: Wallet, *, named: dict[str, str], kyc: dict[str, Any]) -> None:
    """Write down by what else the wallet and its holder are known."""
    for key, value in named.items():
        if key != MSISDN:
            Identifier.objects.create(operator=wallet.operator, key=key, value=value, wallet=wallet)
    for document in kyc.get("idDocument", []):
        if number := document.get("idNumber"):
            IdentityDocument.objects.create(
                operator=wallet.operator, kind=document["idType"], number=number, wallet=wallet
            )


@transaction.atomic
def change_identity(*, wallet: Wallet, identity_id: str, changes: dict[str, Any]) -> Wallet:
    """Set kycVerificationStatus, kycVerificationEntity, kycLevel or identityStatus. Raises NotIdentified."""
    if identity_id != identity_id_of(wallet):
        raise NotIdentified("This account has no identity of this identityId.")
    fields = {
        "/kycVerificationStatus": "kyc_status",
        "/kycVerificationEntity": "kyc_entity",
        "/kycLevel": "kyc_level",
        "/identityStatus": "identity_status",
    }
    return change(wallet=wallet, changes={fields[path]: value for path, value in changes.items()})


@transaction.atomic
def change_account(*, wallet: Wallet, changes: dict[str, Any]) -> Wallet:
    """Set accountStatus, accountSubStatus or identityStatus. A wallet not available moves no money."""
    fields = {
        "/accountStatus": "status",
        "/accountSubStatus": "sub_status",
        "/identityStatus": "identity_status",
    }
    return change(wallet=wallet, changes={fields[path]: value for path, value in changes.items()})


def identity_id_of(wallet: Wallet) -> str:
    return f"individual-{wallet.pk}"


@transaction.atomic
def change(*, wallet: Wallet, changes: dict[str, Any]) -> Wallet:
    """Set fields of ``wallet`` by name, and return it as it is now."""
    locked = Wallet.objects.select_for_update(no_key=True).get(pk=wallet.pk)
    for field, value in changes.items():
        setattr(locked, field, value)
    locked.save(update_fields=list(changes))
    return locked
