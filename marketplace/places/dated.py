"""Rules as rows with days: what the law, the market or a village decided, and from when to when it holds.

A rule holds from ``valid_from`` to the day before ``valid_to``; without ``valid_to`` it holds until further
notice. The database refuses two rules of one kind on the same day.
"""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import BigIntegerField, F, Func, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _


class DatedQuerySet(models.QuerySet):
    def valid_on(self, day: date) -> DatedQuerySet:
        """The rules that hold on ``day`` (Asia/Ho_Chi_Minh)."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)


class DatedRule(models.Model):
    """The days and the source of a rule. Its Meta names its constraints by the two functions below."""

    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid until (exclusive)"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True


def ends_after_it_begins(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name=name)


def only_one_a_day(name: str, *texts: str, number: str = "") -> ExclusionConstraint:
    """No two rows with the same ``texts``, or the same ``number``, on a day.

    PostgreSQL compares ranges in such a constraint without an extension, but neither texts nor numbers: so a
    number becomes a range of itself, and texts are hashed to one first.
    """
    assert not (texts and number), "one kind of key"
    days = Func(F("valid_from"), F("valid_to"), function="daterange", output_field=DateRangeField())
    overlapping: list = [(days, RangeOperators.OVERLAPS)]
    if texts:
        words: list = [part for field in texts for part in (F(field), Value("/"))]
        hashed = Cast(Func(Concat(*words), function="hashtext"), BigIntegerField())
        overlapping.insert(0, (_range_of(hashed), RangeOperators.OVERLAPS))
    elif number:
        overlapping.insert(0, (_range_of(F(number)), RangeOperators.OVERLAPS))
    return ExclusionConstraint(name=name, expressions=overlapping)


def _range_of(number: F | Cast) -> Func:
    return Func(number, number, Value("[]"), function="int8range", output_field=BigIntegerRangeField())
