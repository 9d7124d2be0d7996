"""What came from phones with keys: messages, dialled sessions, and the short numbers orders have there."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from phonenumber_field.modelfields import PhoneNumberField


class Inbound(models.Model):
    """A short message from a phone and what was answered. ``message_id`` is the operator's.

    Written in one transaction with what the message did: sent again, it does nothing. A message without an
    answer was one too many.
    """

    message_id = models.CharField(max_length=64, unique=True)
    phone = PhoneNumberField(_("phone number"))
    user = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="texts"
    )
    text = models.CharField(_("text"), max_length=480, blank=True)
    verb = models.CharField(_("understood as"), max_length=10)
    answer = models.CharField(_("answer"), max_length=160, blank=True)
    received_at = models.DateTimeField(pgettext_lazy("message", "received"))

    class Meta:
        verbose_name = _("message from a phone")
        verbose_name_plural = _("messages from phones")
        indexes = [models.Index(fields=["phone", "-received_at"], name="inbound_newest_of_phone")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.verb}"


class Session(models.Model):
    """One dialled session. ``typed`` is all that was typed, joined by stars, as the operator repeats it.

    ``state`` is the menu's (see ``keypad.menu``), as it stands after ``typed``; ``screen`` what was answered.
    """

    session_id = models.CharField(max_length=64, unique=True)
    phone = PhoneNumberField(_("phone number"))
    typed = models.TextField(blank=True)
    state = models.JSONField()
    screen = models.CharField(max_length=160)
    is_ended = models.BooleanField(default=False)
    began_at = models.DateTimeField(pgettext_lazy("session", "began"))

    class Meta:
        verbose_name = _("dialled session")
        verbose_name_plural = _("dialled sessions")
        indexes = [models.Index(fields=["phone", "-began_at"], name="session_newest_of_phone")]

    def __str__(self) -> str:
        return self.session_id


class WalletQuestion(models.Model):
    """A seller's wish to be paid to the wallet of the number that asked; operators say if there is one.

    ``id`` is made from the message or the step that asked. ``provider`` is the operator that was named, ""
    for whichever has a wallet of that number. Asked about until ``answered_at``.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    seller = models.ForeignKey("sellers.Seller", on_delete=models.PROTECT, related_name="wallet_questions")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="wallet_questions")
    phone = PhoneNumberField(_("phone number"))
    provider = models.CharField(_("wallet operator"), max_length=20, blank=True)
    tries = models.PositiveSmallIntegerField(_("times asked"), default=0)
    next_try_at = models.DateTimeField(_("next try"))
    asked_at = models.DateTimeField(pgettext_lazy("question", "asked"))
    answered_at = models.DateTimeField(pgettext_lazy("question", "answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("question about a wallet")
        verbose_name_plural = _("questions about wallets")
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(answered_at=None), name="wallet_question_due"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class PartNumber(models.Model):
    """The number under which a seller's phone knows a part of an order: 1, 2, 3 and so on for each seller.

    An order's own number has letters, which are hard to type on keys.
    """

    part = models.OneToOneField("sellers.SubOrder", on_delete=models.PROTECT, related_name="part_number")
    seller = models.ForeignKey("sellers.Seller", on_delete=models.PROTECT, related_name="part_numbers")
    number = models.PositiveIntegerField(_("number"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "number"], name="one_part_per_number_of_a_seller"),
            models.CheckConstraint(condition=Q(number__gt=0), name="part_number_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.seller_id} {self.number}"
