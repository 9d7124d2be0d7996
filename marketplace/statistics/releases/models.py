"""What was published: releases with their tables, never changed, and the rules they were made by."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.places.dated import DatedRule, ends_after_it_begins, only_one_a_day


class PublicationRule(DatedRule):
    """How closely nobody's sales may be estimated from what is published, and how it is rounded.

    How many contributors a figure needs at least stands in ``statistics.DisclosureRule``.
    """

    p_percent = models.PositiveSmallIntegerField(_("nobody is estimated within, %"))
    round_to_vnd = models.PositiveIntegerField(_("money is rounded to, VND"), default=1)

    class Meta:
        verbose_name = _("publication rule")
        verbose_name_plural = _("publication rules")
        constraints = [
            ends_after_it_begins("publication_rule_ends_after_it_begins"),
            only_one_a_day("one_publication_rule_a_day"),
            models.CheckConstraint(
                condition=Q(p_percent__gte=1, round_to_vnd__gte=1), name="publication_rule_is_a_rule"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from}: p = {self.p_percent} %"


class Waiver(models.Model):
    """A seller's consent that figures may show what it sold, until it is withdrawn.

    What was released meanwhile stays published: that is said before anybody consents.
    """

    seller = models.ForeignKey("sellers.Seller", on_delete=models.PROTECT, related_name="waivers")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    consented_at = models.DateTimeField(_("consented"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("consent to be shown in figures")
        verbose_name_plural = _("consents to be shown in figures")
        constraints = [
            models.UniqueConstraint(
                fields=["seller"], condition=Q(withdrawn_at=None), name="one_open_waiver_per_seller"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("consented_at")),
                name="waiver_withdrawn_after_consent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seller_id} from {self.consented_at:%Y-%m-%d}"


class Release(models.Model):
    """The figures of a month and of its year so far, as they were known at ``as_of``. Written once.

    ``header`` is canonical JSON with the digest of every table and the hash of the release before;
    ``hash`` is its SHA-256 and ``signature`` the Ed25519 signature of that. So no release can be changed,
    left out or put in later without all that follow showing it. A revision is a release of its own.
    """

    number = models.PositiveIntegerField(_("number"), unique=True)
    month = models.DateField(_("month"))  # its first day
    revision = models.PositiveSmallIntegerField(_("revision"), default=0)
    as_of = models.DateTimeField(_("as of"))
    made_at = models.DateTimeField(_("made"))
    changelog = models.TextField(_("what changed"))
    header = models.TextField(_("signed header"))
    hash = models.CharField(_("hash"), max_length=64, unique=True)
    previous = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="next"
    )
    signature = models.CharField(_("signature"), max_length=128)
    public_key = models.CharField(_("key"), max_length=64)

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        constraints = [
            models.UniqueConstraint(fields=["month", "revision"], name="one_release_per_month_and_revision"),
            models.CheckConstraint(
                condition=Q(previous=None, number=1) | Q(previous__isnull=False, number__gt=1),
                name="every_release_but_the_first_follows_one",
            ),
            models.CheckConstraint(condition=Q(as_of__lte=F("made_at")), name="release_made_after_as_of"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.month:%Y-%m} r{self.revision}"


class ReleaseTable(models.Model):
    """One table of a release as canonical JSON, with its metadata; ``digest`` is its SHA-256."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="tables")
    name = models.CharField(_("name"), max_length=40)
    document = models.TextField(_("document"))
    digest = models.CharField(_("digest"), max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "name"], name="one_table_per_name")]

    def __str__(self) -> str:
        return f"{self.release_id} {self.name}"


class VisitCount(models.Model):
    """What a release counted of one host in ``month``: nights and guests in a commune, or guests from a home.

    Written with the release and never published: only sums of several hosts are. ``home`` is a country, or
    "VN-" and a province, and empty for nights.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="visits")
    month = models.DateField(_("month"))  # the release's, or one before its year's first release
    seller = models.ForeignKey("sellers.Seller", on_delete=models.PROTECT, related_name="+")
    commune = models.ForeignKey(
        "places.Commune", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    home = models.CharField(_("home"), max_length=5, blank=True)
    open_nights = models.PositiveIntegerField(_("nights for sale"), default=0)
    nights = models.PositiveIntegerField(_("nights"), default=0)
    guests = models.PositiveIntegerField(_("guests"), default=0)
    guest_nights = models.PositiveIntegerField(_("guest nights"), default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["release", "month", "seller", "commune", "home"],
                name="one_visit_count_per_host_and_place",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(commune=None) ^ Q(home=""), name="visits_are_counted_by_commune_or_by_home"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release_id} {self.month:%Y-%m} {self.seller_id} {self.home or self.commune_id}"
