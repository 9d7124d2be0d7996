"""Whose a wallet is, as its operator says it. Calls providers: never inside a transaction."""

from payments import providers
from payments.providers.base import Capability


def payout_wallets() -> list[tuple[str, str]]:
    """Return the code and the label of every provider whose wallets people can be paid to."""
    return [
        (code, label)
        for code, label in providers.available()
        if providers.can(code, Capability.PUSH) and providers.can(code, Capability.PAYOUT)
    ]


def wallet_holder(*, provider: str, number: str) -> str | None:
    """Return in whose name the wallet of ``number`` (E.164) at ``provider`` is; None if it has none.

    Changes nothing. Raises ProviderUnavailable if the operator does not answer, NotSupported if it never
    says this, UnknownProvider.
    """
    return providers.get(provider).holder(number)
