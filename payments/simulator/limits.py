"""How much a customer may spend in a month at one operator, by the rules in force on the day.

The rules are rows with dates. Months are those of Asia/Ho_Chi_Minh. Merchants' accounts have no limit.
"""

from datetime import date, datetime

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
    counted = [*SPENDING, Transaction.Type.WITHDRAWAL] if rule.counts_cash_out else list(SPENDING)
    if asked.type not in counted or not parties.is_wallet(asked.debit_account):
        return
    companies = [company.merchant.account for company in _essential(asked.merchant.operator)]
    in_bucket, limit_vnd = Q(), rule.monthly_vnd
    if rule.essential_vnd is not None:
        is_essential = asked.credit_account in companies
        in_bucket = Q(credit_account__in=companies) if is_essential else ~Q(credit_account__in=companies)
        limit_vnd = rule.essential_vnd if is_essential else rule.monthly_vnd
    first = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    spent = Transaction.objects.filter(
        in_bucket,
        debit_account=asked.debit_account,
        type__in=counted,
        status=Transaction.Status.COMPLETED,
        ended_at__gte=first,
    ).exclude(pk=asked.pk)
    spent_vnd = _sum(spent)
    if rule.refunds_give_back:
        back = Transaction.objects.filter(original__in=spent, status=Transaction.Status.COMPLETED)
        spent_vnd -= _sum(back)
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


def _sum(rows: QuerySet[Transaction]) -> int:
    total: int = rows.aggregate(total_vnd=Sum("amount_vnd", default=0))["total_vnd"]
    return total
