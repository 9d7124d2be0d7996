"""Cash at a post point: a person takes the notes and hands over a receipt, so the answer is known at once."""

from payments.errors import BadSignature, UnknownToProvider
from payments.providers.base import Capability, Charge, Notice, Outcome, Provider, Report


class CashProvider(Provider):
    """Money counted at a post point's counter.

    Whoever records the payment has the money in hand: ``authorize`` says what has happened, and a repeat
    says it again. Nothing leaves the house, so nothing can be asked about and nobody calls back.
    """

    capabilities = frozenset({Capability.SALE, Capability.REFUND, Capability.IN_HOUSE})

    def authorize(self, charge: Charge) -> Report:
        return _counted(charge)

    def refund(self, charge: Charge) -> Report:
        return _counted(charge)

    def query(self, charge: Charge) -> Report:
        raise UnknownToProvider(
            f"{self.label} keeps no list to look operation {charge.operation_id} up in. Record it again."
        )

    def parse_webhook(self, notice: Notice) -> Report:
        raise BadSignature(f"{self.label} calls nobody back, so this is not from there.")


def _counted(charge: Charge) -> Report:
    """The whole amount has changed hands; the receipt bears the operation's id."""
    return Report(
        charge.operation_id,
        f"receipt-{charge.operation_id}",
        Outcome.SUCCEEDED,
        amount_vnd=charge.amount_vnd,
        reference=charge.reference,
        raw={"counted_vnd": charge.amount_vnd},
    )
