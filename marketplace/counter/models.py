"""How much cash a post point may keep, and for how long."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.places.dated import DatedRule, ends_after_it_begins, only_one_a_day


class TillRule(DatedRule):
    """From when staff are warned about the cash of a till. It holds for all of them."""

    max_days = models.PositiveSmallIntegerField(_("days cash may lie in a till"))
    max_vnd = models.PositiveBigIntegerField(_("cash in a till at most, VND"))

    class Meta:
        verbose_name = _("rule for tills")
        verbose_name_plural = _("rules for tills")
        constraints = [
            only_one_a_day("one_till_rule_a_day"),
            ends_after_it_begins("till_rule_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.max_days} days, {self.max_vnd} VND from {self.valid_from}"
