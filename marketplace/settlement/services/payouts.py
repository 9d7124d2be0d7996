"""Money to the sellers' wallets."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid5

from django.utils import timezone

from marketplace.sellers.limits import payout_ceilings_vnd
from marketplace.sellers.models import Seller
from marketplace.settlement.rules import settlement_rule
from payments import services as payments
from payments.ledger import selectors as books
from payments.models import PayoutRun
from payments.money import AMOUNT_VND_MAX
from payments.services import Payee
from tourism.desk.models import Village

from .booking import NAMESPACE, payee_of


def run_id_of(day: date) -> UUID:
    """Return the id of the run that starts by itself on ``day``, however often it is started."""
    return uuid5(NAMESPACE, f"payout {day.isoformat()}")


def pay_out(*, run_id: UUID, now: datetime, by: str) -> PayoutRun:
    """Pay every seller and village fund with a wallet what is payable, from the day's smallest payout on.

    A fund without a wallet of its own is paid to that of its co-operative. Calling again with the same
    ``run_id`` returns the first run. ``by`` names who started it. Four queries, and those of
    payments.start_run(). What an identity level lets nobody have at once is paid by the next runs.
    """
    rule = settlement_rule(timezone.localdate(now))
    day = timezone.localdate(now)
    payees = {f"payable:{payee.reference}": payee for payee in [*_sellers(day), *_funds()]}
    owed = books.balances_vnd(payees)
    return payments.start_run(
        run_id=run_id,
        payees=[payees[code] for code, vnd in owed.items() if vnd >= rule.minimum_payout_vnd],
        minimum_vnd=rule.minimum_payout_vnd,
        started_by=by,
        now=now,
    )


def _sellers(day: date) -> list[Payee]:
    """The sellers with a wallet, each with what its identity level lets go out at once."""
    ceilings = payout_ceilings_vnd(on=day)
    sellers = Seller.objects.exclude(wallet_msisdn="").order_by("pk")
    return [
        Payee(
            reference=payee_of(seller.pk),
            name=seller.name,
            provider=seller.wallet_provider,
            wallet=str(seller.wallet_msisdn),
            most_vnd=ceilings.get(seller.level) or AMOUNT_VND_MAX,
        )
        for seller in sellers
    ]


def _funds() -> list[Payee]:
    found = []
    for village in Village.objects.select_related("seller").order_by("pk"):
        provider, wallet = village.fund_wallet
        if wallet:
            payee = Payee(village.payee, name=village.fund_name, provider=provider, wallet=wallet)
            found.append(payee)
    return found
