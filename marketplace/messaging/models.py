"""What the market tells people, by whatever way they chose: one outbox for all of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField


class Channel(models.TextChoices):
    """The ways to tell somebody something. ``PAGE`` is a notice on the web, which nothing has to send."""

    PAGE = "page", _("on this site")
    SMS = "sms", _("SMS")
    VOICE = "voice", _("call")
    EMAIL = "email", _("e-mail")
    PUSH = "push", _("push")


class Reader(models.Model):
    """In which language somebody wants to be told, by telephone number: also who has no account."""

    phone = PhoneNumberField(_("phone number"), unique=True)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)

    class Meta:
        verbose_name = _("reader")
        verbose_name_plural = _("readers")

    def __str__(self) -> str:
        return f"{self.phone} {self.language}"


class Choice(models.Model):
    """Whether a person wants to be told of one kind of event by one channel. No row: what is usual."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="choices")
    event = models.SlugField(_("event"), max_length=20)  # a key of messaging.events.EVENTS
    channel = models.CharField(_("channel"), max_length=5, choices=Channel)
    is_wanted = models.BooleanField(_("wanted"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "event", "channel"], name="one_choice_of_a_channel"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.event} {self.channel} {self.is_wanted}"


class Device(models.Model):
    """A browser that somebody allowed to show notices. It goes when the browser or its owner says so."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="devices")
    # The address at the maker of the browser, and the keys only that browser can read with (RFC 8291).
    endpoint = models.URLField(_("address"), max_length=500, unique=True)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=60, blank=True)
    since_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")

    def __str__(self) -> str:
        return f"{self.user_id} {self.name}"


class Notice(models.Model):
    """What a person was told on the site itself. ``key`` is that of the message: once for each person."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    event = models.SlugField(_("event"), max_length=20)
    text = models.CharField(_("text"), max_length=500)
    link = models.CharField(_("where to look"), max_length=200, blank=True)
    key = models.CharField(_("key"), max_length=120)
    at = models.DateTimeField(_("written"))
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.UniqueConstraint(fields=["key", "user"], name="one_notice_of_a_key"),
            models.CheckConstraint(condition=Q(link="") | Q(link__startswith="/"), name="notice_links_to_us"),
        ]
        indexes = [
            models.Index(fields=["user", "-at"], name="notice_newest"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.event} {self.key}"


class Message(models.Model):
    """One message or one call, written with what it tells of and sent after the commit.

    ``key`` names what is told to whom: a second row with it cannot be. A long SMS is several rows, each
    short enough for one. The text of a secret (a code) is emptied as soon as it is sent.
    """

    Channel = Channel

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting to be sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("could not be sent")

    channel = models.CharField(_("channel"), max_length=5, choices=Channel)
    # One of the three, by the channel: a telephone, an e-mail address, a browser.
    to = PhoneNumberField(_("to"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    device = models.ForeignKey(
        Device, on_delete=models.CASCADE, null=True, blank=True, verbose_name=_("device")
    )
    title = models.CharField(_("title"), max_length=120, blank=True)
    text = models.TextField(_("text"), blank=True)
    link = models.CharField(_("where to look"), max_length=200, blank=True)
    purpose = models.SlugField(_("purpose"), max_length=40)
    key = models.CharField(_("key"), max_length=140, unique=True)
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
            models.CheckConstraint(
                condition=(Q(channel__in=["sms", "voice"], email="", device=None) & ~Q(to=""))
                | (Q(channel="email", to="", device=None) & ~Q(email=""))
                | Q(channel="push", to="", email="", device__isnull=False),
                name="message_has_the_address_of_its_channel",
            ),
            # A code is for the telephone it was asked for, and for nothing that others may look at.
            models.CheckConstraint(
                condition=Q(is_secret=False) | Q(channel__in=["sms", "voice"]),
                name="secret_goes_to_the_telephone_only",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at", "id"], condition=Q(state="queued"), name="message_due"),
            models.Index(fields=["to", "-queued_at"], name="message_newest_to"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.purpose} {self.key}"
