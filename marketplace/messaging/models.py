"""What the market tells people by telephone: one outbox for all of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField


class Message(models.Model):
    """One short message or one call, written with what it tells of and sent after the commit.

    ``key`` names what is told to whom: a second row with it cannot be. A long text is several rows, each
    short enough for one SMS. The text of a secret (a code) is emptied as soon as it is sent.
    """

    class Channel(models.TextChoices):
        SMS = "sms", _("SMS")
        VOICE = "voice", _("call")

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting to be sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("could not be sent")

    channel = models.CharField(_("channel"), max_length=5, choices=Channel)
    to = PhoneNumberField(_("to"))
    text = models.TextField(_("text"), blank=True)
    purpose = models.SlugField(_("purpose"), max_length=40)
    key = models.CharField(_("key"), max_length=120, unique=True)
    is_secret = models.BooleanField(_("secret"), default=False)
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next try"))
    queued_at = models.DateTimeField(_("written"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    # What the operator calls it, and what it said when it refused.
    reference = models.CharField(_("operator's reference"), max_length=80, blank=True)
    error = models.CharField(_("last error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)),
                name="message_sent_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(is_secret=True, state__in=["sent", "failed"]) | Q(text=""),
                name="message_keeps_no_secret_after_it_is_done",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at", "id"], condition=Q(state="queued"), name="message_due"),
            models.Index(fields=["to", "-queued_at"], name="message_newest_to"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.purpose} {self.key}"
