"""Money that left our bank account by a person's hand."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PaymentByHand(models.Model):
    """A bank transfer of ours: out of which account of the books, for whom or what, and how to prove it.

    Its id, made beforehand, is that of its transfer in the ledger. Payouts that came back, and refunds, keep
    their evidence themselves.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    account = models.CharField(_("account"), max_length=100, db_collation="C")  # payable:… or tax:…
    reference = models.CharField(_("for"), max_length=64, db_collation="C")  # the payee, or the month
    amount_vnd = models.BigIntegerField(_("amount"))
    evidence = models.CharField(_("evidence"), max_length=300)
    noted_by = models.CharField(_("noted by"), max_length=64)
    noted_at = models.DateTimeField(_("noted"))

    class Meta:
        verbose_name = _("payment by hand")
        verbose_name_plural = _("payments by hand")
        constraints = [
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="payment_by_hand_moves_something"),
            models.CheckConstraint(
                condition=~Q(evidence="") & ~Q(noted_by=""), name="payment_by_hand_has_evidence"
            ),
        ]
        indexes = [models.Index(fields=["account", "reference", "-noted_at"], name="by_hand_of_account")]

    def __str__(self) -> str:
        return str(self.id)  # unique
