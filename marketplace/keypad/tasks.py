from uuid import UUID

from celery import shared_task
from django.utils import timezone

from . import services


@shared_task
def tell_new_orders() -> int:
    """Tell sellers of orders that came, by SMS; meant for every few seconds."""
    return services.tell_new_orders(now=timezone.now())


@shared_task
def forget() -> int:
    """Forget what phones wrote long ago; meant for every night."""
    return services.forget(now=timezone.now())


@shared_task
def answer_wallet(*, question_id: str) -> bool:
    """Ask the operators whose a wallet is, and tell the phone that asked."""
    return services.answer_wallet(question_id=UUID(question_id), now=timezone.now())


@shared_task
def answer_wallets() -> int:
    """Ask again about wallets where no operator answered; meant for every half minute."""
    return services.answer_wallets(now=timezone.now())
