"""How much cash a post point may keep, and for how long."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from marketplace.settlement.models.rules import DatedRule


class TillRule(DatedRule):
    """From when staff are warned about the cash of a till. It holds for all of them.

    A rule holds from ``valid_from`` to the day before ``valid_to``; the database refuses two on one day.
    """

    max_days = models.PositiveSmallIntegerField(_("days cash may lie in a till"))
    max_vnd = models.PositiveBigIntegerField(_("cash in a till at most, VND"))

    class Meta:
        verbose_name = _("rule for tills")
        verbose_name_plural = _("rules for tills")
        constraints = [
            ExclusionConstraint(
                name="one_till_rule_a_day",
                expressions=[
                    (
                        Func(
                            F("valid_from"),
                            F("valid_to"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    )
                ],
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="till_rule_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.max_days} days, {self.max_vnd} VND from {self.valid_from}"
