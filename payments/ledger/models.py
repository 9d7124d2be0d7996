from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Account(models.Model):
    """A pot of money with a name. What leaves by a debit lowers it, what comes by a credit raises it."""

    # Collation "C": the database sorts codes as Python does, and a prefix search uses the index.
    code = models.CharField(_("code"), max_length=100, unique=True, db_collation="C")
    kind = models.SlugField(_("kind"), max_length=30)
    may_overdraw = models.BooleanField(_("may go below zero"), default=False)
    balance_vnd = models.BigIntegerField(_("balance"), default=0)
    held_vnd = models.BigIntegerField(_("reserved by pending transfers"), default=0)
    head = models.BinaryField(_("digest of its last entry"), default=b"")
    opened_at = models.DateTimeField(_("opened"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.CheckConstraint(
                condition=Q(may_overdraw=True) | Q(balance_vnd__gte=F("held_vnd")),
                name="account_not_overdrawn",
            ),
            models.CheckConstraint(condition=Q(held_vnd__gte=0), name="account_holds_not_negative"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def available_vnd(self) -> int:
        """What may still leave: the balance without what pending transfers have reserved."""
        return self.balance_vnd - self.held_vnd


class Transfer(models.Model):
    """One movement of money between two accounts. Its facts never change; a trigger sees to it."""

    class Kind(models.TextChoices):
        POSTED = "posted", _("at once")
        PENDING = "pending", _("in two steps")

    class State(models.TextChoices):
        PENDING = "pending", _("reserved")
        POSTED = "posted", _("posted")
        VOIDED = "voided", _("voided")

    id = models.UUIDField(primary_key=True, editable=False)  # made by the caller, before the first attempt
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="debits")
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="credits")
    amount_vnd = models.BigIntegerField(_("amount"), validators=[MinValueValidator(1)])
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    state = models.CharField(_("state"), max_length=10, choices=State)
    purpose = models.SlugField(_("purpose"), max_length=30)
    reference = models.CharField(_("reference"), max_length=100, blank=True, db_collation="C")
    memo = models.CharField(_("memo"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("recorded"), db_default=Now(), editable=False)
    resolved_at = models.DateTimeField(_("settled or voided"), null=True, editable=False)

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        constraints = [
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="transfer_moves_something"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="transfer_has_two_ends"),
            models.CheckConstraint(
                condition=Q(kind="posted", state="posted", resolved_at=None)
                | Q(kind="pending", state="pending", resolved_at=None)
                | Q(kind="pending", state__in=["posted", "voided"], resolved_at__isnull=False),
                name="transfer_resolved_only_if_pending",
            ),
        ]
        indexes = [
            models.Index(fields=["reference", "purpose"], name="transfer_by_reference"),
            models.Index(fields=["debit"], condition=Q(state="pending"), name="transfer_still_pending"),
        ]

    def __str__(self) -> str:
        return str(self.id)  # unique


class Entry(models.Model):
    """One side of a posted transfer, with the balance it left. Append-only: a trigger refuses the rest.

    ``digest`` chains it to the entry before it on the same account: see ``chain``. PostgreSQL keeps the
    entries of each month apart (``months``), so what is unique names the moment too. A transfer moves once:
    its row is locked and resolved once.
    """

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="entries", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries", db_index=False)
    amount_vnd = models.BigIntegerField(_("amount"))  # negative on the debit side
    balance_after_vnd = models.BigIntegerField(_("balance after"))
    created_at = models.DateTimeField(_("posted"), db_default=Now(), editable=False)
    digest = models.BinaryField(_("digest"))

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [
            models.UniqueConstraint(
                fields=["transfer", "account", "created_at"], name="one_entry_per_transfer_and_account"
            ),
            models.CheckConstraint(condition=~Q(amount_vnd=0), name="entry_moves_something"),
        ]
        indexes = [models.Index(fields=["account", "id"], name="entry_by_account")]

    def __str__(self) -> str:
        return f"{self.transfer_id} {self.account_id} {self.amount_vnd:+}"  # unique
