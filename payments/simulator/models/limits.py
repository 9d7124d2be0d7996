"""The State's limits on what a customer may spend, as dated rows."""

from django.db import models
from django.db.models import F, Q


class LimitRule(models.Model):
    """One decree's monthly limit for each customer at each operator."""

    code = models.CharField(max_length=40, unique=True)
    valid_from = models.DateField()
    valid_to = models.DateField("first day it no longer holds", null=True)
    monthly_vnd = models.BigIntegerField("limit of transfers and payments in a month")
    essential_vnd = models.BigIntegerField("a further limit for essential services", null=True)
    counts_cash_out = models.BooleanField("whether cash-out uses up the limit")
    cash_in_own_only = models.BooleanField(
        "whether only the holder may put cash into a wallet", default=False
    )
    without_biometrics_vnd = models.BigIntegerField(
        "most that leaves at a time while only a document of the holder was checked", null=True
    )
    refunds_give_back = models.BooleanField("whether a refund gives allowance back")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="limit_rule_lasts"
            ),
        ]

    def __str__(self) -> str:
        return self.code  # unique
