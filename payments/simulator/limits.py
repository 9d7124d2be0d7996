"""How much a customer may spend in a month at one operator, by the rules in force on the day.

The rules are rows with dates. Months are those of Asia/Ho_Chi_Minh. Merchants' accounts have no limit.
"""

from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from payments.compiled import compiled
from payments.simulator import parties
from payments.simulator.errors import MonthlyLimitExceeded
from payments.simulator.models import BillCompany, LimitRule, Transaction

SPENDING = (
    Transaction.Type.TRANSFER,
    Transaction.Type.MERCHANT_PAY,
    Transaction.Type.BILL_PAY,
)


def check(asked: Transaction, *, now: datetime) -> None:
    """Raise MonthlyLimitExceeded if ``asked`` takes its payer above what the month allows.

    Call it in the transaction that moved the money: the ledger's lock on the payer's account keeps others
    from spending the same allowance at the same time.
    """
    rule = rule_on(timezone.localdate(now))
    if rule is None:
        return
    counted: list[str] = [*SPENDING, *([Transaction.Type.WITHDRAWAL] if rule.counts_cash_out else [])]
    if asked.type not in counted or not parties.is_wallet(asked.debit_account):
        return
    # What is neither counted nor left out by its company is everything.
    counted_to: list[str] = []
    not_counted_to: list[str] = []
    limit_vnd = rule.monthly_vnd
    if rule.essential_vnd is not None:
        essential = [company.merchant.account for company in _essential(asked.merchant.operator)]
        if asked.credit_account in essential:
            counted_to, limit_vnd = essential, rule.essential_vnd
        else:
            not_counted_to = essential
    first = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    spent = (asked.debit_account, counted, counted_to, not_counted_to, first, asked.pk)
    spent_vnd = sum(_spent(*spent))
    if rule.refunds_give_back:
        spent_vnd -= sum(_given_back(*spent))
    if spent_vnd + asked.amount_vnd > limit_vnd:
        left_vnd = max(0, limit_vnd - spent_vnd)
        raise MonthlyLimitExceeded(rule=rule.code, limit_vnd=limit_vnd, left_vnd=left_vnd)


def rule_on(day: date) -> LimitRule | None:
    """Return the rule in force on ``day`` (of Asia/Ho_Chi_Minh), None before the first."""
    return next(iter(_rules(day)), None)


@compiled
def _rules(day: date) -> QuerySet[LimitRule]:
    in_force = Q(valid_to=None) | Q(valid_to__gt=day)
    return LimitRule.objects.filter(in_force, valid_from__lte=day).order_by("-valid_from")[:1]


@compiled
def _essential(operator: str) -> QuerySet[BillCompany]:
    return BillCompany.objects.filter(merchant__operator=operator).select_related("merchant")


@compiled
def _spent(
    account: str, types: list[str], to: list[str], not_to: list[str], first: datetime, asked: UUID
) -> "QuerySet[Transaction, int]":
    return _sums(_counted(account, types, to, not_to, first, asked), by="debit_account")


@compiled
def _given_back(
    account: str, types: list[str], to: list[str], not_to: list[str], first: datetime, asked: UUID
) -> "QuerySet[Transaction, int]":
    spent = _counted(account, types, to, not_to, first, asked)
    back = Transaction.objects.filter(original__in=spent, status=Transaction.Status.COMPLETED)
    return _sums(back, by="original__debit_account")


def _counted(
    account: str, types: list[str], to: list[str], not_to: list[str], first: datetime, asked: UUID
) -> QuerySet[Transaction]:
    """Return what left ``account`` since ``first``, only ``to`` some if there are any, but ``asked``."""
    spent = Transaction.objects.filter(
        debit_account=account, type__in=types, status=Transaction.Status.COMPLETED, ended_at__gte=first
    )
    if to:
        spent = spent.filter(credit_account__in=to)
    return spent.exclude(credit_account__in=not_to).exclude(pk=asked)


def _sums(rows: QuerySet[Transaction], *, by: str) -> "QuerySet[Transaction, int]":
    """Return the sum of what has the same ``by``; no row if there is nothing."""
    return rows.values(by).annotate(total_vnd=Sum("amount_vnd")).values_list("total_vnd", flat=True)
