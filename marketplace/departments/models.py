"""Other departments' systems: what they may ask, asked, and are told; and reports by e-mail."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Department(models.Model):
    """A department of the state whose programs ask us, with how often a day and about which communes.

    Without ``communes`` it may ask about the whole province.
    """

    name = models.CharField(_("name"), max_length=160, unique=True)
    email = models.EmailField(_("e-mail"), blank=True)
    communes = models.ManyToManyField(
        "places.Commune", verbose_name=_("communes"), related_name="+", blank=True
    )
    daily_calls = models.PositiveIntegerField(_("calls a day at most"), default=5_000)
    is_active = models.BooleanField(_("may call"), default=True)
    is_sample = models.BooleanField(_("sample data"), default=False)

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        constraints = [
            models.CheckConstraint(
                condition=Q(daily_calls__gte=1, daily_calls__lte=1_000_000),
                name="department_calls_once_to_a_million_times_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Key(models.Model):
    """A secret that a department's program shows with every call; only its digest is kept.

    ``id`` is made with the form that asks for the key, so that pressing twice makes one.
    """

    class Scope(models.TextChoices):
        SALES = "sales", _("sales of any days, added up")
        DAILY = "daily", _("rows of each day, unit and product group")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="keys")
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope), verbose_name=_("what it may ask"))
    beginning = models.CharField(_("begins with"), max_length=12)  # to tell keys apart
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("key of a department")
        verbose_name_plural = _("keys of departments")
        constraints = [
            models.CheckConstraint(condition=~Q(scopes=[]), name="department_key_may_ask_something"),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(revoked_at__gte=F("made_at")),
                name="department_key_revoked_after_it_was_made",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.beginning}… of {self.department_id}"


class CallsOfDay(models.Model):
    """How often a department called on a day: what its quota is held against."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="days")
    called_on = models.DateField(_("day"))
    calls = models.PositiveIntegerField(_("calls"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["department", "called_on"], name="one_count_per_department_day"),
        ]

    def __str__(self) -> str:
        return f"{self.department_id} {self.called_on}: {self.calls}"


class Call(models.Model):
    """One question that a key asked about figures not everybody may see. Kept for two years."""

    key = models.ForeignKey(Key, on_delete=models.PROTECT, related_name="calls")
    asked_at = models.DateTimeField(_("asked"), db_index=True)
    address = models.CharField(_("address"), max_length=300)

    class Meta:
        verbose_name = _("call of a department")
        verbose_name_plural = _("calls of departments")

    def __str__(self) -> str:
        return f"{self.asked_at} {self.address}"


class Webhook(models.Model):
    """An address of a department that is told of new releases, until it is ended.

    What is sent is signed with a secret that follows from ``id`` and ``version``; see ``webhooks.secret_of``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="webhooks")
    url = models.URLField(_("address"), max_length=300)
    version = models.PositiveSmallIntegerField(_("number of its secret"), default=1)
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        constraints = [
            models.UniqueConstraint(
                fields=["department", "url"], condition=Q(ended_at=None), name="one_open_webhook_per_address"
            ),
        ]

    def __str__(self) -> str:
        return self.url


class Outgoing(models.Model):
    """Something that leaves the house after the commit, and is tried again with growing pauses."""

    class State(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("delivery", "waiting to be sent")
        SENT = "sent", pgettext_lazy("delivery", "sent")
        FAILED = "failed", pgettext_lazy("delivery", "could not be sent")

    state = models.CharField(_("state"), max_length=6, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    queued_at = models.DateTimeField(_("written"))
    next_try_at = models.DateTimeField(_("next try"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    error = models.CharField(_("last error"), max_length=200, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent"),
                name="%(class)s_sent_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state="queued"), name="%(class)s_due"),
        ]


class Delivery(Outgoing):
    """A release told to a webhook, or (without a release) a test. ``id`` is the same for every try."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="deliveries")
    release = models.ForeignKey(
        "releases.Release", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    body = models.TextField(_("body"))

    class Meta(Outgoing.Meta):
        verbose_name = _("delivery to a webhook")
        verbose_name_plural = _("deliveries to webhooks")
        constraints = [
            *Outgoing.Meta.constraints,
            models.UniqueConstraint(fields=["webhook", "release"], name="one_delivery_per_release"),
        ]

    def __str__(self) -> str:
        return f"{self.webhook_id} {self.release_id} {self.state}"


class Subscription(models.Model):
    """An official's wish to get the figures of their communes by e-mail every week or month.

    Nothing is sent before the address answered (``confirmed_at``), and what is sent is what the official may
    see at that time.
    """

    class Every(models.TextChoices):
        WEEK = "week", _("every week")
        MONTH = "month", _("every month")

    official = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="subscriptions")
    every = models.CharField(_("how often"), max_length=5, choices=Every)
    email = models.EmailField(_("e-mail"))
    asked_at = models.DateTimeField(_("asked"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("report by e-mail")
        verbose_name_plural = _("reports by e-mail")
        constraints = [
            models.UniqueConstraint(
                fields=["official", "every"], condition=Q(ended_at=None), name="one_open_report_of_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.official_id} {self.every}"


class Report(Outgoing):
    """The report of one week or month to one official; the request to confirm is one without days."""

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="reports")
    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(_("last day"), null=True, blank=True)

    class Meta(Outgoing.Meta):
        verbose_name = _("sent report")
        verbose_name_plural = _("sent reports")
        constraints = [
            *Outgoing.Meta.constraints,
            models.UniqueConstraint(
                fields=["subscription", "first_day"],
                name="one_report_per_period",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(first_day=None, last_day=None) | Q(first_day__lte=F("last_day")),
                name="report_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.first_day}"
