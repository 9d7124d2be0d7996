"""Cash at a post point: a person counts the notes when the goods are handed over."""

import hashlib

from payments.errors import BadSignature
from payments.providers.base import Capability, Charge, Notice, Outcome, Provider, Report


class CashProvider(Provider):
    """Money counted at a post point's counter, in or out.

    Nothing leaves the house, so nobody calls back: an operation waits until somebody counts it and
    ``payments.services.count_cash`` records that. The code is what the buyer names at the counter.
    """

    capabilities = frozenset({Capability.SALE, Capability.REFUND, Capability.VOID, Capability.IN_HOUSE})

    def authorize(self, charge: Charge) -> Report:
        return _to_count(charge)

    def refund(self, charge: Charge) -> Report:
        return _to_count(charge)

    def void(self, charge: Charge) -> Report:
        return Report(
            charge.operation_id, f"void-{charge.operation_id}", Outcome.SUCCEEDED, charge.amount_vnd
        )

    def query(self, charge: Charge) -> Report:
        return _to_count(charge)

    def parse_webhook(self, notice: Notice) -> Report:
        raise BadSignature(f"{self.label} calls nobody back, so this is not from there.")


def _to_count(charge: Charge) -> Report:
    digits = int.from_bytes(hashlib.sha256(charge.operation_id.bytes).digest()[:4]) % 1_000_000
    return Report(
        charge.operation_id,
        "",
        Outcome.REQUIRES_ACTION,
        action={"type": "cash", "code": f"{digits:06}"},
        raw={"waits for": "being counted"},
    )
