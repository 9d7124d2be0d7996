"""What a person reads of the books: their accounts, and the story of one transfer."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from payments.ledger import chain
from payments.ledger.errors import UnknownTransfer
from payments.ledger.models import Account, Entry, Transfer


@dataclass(frozen=True)
class KindTotal:
    """All accounts of one kind together, in đồng."""

    kind: str
    accounts: int
    balance_vnd: int
    held_vnd: int


@dataclass(frozen=True)
class TransferStory:
    """One transfer with its entries; ``is_linked`` if each of them follows from the one before it."""

    transfer: Transfer
    entries: list[Entry]
    is_linked: bool


def totals_by_kind() -> list[KindTotal]:
    """Return the totals of every kind of account, in the order of their names. One aggregate."""
    rows = Account.objects.values("kind").order_by("kind")
    totals = rows.annotate(accounts=Count("pk"), balance=Sum("balance_vnd"), held=Sum("held_vnd"))
    return [KindTotal(row["kind"], row["accounts"], row["balance"], row["held"]) for row in totals]


def accounts(*, kind: str = "", text: str = "") -> QuerySet[Account]:
    """Return the accounts of one kind, or of all, whose code contains ``text``, by code."""
    found = Account.objects.order_by("code")
    if kind:
        found = found.filter(kind=kind)
    return found.filter(code__icontains=text) if text else found


def account(code: str) -> Account | None:
    """Return one account; None if it was never opened."""
    return Account.objects.filter(code=code).first()


def transfer_story(transfer_id: UUID) -> TransferStory:
    """Return all that the books say of one transfer. Raises UnknownTransfer."""
    transfer = Transfer.objects.select_related("debit", "credit").filter(pk=transfer_id).first()
    if transfer is None:
        raise UnknownTransfer(transfer_id)
    entries = list(Entry.objects.filter(transfer=transfer).select_related("account").order_by("id"))
    return TransferStory(transfer, entries, all(chain.is_linked(entry) for entry in entries))


def transfers_about(reference: str) -> QuerySet[Transfer]:
    """Return the transfers for a reference and its parts (it, a hyphen and a name), oldest first."""
    about = Q(reference=reference) | Q(reference__startswith=f"{reference}-")
    return (
        Transfer.objects.filter(about)
        .select_related("debit", "credit")
        .order_by("created_at", "resolved_at", "id")
    )


def transfers(*, purpose: str) -> QuerySet[Transfer]:
    """Return the transfers of one purpose, newest first, with both their accounts."""
    found = Transfer.objects.filter(purpose=purpose).select_related("debit", "credit")
    return found.order_by("-created_at", "-id")
