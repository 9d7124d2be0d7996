"""Paying people what is theirs: runs, what became of each payout, and settling one by hand.

A payout's money is reserved before anything is sent: a hold from the payee's payable account to what the
provider owes us, of the same id as the payout. Success settles it, a bounce frees it.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from payments import ledger, providers
from payments.errors import NotPayable, PayoutNotFailed, PayoutSettledOtherwise, PayoutUnknown
from payments.models import Payout, PayoutBatch, PayoutRun
from payments.money import AMOUNT_VND_MAX
from payments.providers.base import Capability
from payments.services import booking, settling
from payments.services.outbox import run_later
from payments.states import ANSWER_WITHIN

PAYOUT = "payout"
BY_HAND = "payout-by-hand"

BATCH_MAX = 500  # payouts in one request; GSMA sets no limit, operators do
BOUNCES_MAX = 3  # in a row; a wallet that sends so many back is not tried any more
REFUSED_BATCH = "batch"  # begins the error code of payouts that came back because of their batch
# Refusals that are about us and not about the wallet: they are no bounces.
NOT_OF_THE_WALLET = Q(error_code="insufficientFunds") | Q(error_code__startswith=f"{REFUSED_BATCH}:")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Payee:
    """Whom to pay, and where. ``wallet`` is a number in E.164 at ``provider``."""

    reference: str  # of their accounts, such as seller-7
    name: str
    provider: str
    wallet: str
    most_vnd: int = AMOUNT_VND_MAX  # paid in one run; what is more waits for the next


@transaction.atomic
def start_run(
    *, run_id: UUID, payees: Sequence[Payee], minimum_vnd: int, started_by: str, now: datetime
) -> PayoutRun:
    """Reserve all that each of ``payees`` has to be paid, and have it sent after the commit.

    Of a payee no more than its ``most_vnd`` is paid; the rest stays payable. Left out are those with less
    than ``minimum_vnd`` đồng, those whose wallet sent BOUNCES_MAX payouts back in a row, and those at a
    provider that cannot pay out. What two runs at once find, one of them pays.
    Calling again with the same ``run_id`` returns that run and pays nothing more.
    """
    assert minimum_vnd > 0, minimum_vnd
    assert len({payee.reference for payee in payees}) == len(payees), payees

    facts = {"minimum_vnd": minimum_vnd, "started_by": started_by, "created_at": now}
    run, is_new = PayoutRun.objects.get_or_create(pk=run_id, defaults=facts)
    if not is_new:
        return run
    by_provider: dict[str, list[Payee]] = {}
    for payee in _payable(payees):
        by_provider.setdefault(payee.provider, []).append(payee)
    for provider in by_provider:
        clearing = booking.clearing_code(provider)
        ledger.open_account(code=clearing, kind=booking.CLEARING, may_overdraw=True)
    reached = [payee for found in by_provider.values() for payee in found]
    codes = settling.open_accounts(settling.payable_code(payee.reference) for payee in reached)
    locked = settling.lock([*codes, *map(booking.clearing_code, by_provider)])
    for provider, found in sorted(by_provider.items()):
        due = []
        for payee in sorted(found, key=lambda payee: payee.reference):
            amount_vnd = locked[settling.payable_code(payee.reference)].available_vnd
            if amount_vnd >= minimum_vnd:
                due.append((payee, min(amount_vnd, payee.most_vnd, AMOUNT_VND_MAX)))
        for first in range(0, len(due), BATCH_MAX):
            _make_batch(run, provider, first, due[first : first + BATCH_MAX], now=now)
    return run


def settle_by_hand(*, payout_id: UUID, evidence: str, by: str, now: datetime) -> Payout:
    """Record that a payout that came back was paid in another way, out of our bank account.

    ``evidence`` says how to prove it, such as the bank's reference; ``by`` who says so. Repeats with the same
    evidence change nothing.

    Raises PayoutUnknown, PayoutNotFailed while it may still arrive, PayoutSettledOtherwise if other evidence
    was recorded before, NotPayable if the payee no longer has that much to be paid.
    """
    assert evidence, "no evidence"
    assert by, "nobody"
    with transaction.atomic():
        payout = Payout.objects.select_for_update(no_key=True).filter(pk=payout_id).first()
        if payout is None:
            raise PayoutUnknown(payout_id=payout_id)
        if payout.state == Payout.State.BY_HAND and payout.evidence == evidence:
            return payout
        if payout.state == Payout.State.BY_HAND:
            raise PayoutSettledOtherwise(payout_id=payout_id, by=payout.settled_by, evidence=payout.evidence)
        if payout.state != Payout.State.FAILED:
            raise PayoutNotFailed(payout_id=payout_id, state=str(payout.get_state_display()))
        _post_by_hand(payout, by=by)
        payout.state = Payout.State.BY_HAND
        payout.evidence, payout.settled_by, payout.settled_at = evidence, by, now
        payout.save(update_fields=["state", "evidence", "settled_by", "settled_at"])
    return payout


def resting(payees: Sequence[Payee]) -> set[str]:
    """Return the references of those whose present wallet sent the last BOUNCES_MAX payouts back.

    They rest until they name another wallet, or until one of those payouts is settled by hand.
    """
    position = Window(
        RowNumber(),
        partition_by=[F("payee"), F("provider"), F("wallet")],
        order_by=[F("created_at").desc(), F("pk")],
    )
    ended = Payout.objects.filter(payee__in=[payee.reference for payee in payees])
    ended = ended.exclude(state=Payout.State.ON_THE_WAY)
    counted = ended.exclude(Q(state=Payout.State.FAILED) & NOT_OF_THE_WALLET)
    last = counted.annotate(position=position).filter(position__lte=BOUNCES_MAX)
    bounces: dict[tuple[str, str, str], int] = {}
    for payee, provider, wallet, state in last.values_list("payee", "provider", "wallet", "state"):
        key = (payee, provider, wallet)
        bounces[key] = bounces.get(key, 0) + (state == Payout.State.FAILED)
    return {
        payee.reference
        for payee in payees
        if bounces.get((payee.reference, payee.provider, payee.wallet), 0) >= BOUNCES_MAX
    }


def _payable(payees: Sequence[Payee]) -> list[Payee]:
    """Leave out those who cannot be reached."""
    tired = resting(payees)
    reached = []
    for payee in payees:
        if payee.reference in tired:
            logger.warning("%s is not paid: the wallet sent %s payouts back", payee.reference, BOUNCES_MAX)
        elif not providers.can(payee.provider, Capability.PAYOUT):
            logger.warning("%s is not paid: %s cannot pay out", payee.reference, payee.provider)
        else:
            reached.append(payee)
    return reached


def _make_batch(
    run: PayoutRun, provider: str, first: int, chosen: Sequence[tuple[Payee, int]], *, now: datetime
) -> None:
    batch = PayoutBatch.objects.create(
        pk=uuid5(run.pk, f"{provider} {first}"),
        run=run,
        provider=provider,
        next_ask_at=now + ANSWER_WITHIN,
        created_at=now,
    )
    payouts = [
        Payout(
            pk=uuid5(run.pk, payee.reference),
            batch=batch,
            payee=payee.reference,
            name=payee.name,
            provider=provider,
            wallet=payee.wallet,
            amount_vnd=amount_vnd,
            created_at=now,
        )
        for payee, amount_vnd in chosen
    ]
    Payout.objects.bulk_create(payouts)
    for payout in payouts:
        ledger.hold(
            transfer_id=payout.pk,
            debit=settling.payable_code(payout.payee),
            credit=booking.clearing_code(provider),
            amount_vnd=payout.amount_vnd,
            purpose=PAYOUT,
            reference=payout.payee,
            memo=str(run.pk),
        )
    run_later("payments.tasks.submit_payout_batch", batch_id=str(batch.pk))


def _post_by_hand(payout: Payout, *, by: str) -> None:
    ledger.open_account(code=booking.SETTLEMENT, kind=booking.BANK, may_overdraw=True)
    try:
        ledger.post(
            transfer_id=uuid5(payout.pk, BY_HAND),
            debit=settling.payable_code(payout.payee),
            credit=booking.SETTLEMENT,
            amount_vnd=payout.amount_vnd,
            purpose=BY_HAND,
            reference=payout.payee,
            memo=by,
        )
    except ledger.Overdrawn as error:
        raise NotPayable(
            payee=payout.payee, available_vnd=error.available_vnd, wanted_vnd=payout.amount_vnd
        ) from error
