"""What buyer and seller write to each other about a part of an order."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

WORDS_LENGTH = 500


class ChatLine(models.Model):
    """One message: a ready answer by its key, which everybody reads in their own language, or own words.

    ``author`` is empty for a buyer without an account. Never changed.
    """

    id = models.UUIDField(primary_key=True)  # made with the form: sent twice, said once
    part = models.ForeignKey("sellers.SubOrder", on_delete=models.PROTECT, related_name="chat")
    is_seller = models.BooleanField(_("said by the seller"))
    author = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.CharField(_("ready answer"), max_length=20, blank=True)
    words = models.CharField(_("words"), max_length=WORDS_LENGTH, blank=True)
    sent_at = models.DateTimeField(pgettext_lazy("message", "sent"))

    class Meta:
        verbose_name = pgettext_lazy("chat", "message")
        verbose_name_plural = pgettext_lazy("chat", "messages")
        constraints = [
            models.CheckConstraint(
                condition=(Q(answer="") & ~Q(words="")) | (~Q(answer="") & Q(words="")),
                name="message_is_an_answer_or_words",
            ),
        ]
        indexes = [models.Index(fields=["part", "sent_at", "id"], name="chat_of_part")]

    def __str__(self) -> str:
        return f"{self.part_id} {self.sent_at}"


class ChatReading(models.Model):
    """Until when one side has read the messages of a part."""

    part = models.ForeignKey("sellers.SubOrder", on_delete=models.PROTECT, related_name="chat_readings")
    is_seller = models.BooleanField(_("the seller's side"))
    read_at = models.DateTimeField(pgettext_lazy("message", "read"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part", "is_seller"], name="one_reading_per_side_of_a_chat"),
        ]

    def __str__(self) -> str:
        return f"{self.part_id} {self.is_seller} {self.read_at}"
