"""Everything that reads the books."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import BigIntegerField, F, Max, OuterRef, Q, QuerySet, Subquery, Sum, Value, Window
from django.db.models.functions import Coalesce

from payments.compiled import compiled
from payments.ledger.errors import UnknownAccount
from payments.ledger.models import Account, Entry, Transfer


def balance_vnd(code: str) -> int:
    """Return the posted balance of account ``code`` in đồng. Raises UnknownAccount."""
    return _account(code).balance_vnd


def available_vnd(code: str) -> int:
    """Return what may still leave account ``code``: balance less pending holds. Raises UnknownAccount."""
    return _account(code).available_vnd


def balances_vnd(codes: Collection[str]) -> dict[str, int]:
    """Return the posted balances in đồng of those accounts among ``codes`` that exist, in code order."""
    accounts = Account.objects.filter(code__in=codes).order_by("code")
    return dict(accounts.values_list("code", "balance_vnd"))


def entries_of(code: str) -> QuerySet[Entry]:
    """Return the entries of account ``code``, newest first, each with its transfer and its other end."""
    return (
        Entry.objects.filter(account__code=code)
        .select_related("transfer__debit", "transfer__credit")
        .order_by("-id")
    )


def moved_vnd(code: str, transfer_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return what each of those transfers that was posted brought to account ``code``, in đồng.

    What left is negative; transfers that are pending, voided or between other accounts are absent.
    """
    entries = Entry.objects.filter(account__code=code, transfer__in=transfer_ids)
    return dict(entries.values_list("transfer_id", "amount_vnd"))


def moved_by_reference(code: str, *, purpose: str, references: Collection[str]) -> dict[str, int]:
    """Return what posted transfers of ``purpose`` brought to account ``code``, by reference, in đồng."""
    entries = Entry.objects.filter(
        account__code=code, transfer__purpose=purpose, transfer__reference__in=references
    )
    rows = entries.values(reference=F("transfer__reference")).annotate(total_vnd=Sum("amount_vnd"))
    return {row["reference"]: row["total_vnd"] for row in rows.order_by("reference")}


def total_of(code: str, purposes: Collection[str]) -> int:
    """Return what posted transfers of ``purposes`` brought to account ``code``, in đồng. One aggregate."""
    entries = Entry.objects.filter(account__code=code, transfer__purpose__in=purposes)
    return entries.aggregate(total_vnd=Sum("amount_vnd", default=0))["total_vnd"]


def trial_balance() -> dict[str, int]:
    """Return the sum of balances by kind of account. The values always sum to zero."""
    rows = Account.objects.values("kind").annotate(total_vnd=Sum("balance_vnd")).order_by("kind")
    return {row["kind"]: row["total_vnd"] for row in rows}


def movements(*, reference: str, purpose: str, memo: str) -> list[tuple[str, str, int]]:
    """Return debit, credit and đồng of the transfers made for one reason with one remark, oldest first."""
    made = Transfer.objects.filter(reference=reference, purpose=purpose, memo=memo)
    rows = made.order_by("created_at", "id").values_list("debit__code", "credit__code", "amount_vnd")
    return list(rows)


def standing(*, kinds: Collection[str] = (), codes: Collection[str] = ()) -> list[tuple[str, int, int]]:
    """Return code, balance and reserved đồng of the accounts of ``kinds``, or of ``codes``, in code order.

    Accounts with nothing in them are absent.
    """
    accounts = Account.objects.filter(Q(kind__in=kinds) | Q(code__in=codes))
    rows = accounts.exclude(balance_vnd=0, held_vnd=0).order_by("code")
    return list(rows.values_list("code", "balance_vnd", "held_vnd"))


