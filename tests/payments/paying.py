"""A provider that pays out, in memory, and what payouts need to exist in a test."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from payments import ledger, providers, services
from payments.errors import AlreadySubmitted, ProviderUnavailable, UnknownToProvider
from payments.ledger.selectors import balances_vnd
from payments.models import Claim, Payout, PayoutBatch, PayoutRun
from payments.providers.base import Capability, Outcome, Report
from payments.providers.base import PayoutBatch as Asked
from payments.services import Payee
from tests.payments.fakes import FakeProvider
from tests.payments.making import NOW

CHU = Payee("seller-7", "Sùng A Chu", "fake", "+84398000007")
MAI = Payee("seller-8", "Lò Thị Mai", "fake", "+84398000008")


class PayingProvider(FakeProvider):
    """Keeps batches by id. ``script`` makes it fail as the fake does; ``verdicts`` says how payouts end."""

    capabilities = FakeProvider.capabilities | {Capability.PAYOUT}

    def __init__(self, *, code: str, label: str) -> None:
        super().__init__(code=code, label=label)
        self.batches: dict[uuid.UUID, Asked] = {}
        self.verdicts: dict[uuid.UUID, Outcome] = {}
        self.codes: dict[uuid.UUID, str] = {}
        self.paid_vnd: dict[str, int] = {}

    def payout(self, batch: Asked) -> list[Report]:
        self._hear("payout", batch)
        if batch.batch_id in self.batches:
            raise AlreadySubmitted("The fake has this batch already.")
        self.script.before(batch)  # type: ignore[arg-type]
        self.batches[batch.batch_id] = batch
        self.script.after(batch)  # type: ignore[arg-type]
        return self._reports(batch)

    def query_payout(self, batch: Asked) -> list[Report]:
        self._hear("query_payout", batch)
        if batch.batch_id not in self.batches:
            raise UnknownToProvider("The fake has no such batch.")
        return self._reports(batch)

    def end(self, payout: Payout, outcome: Outcome, code: str = "accountError") -> None:
        """Let one payout of a batch that arrived end; the money then is with the payee, once."""
        assert any(payout.pk == credit.payout_id for credit in self.batches[payout.batch_id].credits)
        if outcome is Outcome.SUCCEEDED and self.verdicts.get(payout.pk) is not Outcome.SUCCEEDED:
            self.paid_vnd[payout.payee] = self.paid_vnd.get(payout.payee, 0) + payout.amount_vnd
        self.verdicts[payout.pk] = outcome
        self.codes[payout.pk] = code

    def report(self, payout_id: uuid.UUID, amount_vnd: int) -> Report:
        outcome = self.verdicts.get(payout_id, Outcome.PENDING)
        return Report(
            payout_id,
            f"P-{payout_id}" if outcome is Outcome.SUCCEEDED else "",
            outcome,
            amount_vnd=amount_vnd,
            reference=str(payout_id),
            error_code=self.codes.get(payout_id, "") if outcome is Outcome.FAILED else "",
            raw={"outcome": str(outcome)},
        )

    def _reports(self, batch: Asked) -> list[Report]:
        return [self.report(credit.payout_id, credit.amount_vnd) for credit in batch.credits]

    def _hear(self, verb: str, batch: Asked) -> None:
        self.script.calls.append((verb, batch.batch_id))
        if self.script.is_silent:
            raise ProviderUnavailable("The fake is silent.")


def install(settings: Any) -> PayingProvider:
    """Put the fake that pays out behind the codes ``fake`` and ``other``; return the first of them."""
    settings.PAYMENT_PROVIDERS = {
        code: {"class": "tests.payments.paying.PayingProvider", "label": code.title()}
        for code in ("fake", "other")
    }
    provider = providers.get("fake")
    assert isinstance(provider, PayingProvider)
    return provider


def in_escrow(part: str, amount_vnd: int) -> None:
    """Put money a buyer paid into the escrow of ``part``."""
    ledger.open_account(code="clearing:fake", kind="clearing", may_overdraw=True)
    ledger.open_account(code=f"escrow:{part}", kind="escrow")
    ledger.post(
        transfer_id=uuid.uuid4(),
        debit="clearing:fake",
        credit=f"escrow:{part}",
        amount_vnd=amount_vnd,
        purpose="capture",
        reference=part,
    )


def earn(payee: str, amount_vnd: int) -> None:
    """Let ``payee`` have earned ``amount_vnd`` đồng with a delivered part."""
    part = f"ORDER-{uuid.uuid4()}"[:30]
    in_escrow(part, amount_vnd)
    services.release(
        part=part,
        portions=[services.Portion(f"payable:{payee}", amount_vnd)],
        release_id=uuid.uuid4(),
        now=NOW,
    )


def run(payees: Sequence[Payee] = (CHU,), **changes: Any) -> PayoutRun:
    """Start a run that pays ``payees`` all they have from 10,000 VND on."""
    wanted: dict[str, Any] = {
        "run_id": uuid.uuid4(),
        "payees": payees,
        "minimum_vnd": 10_000,
        "started_by": "administrator",
        "now": NOW,
    }
    return services.start_run(**wanted | changes)


def batch_of(made: PayoutRun) -> PayoutBatch:
    """Return the only batch of a run."""
    return PayoutBatch.objects.get(run=made)


def payout_of(made: PayoutRun, payee: str = "seller-7") -> Payout:
    return Payout.objects.get(batch__run=made, payee=payee)


def sent(made: PayoutRun, **changes: Any) -> PayoutBatch:
    """Send the only batch of a run to the provider."""
    batch = batch_of(made)
    services.submit_batch(batch_id=batch.pk, **{"now": NOW} | changes)
    batch.refresh_from_db()
    return batch


def balance(code: str) -> int:
    """Return the balance of an account, 0 if it was never opened."""
    return balances_vnd([code]).get(code, 0)


def bounced(
    provider: PayingProvider, payee: Payee = CHU, *, code: str = "accountError", at: datetime = NOW
) -> Payout:
    """Let one run end with the payout coming back."""
    made = run([payee], now=at)
    batch = sent(made, now=at)
    provider.end(payout_of(made, payee.reference), Outcome.FAILED, code)
    services.ask_due_batches(now=batch.next_ask_at)
    return payout_of(made, payee.reference)


def tell(report: Report, *, provider: str = "fake") -> Payout:
    """Let a statement say it."""
    return services.record_payout_report(
        provider=provider, report=report, source=Claim.Source.STATEMENT, now=NOW + timedelta(seconds=12)
    )
