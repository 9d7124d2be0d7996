"""The provider through the shop's own services, its callback URL and its books."""

import itertools
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payments import services
from payments.ledger.selectors import accounts_out_of_balance, balances_vnd
from payments.models import Claim, Intent, Operation
from payments.providers.base import Charge, Notice, Provider
from payments.services import matching
from payments.services.asking import charge_of
from tests.payments.conformance.base import Base
from tests.payments.fakes import Killed
from tests.payments.making import operation_of

HOLD = timedelta(minutes=15)
# Longer than any pause between two questions while a payer is waiting.
SWEEP = timedelta(seconds=61)
_numbers = itertools.count(1)


def the_same(*, code: str, label: str, provider: Provider) -> Provider:
    """Stand in the settings for the provider whose other side a test moves."""
    return provider


class Shop(Base):
    """Payments of orders of two parts, 100,000 and 20,000 VND."""

    sweeps = 0

    @pytest.fixture
    def shop(self, bank: Any, settings: Any, transactional_db: None) -> Iterator[Any]:
        """The bank, whose provider the shop now has. At the end every đồng is where it belongs."""
        code = bank.provider.code
        settings.PAYMENT_PROVIDERS = {
            code: {
                "class": "tests.payments.conformance.shop.the_same",
                "label": bank.provider.label,
                "options": {"provider": bank.provider},
            }
        }
        settings.PUBLIC_BASE_URL = self.public_url or settings.PUBLIC_BASE_URL
        yield bank
        assert not accounts_out_of_balance().exists()
        assert matching.total_finding(code) is None

    # --- What the shop does --------------------------------------------------------------------

    def begin(self, bank: Any, **changes: Any) -> Operation:
        """Start the payment of a new order, and return what asks for the money."""
        now = timezone.now()
        reference = f"ORDER-{next(_numbers)}"
        wanted: dict[str, Any] = {
            "reference": reference,
            "provider": bank.provider.code,
            "payer": self.payer_of(bank),
            "shares": {f"{reference}-1": 100_000, f"{reference}-2": 20_000},
            "description": f"{reference} at Mường Then",
            "expires_at": now + HOLD,
            "now": now,
        }
        operation = operation_of(services.start_payment(**wanted | changes))
        self.know(bank, charge_of(operation))
        return operation

    def paid(self, bank: Any, **changes: Any) -> Operation:
        """Have a new order paid, and the shop know it."""
        operation = self.begin(bank, **changes)
        bank.approve(operation.pk)
        self.sweep()
        assert self.state(operation) == Operation.State.SUCCEEDED
        return operation

    def ask_back(self, bank: Any, operation: Operation, part_vnd: int, **changes: Any) -> Operation:
        """Order a refund of ``part_vnd`` đồng of the first part; it is sent by the next sweep."""
        wanted: dict[str, Any] = {
            "intent_id": operation.intent_id,
            "shares": {f"{operation.intent.reference}-1": part_vnd},
            "reason": "cancelled",
            "operation_id": uuid.uuid4(),
            "now": timezone.now(),
        }
        refund = services.refund(**wanted | changes)
        self.know(bank, charge_of(Operation.objects.select_related("intent", "original").get(pk=refund.pk)))
        return refund

    def finish(self, bank: Any, refund: Operation) -> None:
        """Have a refund sent, made and heard of."""
        self.sweep()
        bank.approve(refund.pk)
        self.sweep()
        assert self.state(refund) == Operation.State.SUCCEEDED

    def sweep(self) -> None:
        """Let whoever asks about what is due come by, a good minute after the last time."""
        self.sweeps += 1
        services.ask_due(now=timezone.now() + SWEEP * self.sweeps)

    # --- What comes in -------------------------------------------------------------------------

    def hear(self, bank: Any, operation: Operation) -> HttpResponse:
        """Bring the shop the provider's callback on ``operation``."""
        body, headers = bank.callback(operation.pk)
        return self.bring(bank, self.notice(operation.pk, body, headers))

    def hear_instead(self, bank: Any, operation: Operation, *changes: tuple[str, str]) -> HttpResponse:
        """Bring the callback with its words changed, signed as the provider signs."""
        body, _ = bank.callback(operation.pk)
        for old, new in changes:
            assert old.encode() in body, body
            body = body.replace(old.encode(), new.encode())
        return self.bring(bank, self.notice(operation.pk, *bank.signed(body, operation.pk)))

    def bring(self, bank: Any, notice: Notice) -> HttpResponse:
        """Send a notice to the shop's own address for it."""
        named = [notice.operation_id] if notice.operation_id else []
        path = reverse(f"payments:{'callback' if named else 'notice'}", args=[bank.provider.code, *named])
        return Client().generic(
            notice.method,
            path,
            notice.body,
            content_type="application/json",
            headers=dict(notice.headers),
            QUERY_STRING=urlencode(notice.query),
        )

    def is_understood(self, bank: Any, answer: HttpResponse) -> bool:
        """Whether the provider was told that all is well."""
        expected = bank.provider.reply(None)
        said = answer.json() if answer.content else None
        return (answer.status_code, said) == (expected.status, expected.content)

    # --- What came of it -----------------------------------------------------------------------

    def state(self, operation: Operation) -> str:
        return Operation.objects.values_list("state", flat=True).get(pk=operation.pk)

    def intent_state(self, operation: Operation) -> str:
        return Intent.objects.values_list("state", flat=True).get(pk=operation.intent_id)

    def is_open(self, operation: Operation) -> bool:
        return self.state(operation) in Operation.OPEN_STATES

    def escrow(self, operation: Operation) -> tuple[int, int]:
        """Return what is held for the two parts of the order, in đồng."""
        codes = [f"escrow:{operation.intent.reference}-{part}" for part in (1, 2)]
        balances = balances_vnd(codes)
        return balances.get(codes[0], 0), balances.get(codes[1], 0)

    def refusals(self) -> list[str]:
        """Return why claims were not believed, in the order in which they came."""
        return list(Claim.objects.exclude(refusal="").order_by("pk").values_list("refusal", flat=True))

    # --- How we die ----------------------------------------------------------------------------

    @contextmanager
    def dying(self, bank: Any, verb: str, *, after: bool) -> Iterator[None]:
        """Have the process end as it is about to ask, or as it has been answered."""
        real = getattr(bank.provider, verb)

        def die(charge: Charge) -> None:
            self.know(bank, charge)
            if after:
                real(charge)
            raise Killed

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(bank.provider, verb, die)
            with pytest.raises(Killed):
                yield
