"""The shop beside the operator: its services, its own database, and the sweeps that ask."""

import itertools
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from payments import providers, services
from payments.models import Intent, PayoutBatch
from payments.providers.wallet import WalletProvider
from payments.services import Payee, Portion
from tests.payments.simulator.receiver import Receiver
from tests.wallet_operator import WalletOperator, wait_until

if TYPE_CHECKING:
    from tests.payments.simulator.conftest import Payer

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_numbers = itertools.count(700_000)


def at_operator(operator: WalletOperator, receiver: Receiver, settings: Any) -> WalletProvider:
    """Return the shop's Viettel wallet at ``operator``, which calls back to ``receiver``."""
    settings.PUBLIC_BASE_URL = receiver.url.removesuffix("/callbacks")
    settings.PAYMENT_PROVIDERS = {
        "viettel": {
            "class": "payments.providers.wallet.WalletProvider",
            "label": "Viettel Money",
            "options": {
                "base_url": f"{operator.base_url}/viettel/v1.2/mm",
                "user": "muongthen",
                "password": "demo-viettel-password",
                "callback_secret": "demo-viettel-callback-secret-of-32-bytes",
                "timeout_s": 5.0,
            },
        }
    }
    provider = providers.get("viettel")
    assert isinstance(provider, WalletProvider)
    return provider


def new_seller(operator: WalletOperator) -> Payee:
    """Somebody with an empty wallet whom no other test knows."""
    number = next(_numbers)
    operator.open_wallet(f"+84398{number}", name="Sùng A Chu")
    return Payee(f"seller-{number}", "Sùng A Chu", "viettel", f"+84398{number}")


def pay(payer: "Payer", amount_vnd: int = 120_000) -> Intent:
    """Ask the payer's phone for the money of one part of a new order."""
    now = timezone.now()
    reference = f"ORDER-{next(_numbers)}"
    return services.start_payment(
        reference=reference,
        provider="viettel",
        payer=payer.msisdn,
        shares={f"{reference}-1": amount_vnd},
        description="Gạo nếp nương",
        expires_at=now + timedelta(minutes=15),
        now=now,
    )


def ask_until(is_done: Callable[[], bool], what: str) -> None:
    """Let the sweeps run, as if time flew, until it is done."""

    def look() -> bool:
        later = timezone.now() + timedelta(minutes=2)
        services.ask_due(now=later)
        services.ask_due_batches(now=later)
        return is_done()

    wait_until(look, what)


def state_of(intent: Intent) -> str:
    return Intent.objects.values_list("state", flat=True).get(pk=intent.pk)


def earn(operator: WalletOperator, payer: "Payer", payee: Payee, amount_vnd: int) -> None:
    """Have the payer buy something of ``payee`` that is delivered at once."""
    intent = pay(payer, amount_vnd)
    operator.accept(operator.wait_for_prompt(payer.msisdn, reference=intent.reference)["id"])
    ask_until(lambda: state_of(intent) == "succeeded", "the payment is recorded")
    services.release(
        part=f"{intent.reference}-1",
        portions=[Portion(f"payable:{payee.reference}", amount_vnd)],
        release_id=uuid.uuid4(),
        now=timezone.now(),
    )


def run(*payees: Payee) -> PayoutBatch:
    """Start a run, and return its batch."""
    made = services.start_run(
        run_id=uuid.uuid4(), payees=payees, minimum_vnd=1_000, started_by="test", now=timezone.now()
    )
    return PayoutBatch.objects.get(run=made)


def has_ended(batch: PayoutBatch) -> bool:
    return PayoutBatch.objects.filter(pk=batch.pk, state="ended").exists()


def freeze(operator: WalletOperator, payee: Payee) -> None:
    """Have the operator freeze a wallet: nothing comes in, nothing goes out."""
    answer = operator.http.patch(f"/sim/wallets/{payee.wallet}/", json={"status": "unavailable"})
    answer.raise_for_status()