def total_by_purpose(*, kind: str, purposes: Collection[str], reference_prefix: str = "") -> dict[str, int]:
    """Return what posted transfers of each purpose brought to the accounts of one kind, in đồng.

    What left is negative. Purposes without a transfer are absent. ``reference_prefix`` narrows to
    transfers whose reference starts with it. Cost: one aggregate over the entries of that kind.
    """
    entries = Entry.objects.filter(account__kind=kind, transfer__purpose__in=purposes)
    if reference_prefix:
        entries = entries.filter(transfer__reference__startswith=reference_prefix)
    rows = (
        entries.values(purpose=F("transfer__purpose"))
        .annotate(total_vnd=Sum("amount_vnd"))
        .order_by("purpose")
    )
    return {row["purpose"]: row["total_vnd"] for row in rows}


def total_by_account(*, kind: str, purposes: Collection[str]) -> dict[str, int]:
    """Return what posted transfers of ``purposes`` brought to each account of one kind, by code, in đồng.

    What left is negative. Accounts without such a transfer are absent. Cost: one aggregate.
    """
    entries = Entry.objects.filter(account__kind=kind, transfer__purpose__in=purposes)
    rows = entries.values(code=F("account__code")).annotate(total_vnd=Sum("amount_vnd")).order_by("code")
    return {row["code"]: row["total_vnd"] for row in rows}


def balances_of_kind(kind: str) -> dict[str, int]:
    """Return the posted balances in đồng of all accounts of one kind, in code order."""
    accounts = Account.objects.filter(kind=kind).order_by("code")
    return dict(accounts.values_list("code", "balance_vnd"))


def newest_by_account(*, kind: str, purpose: str) -> dict[str, datetime]:
    """Return when the last transfer of ``purpose`` was posted, for each account of one kind that had any."""
    entries = Entry.objects.filter(account__kind=kind, transfer__purpose=purpose)
    rows = entries.values(code=F("account__code")).annotate(newest_at=Max("created_at")).order_by("code")
    return {row["code"]: row["newest_at"] for row in rows}


def overdrawn_since(*, kind: str) -> dict[str, datetime]:
    """Return since when each account of one kind that is below zero owes the oldest of what it owes.

    What comes in pays back what left first. Cost: one query over all entries of those accounts.
    """
    debits = Entry.objects.filter(account__kind=kind, account__balance_vnd__lt=0, amount_vnd__lt=0)
    # Newest first, down to and including the one the balance reaches back to.
    owed = debits.annotate(
        from_here_vnd=Window(Sum("amount_vnd"), partition_by=F("account_id"), order_by=F("id").desc())
    ).filter(from_here_vnd__gt=F("account__balance_vnd") + F("amount_vnd"))
    return dict(owed.order_by("-id").values_list("account__code", "created_at"))


def accounts_out_of_balance() -> QuerySet[Account]:
    """Return the accounts whose balance or holds are not what their entries and transfers add up to.

    Always empty, unless somebody wrote to the tables behind the ledger's back.
    """
    posted = (
        Entry.objects.filter(account=OuterRef("pk"))
        .values("account")
        .annotate(total=Sum("amount_vnd"))
        .values("total")
    )
    pending = (
        Transfer.objects.filter(debit=OuterRef("pk"), state=Transfer.State.PENDING)
        .values("debit")
        .annotate(total=Sum("amount_vnd"))
        .values("total")
    )
    return (
        Account.objects.annotate(entries_vnd=_or_zero(posted), pending_vnd=_or_zero(pending))
        .exclude(Q(balance_vnd=F("entries_vnd")) & Q(held_vnd=F("pending_vnd")))
        .order_by("code")
    )


def _account(code: str) -> Account:
    found = _accounts(code)
    if not found:
        raise UnknownAccount([code])
    return found[0]


@compiled
def _accounts(code: str) -> QuerySet[Account]:
    return Account.objects.filter(code=code)


def _or_zero(sums: QuerySet) -> Coalesce:
    return Coalesce(Subquery(sums, output_field=BigIntegerField()), Value(0), output_field=BigIntegerField())
