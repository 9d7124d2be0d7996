"""What the handset, the control panel and the statement read."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from payments.compiled import compiled
from payments.ledger.selectors import available_vnd
from payments.simulator.models import Call, Merchant, Message, Prompt, Transaction, Wallet
from payments.simulator.moments import meant
from payments.simulator.operators import OPERATORS

HISTORY = 30


@dataclass(frozen=True)
class WalletBalance:
    wallet: Wallet
    balance_vnd: int


def wallets_of(msisdn: str) -> list[WalletBalance]:
    """Return the wallets of a phone number with what each can spend. Cost: one query and one per wallet."""
    wallets = Wallet.objects.filter(msisdn=msisdn).order_by("operator")
    return [WalletBalance(wallet, available_vnd(wallet.account)) for wallet in wallets]


def open_prompts(*, msisdn: str = "", now: datetime) -> list[Prompt]:
    """Return the prompts waiting for an answer, of one number or of all, the oldest first."""
    return _prompts_of(now, msisdn) if msisdn else _prompts(now)


@compiled
def _prompts(now: datetime) -> QuerySet[Prompt]:
    prompts = Prompt.objects.filter(state=Prompt.State.OPEN, expires_at__gt=now)
    return prompts.select_related("wallet", "transaction__merchant").order_by("transaction__created_at", "id")


@compiled
def _prompts_of(now: datetime, msisdn: str) -> QuerySet[Prompt]:
    prompts = Prompt.objects.filter(state=Prompt.State.OPEN, expires_at__gt=now, wallet__msisdn=msisdn)
    return prompts.select_related("wallet", "transaction__merchant").order_by("transaction__created_at", "id")


def prompt_of(*, msisdn: str, prompt_id: uuid.UUID) -> Prompt | None:
    """Return a prompt of this number, whatever its state."""
    prompts = Prompt.objects.filter(wallet__msisdn=msisdn, pk=prompt_id)
    return prompts.select_related("wallet", "transaction__merchant").first()


def history_of(msisdn: str) -> QuerySet[Transaction]:
    """Return the latest ended transactions of a phone number, the newest first."""
    accounts = [f"{operator}:wallet:{msisdn}" for operator in OPERATORS]
    moved = Q(debit_account__in=accounts) | Q(credit_account__in=accounts)
    ended = Transaction.objects.filter(moved).exclude(status=Transaction.Status.PENDING)
    return ended.select_related("wallet", "merchant").order_by("-ended_at", "id")[:HISTORY]


def messages_of(msisdn: str) -> QuerySet[Message]:
    """Return the latest SMS a phone number received, the newest first."""
    return (
        Message.objects.filter(wallet__msisdn=msisdn)
        .select_related("wallet")
        .order_by("-sent_at", "-id")[:HISTORY]
    )


def is_used(*, merchant: Merchant, correlation_id: uuid.UUID) -> bool:
    """Return whether a request of ``merchant`` with this X-CorrelationID was carried out."""
    return bool(_used(merchant.pk, correlation_id) or _called(merchant.pk, correlation_id))


@compiled
def _used(merchant_id: int, correlation_id: uuid.UUID) -> QuerySet[Transaction, uuid.UUID]:
    same = Transaction.objects.filter(merchant=merchant_id, correlation_id=correlation_id)
    return same.values_list("pk", flat=True)


@compiled
def _called(merchant_id: int, correlation_id: uuid.UUID) -> QuerySet[Call, int]:
    same = Call.objects.filter(merchant=merchant_id, correlation_id=correlation_id)
    return same.values_list("pk", flat=True)


def statement(*, operator: str, day: date, merchant: str = "") -> QuerySet[Transaction]:
    """Return what an operator completed on ``day`` (of Asia/Ho_Chi_Minh, by its own clock), in order.

    With ``merchant`` (an organisation id) only what moved on that organisation's own account.
    """
    begin = meant(timezone.make_aware(datetime.combine(day, time.min)))
    account = Merchant(operator=operator, identifier=merchant).account
    moved = Q(debit_account=account) | Q(credit_account=account) if merchant else Q()
    return (
        Transaction.objects.filter(
            moved,
            status=Transaction.Status.COMPLETED,
            merchant__operator=operator,
            ended_at__gte=begin,
            ended_at__lt=begin + timedelta(days=1),
        )
        .select_related("merchant", "wallet", "original")
        .order_by("ended_at", "id")
    )
