"""Reconciliation: a provider's statement of one day, line by line, and what in it does not agree with us."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Reconciliation(models.Model):
    """One provider's statement of one day (Asia/Ho_Chi_Minh), compared with what we asked for and booked."""

    provider = models.SlugField(_("provider"), max_length=30)
    day = models.DateField(_("day"))
    run = models.PositiveIntegerField(_("times compared"), default=0)  # the one under way included
    running_since = models.DateTimeField(_("being compared since"), null=True)
    finished_at = models.DateTimeField(_("last compared"), null=True)
    run_by = models.CharField(_("compared by"), max_length=64, blank=True)  # empty: the daily run
    error = models.CharField(_("why it could not be compared"), max_length=300, blank=True)
    lines = models.PositiveIntegerField(_("lines of the statement"), default=0)
    in_vnd = models.BigIntegerField(_("came in, by the statement"), default=0)
    out_vnd = models.BigIntegerField(_("went out, by the statement"), default=0)
    agreed = models.PositiveIntegerField(_("lines that agree"), default=0)
    settled = models.PositiveIntegerField(_("settled by the statement"), default=0)

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        constraints = [
            models.UniqueConstraint(fields=["provider", "day"], name="one_reconciliation_per_day"),
            models.CheckConstraint(condition=Q(in_vnd__gte=0, out_vnd__gte=0), name="sums_not_negative"),
        ]
        indexes = [models.Index(fields=["-day", "provider"], name="reconciliation_newest_first")]

    def __str__(self) -> str:
        return f"{self.provider} {self.day}"  # unique


class StatementRow(models.Model):
    """One line of a statement as the provider gave it, and what of ours it tells of."""

    reconciliation = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, related_name="rows")
    run = models.PositiveIntegerField(_("read in run"))
    number = models.PositiveIntegerField(_("line"))
    provider_ref = models.CharField(_("provider's transaction"), max_length=100)
    reference = models.CharField(_("reference"), max_length=100, blank=True)
    amount_vnd = models.BigIntegerField(_("amount"))  # negative when it left us
    moved_at = models.DateTimeField(_("moved"))
    operation = models.ForeignKey(
        "payments.Operation", on_delete=models.PROTECT, null=True, related_name="statement_rows"
    )
    payout = models.ForeignKey(
        "payments.Payout", on_delete=models.PROTECT, null=True, related_name="statement_rows"
    )

    class Meta:
        verbose_name = _("line of a statement")
        verbose_name_plural = _("lines of statements")
        constraints = [
            models.UniqueConstraint(
                fields=["reconciliation", "run", "number"], name="statement_line_read_once_per_run"
            ),
            models.CheckConstraint(
                condition=Q(operation=None) | Q(payout=None), name="statement_line_tells_of_one_thing"
            ),
        ]
        indexes = [models.Index(fields=["provider_ref"], name="statement_row_by_ref")]

    def __str__(self) -> str:
        return f"{self.reconciliation_id} {self.run} {self.number}"  # unique


class Difference(models.Model):
    """Something that does not agree. Never deleted: closed by a person, or gone when compared again."""

    class Kind(models.TextChoices):
        MISSING_HERE = "missing_here", _("only in the statement")
        MISSING_THERE = "missing_there", _("not in the statement")
        AMOUNT_DIFFERS = "amount_differs", _("another amount")
        DAY_DIFFERS = "day_differs", _("another day")
        STATE_DIFFERS = "state_differs", _("another outcome")
        REFERENCE_DIFFERS = "reference_differs", _("another order or provider")
        LEDGER_DIFFERS = "ledger_differs", _("booked otherwise")
        TWICE = "twice", _("there twice")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed by a person")
        GONE = "gone", _("gone when compared again")

    NEXT_STEPS: dict[str, Promise | str] = {
        Kind.MISSING_HERE: _(
            "Ask the provider who paid, and for what. If it is one of our orders, have its payment asked "
            "about; if not, have it paid back."
        ),
        Kind.MISSING_THERE: _(
            "Look at the statements of the day before and the day after. If it is in neither, ask the "
            "provider, naming its transaction: we have booked money it does not show."
        ),
        Kind.AMOUNT_DIFFERS: _(
            "Ask the provider which amount moved. Nothing was booked from the statement: put the rest right "
            "by a refund or a further payment."
        ),
        Kind.DAY_DIFFERS: _(
            "Check the provider's time zone and clock. The money is right; the totals of the two days differ "
            "by this amount."
        ),
        Kind.STATE_DIFFERS: _(
            "The provider says that it moved; we have it as ended otherwise, and it cannot be booked by "
            "itself any more. Read its story, then book it by hand."
        ),
        Kind.REFERENCE_DIFFERS: _(
            "Two orders or two providers were mixed up. Ask the provider what its transaction belongs to, "
            "before anything is booked."
        ),
        Kind.LEDGER_DIFFERS: _(
            "Run check_ledger, then read the transfers of the reference: a booking is missing, or somebody "
            "wrote to the books behind the ledger's back."
        ),
        Kind.TWICE: _(
            "The money moved a second time. Ask the provider to correct it; if a buyer paid twice, pay the "
            "second back."
        ),
    }

    reconciliation = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, related_name="differences")
    key = models.CharField(_("what it is about"), max_length=160)
    kind = models.CharField(_("class"), max_length=20, choices=Kind)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    provider_ref = models.CharField(_("provider's transaction"), max_length=100, blank=True)
    reference = models.CharField(_("reference"), max_length=100, blank=True)
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    statement_vnd = models.BigIntegerField(_("by the statement"), null=True)  # negative when it left us
    asked_vnd = models.BigIntegerField(_("asked for"), null=True)
    booked_vnd = models.BigIntegerField(_("in the ledger"), null=True)
    moved_at = models.DateTimeField(_("moved, by the statement"), null=True)
    raw = models.JSONField(_("the line, word for word"), default=dict, blank=True)
    operation = models.ForeignKey(
        "payments.Operation", on_delete=models.PROTECT, null=True, related_name="differences"
    )
    payout = models.ForeignKey(
        "payments.Payout", on_delete=models.PROTECT, null=True, related_name="differences"
    )
    found_at = models.DateTimeField(_("first found"))
    seen_in_run = models.PositiveIntegerField(_("last seen in run"))
    closed_at = models.DateTimeField(_("closed"), null=True)
    closed_by = models.CharField(_("closed by"), max_length=64, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("difference")
        verbose_name_plural = _("differences")
        constraints = [
            models.UniqueConstraint(fields=["reconciliation", "key"], name="difference_found_once"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None)
                | Q(state="gone", closed_at__isnull=False)
                | (Q(state="closed", closed_at__isnull=False) & ~Q(closed_by="") & ~Q(note="")),
                name="difference_closed_by_somebody_with_a_note",
            ),
        ]
        indexes = [
            models.Index(fields=["reconciliation"], condition=Q(state="open"), name="difference_still_open"),
        ]

    def __str__(self) -> str:
        return f"{self.reconciliation_id} {self.key}"  # unique

    @property
    def gap_vnd(self) -> int | None:
        """How much more moved, by the statement or the ledger, than was asked for; None if unknown."""
        theirs_vnd = self.statement_vnd if self.booked_vnd is None else self.booked_vnd
        if theirs_vnd is None or self.asked_vnd is None:
            return None
        return theirs_vnd - self.asked_vnd

    @property
    def next_step(self) -> Any:
        """What to do about it, in a sentence or two."""
        return self.NEXT_STEPS[self.kind]
