"""Who may use a wallet for what: by how well its holder is known, and by whose cash it is.

Decree 368/2025/NĐ-CP: one account a person at each provider (article 7), cash is put in only by the holder.
Above a sum the holder must be known by more than a document (Decision 2345/QĐ-NHNN).
"""

from datetime import datetime

from django.utils import timezone

from payments.simulator import limits, numbers
from payments.simulator.errors import (
    HolderNotKnown,
    IncorrectState,
    NotKnownWellEnough,
    NotTheHolder,
)
from payments.simulator.models import Agent, IdentityDocument, KycLevel, KycStatus, Transaction, Wallet
from payments.simulator.parties import Party
from payments.simulator.records import Request


def check(*, type: Transaction.Type, debit: Party, credit: Party, request: Request, now: datetime) -> None:
    """Raise what keeps these two from this transaction.

    HolderNotKnown and NotKnownWellEnough for a payer, NotTheHolder for cash of somebody else,
    IncorrectState for an agent that is closed.
    """
    for party in (debit, credit):
        if isinstance(party.owner, Agent) and not party.owner.is_active:
            raise IncorrectState(f"Agent {party.owner.identifier} is closed.")
    if debit.wallet is not None:
        check_payer(debit.wallet, amount_vnd=request.amount_vnd, now=now)
    rule = limits.rule_on(timezone.localdate(now))
    if type == Transaction.Type.DEPOSIT and rule is not None and rule.cash_in_own_only:
        _check_own_cash(debit, credit=credit, request=request)


def check_payer(wallet: Wallet, *, amount_vnd: int, now: datetime) -> None:
    """Raise HolderNotKnown if nothing may leave ``wallet``, NotKnownWellEnough if not that much at a time."""
    rule = limits.rule_on(timezone.localdate(now))
    most_vnd = rule.without_biometrics_vnd if rule else None
    if wallet.kyc_level == KycLevel.UNKNOWN or wallet.kyc_status != KycStatus.VERIFIED:
        raise HolderNotKnown(wallet.msisdn, status=wallet.kyc_status)
    if wallet.kyc_level < KycLevel.BIOMETRIC and most_vnd is not None and amount_vnd > most_vnd:
        raise NotKnownWellEnough(wallet.msisdn, most_vnd=most_vnd)


def _check_own_cash(debit: Party, *, credit: Party, request: Request) -> None:
    """Refuse cash that is somebody else's. An agent that names nobody vouches that it is the holder's."""
    wallet = credit.wallet
    if wallet is None:
        return
    if debit.wallet is not None:
        raise NotTheHolder(wallet.msisdn)
    brought_by = request.details.get("senderKyc", {})
    phone = brought_by.get("contactPhone", "")
    documents = brought_by.get("idDocument", [])
    if phone and not numbers.is_same(phone, wallet.msisdn):
        raise NotTheHolder(wallet.msisdn)
    if documents and not any(
        IdentityDocument.objects.filter(
            wallet=wallet, kind=document["idType"], number=document.get("idNumber", "")
        ).exists()
        for document in documents
    ):
        raise NotTheHolder(wallet.msisdn)
