"""A provider that lives in memory: it decides when the test says so and fails where the test says."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from uuid import UUID

from payments.errors import (
    AlreadySubmitted,
    BadSignature,
    ProviderRefused,
    ProviderUnavailable,
    UnknownToProvider,
    UnreadableReport,
)
from payments.providers.base import Capability, Charge, Notice, Outcome, Provider, Report

SIGNATURE = "right"


class Killed(BaseException):
    """The process is gone, as after kill -9: no handler of ours may run."""


@dataclass
class Known:
    """What the fake operator has written down of one request."""

    charge: Charge
    outcome: Outcome = Outcome.PENDING
    error_code: str = ""

    def report(self) -> Report:
        return Report(
            self.charge.operation_id,
            f"F-{self.charge.operation_id}",
            self.outcome,
            amount_vnd=self.charge.amount_vnd,
            reference=self.charge.reference,
            error_code=self.error_code,
            raw={"outcome": str(self.outcome)},
        )


def nothing(charge: Charge) -> None:
    """Happen not at all."""


@dataclass
class Script:
    """What goes wrong: ``before`` and ``after`` run around the moment a request is accepted."""

    before: Callable[[Charge], None] = nothing
    after: Callable[[Charge], None] = nothing
    is_silent: bool = False
    failures: int = 0  # so many requests or questions from now on get no answer
    calls: list[tuple[str, UUID]] = field(default_factory=list)


class FakeProvider(Provider):
    capabilities = frozenset({Capability.SALE, Capability.REFUND, Capability.PUSH})

    def __init__(self, *, code: str, label: str) -> None:
        super().__init__(code=code, label=label)
        self.known: dict[UUID, Known] = {}
        self.script = Script()
        self.lock = Lock()

    def authorize(self, charge: Charge) -> Report:
        return self._accept("authorize", charge)

    def refund(self, charge: Charge) -> Report:
        with self.lock:
            return self._refund(charge)

    def _refund(self, charge: Charge) -> Report:
        paid = self.known.get(charge.original_id) if charge.original_id else None
        if paid is None or charge.original_ref != paid.report().provider_ref:
            raise ProviderRefused("There is no such payment.", reason="identifierError")
        refunded_vnd = sum(
            one.charge.amount_vnd
            for one in self.known.values()
            if one.charge.original_id == charge.original_id and one.outcome is not Outcome.FAILED
        )
        if (
            charge.operation_id not in self.known
            and refunded_vnd + charge.amount_vnd > paid.charge.amount_vnd
        ):
            raise ProviderRefused("More than was paid.", reason="overPaymentNotAllowed")
        return self._accept("refund", charge)

    def query(self, charge: Charge) -> Report:
        self._listen("query", charge)
        if charge.operation_id not in self.known:
            raise UnknownToProvider(f"The fake has no request {charge.operation_id}.")
        return self.known[charge.operation_id].report()

    def parse_webhook(self, notice: Notice) -> Report:
        if notice.headers.get("X-Signature") != SIGNATURE + notice.body.decode(errors="replace"):
            raise BadSignature("Fake callback: X-Signature does not match the body.")
        try:
            said = json.loads(notice.body)
            assert notice.operation_id is not None
            return Report(
                notice.operation_id,
                said["ref"],
                Outcome(said["outcome"]),
                said["amount_vnd"],
                error_code=said.get("error_code", ""),
                raw=said,
            )
        except (ValueError, KeyError, TypeError) as error:
            raise UnreadableReport("Fake callback: not a report.") from error

    def decide(self, operation_id: UUID, outcome: Outcome, error_code: str = "") -> Report:
        """Let the payer (or the operator) decide, and return what a callback would say."""
        known = self.known[operation_id]
        known.outcome, known.error_code = outcome, error_code
        return known.report()

    def count(self, verb: str) -> int:
        """Return how often the fake was asked for ``verb``."""
        return sum(1 for called, _ in self.script.calls if called == verb)

    def _listen(self, verb: str, charge: Charge) -> None:
        self.script.calls.append((verb, charge.operation_id))
        if self.script.is_silent or self.script.failures:
            self.script.failures = max(0, self.script.failures - 1)
            raise ProviderUnavailable("The fake is silent.")

    def _accept(self, verb: str, charge: Charge) -> Report:
        self._listen(verb, charge)
        if charge.operation_id in self.known:
            raise AlreadySubmitted("The fake has this request already.")
        self.script.before(charge)
        self.known[charge.operation_id] = Known(charge)
        self.script.after(charge)
        return Report(charge.operation_id, "", Outcome.PENDING, raw={"accepted": True})


class VoidingProvider(FakeProvider):
    """A fake that can also release a pending authorisation."""

    capabilities = FakeProvider.capabilities | {Capability.VOID}

    def void(self, charge: Charge) -> Report:
        return self._accept("void", charge)


class ReservingProvider(VoidingProvider):
    """A fake that reserves the money, and takes all or part of it later."""

    capabilities = VoidingProvider.capabilities | {Capability.AUTHORIZE, Capability.CAPTURE}

    def capture(self, charge: Charge) -> Report:
        return self._accept("capture", charge)


def signed(said: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """Return the body and the headers of a callback the fake provider signed."""
    body = json.dumps(said)
    return body, {"X-Signature": SIGNATURE + body}
