"""How well the market knows a seller, what that allows, and how a co-operative divides its money."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .models import Seller

WHOLE = 10_000  # basis points: the shares of one day add up to it (a trigger of the database sees to that)


class LevelStep(models.Model):
    """One step of a seller's identity level, up or down: who took it and on what grounds. Never changed."""

    class Grounds(models.TextChoices):
        KNOWN = "known", _("I know the person and where they live")
        PAPERS = "papers", _("citizen's card seen")
        REGISTRATION = "registration", _("registration of the co-operative or company seen")
        DOUBT = "doubt", _("something is not right")

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="level_steps")
    level = models.PositiveSmallIntegerField(_("level"), choices=Seller.Level)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="level_steps_taken")
    grounds = models.CharField(_("grounds"), max_length=12, choices=Grounds)
    # No number and no copy of a paper: that it was seen is all the market has to know.
    note = models.CharField(_("note"), max_length=200, blank=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(level=2) | Q(grounds__in=["papers", "registration"]),
                name="level_two_is_given_on_papers",
            ),
        ]
        indexes = [models.Index(fields=["seller", "-at", "-id"], name="level_step_newest_of_seller")]

    def __str__(self) -> str:
        return f"{self.seller_id} to {self.level}"


class LevelLimit(models.Model):
    """What a seller of one level may do, from a day on. Empty: as much as they like. VND."""

    level = models.PositiveSmallIntegerField(_("level"), choices=Seller.Level)
    valid_from = models.DateField(_("valid from"))
    listed_vnd = models.PositiveBigIntegerField(_("listed in a month, VND"), null=True, blank=True)
    sold_vnd = models.PositiveBigIntegerField(_("sold in a month, VND"), null=True, blank=True)
    payout_vnd = models.PositiveBigIntegerField(_("paid out at once, VND"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        verbose_name = _("limit of an identity level")
        verbose_name_plural = _("limits of identity levels")
        constraints = [
            models.UniqueConstraint(fields=["level", "valid_from"], name="one_limit_per_level_and_first_day"),
        ]

    def __str__(self) -> str:
        return f"level {self.level} from {self.valid_from}"


class ShareTable(models.Model):
    """How the money of a co-operative divides among its people, from a day on until the next table."""

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="share_tables")
    valid_from = models.DateField(_("valid from"))
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="share_tables_written")
    written_at = models.DateTimeField(_("written"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "valid_from"], name="one_share_table_per_day"),
        ]

    def __str__(self) -> str:
        return f"{self.seller_id} from {self.valid_from}"


class Share(models.Model):
    """One person's part of a co-operative's money. A person without a telephone has a name only."""

    table = models.ForeignKey(ShareTable, on_delete=models.CASCADE, related_name="shares")
    name = models.CharField(_("name"), max_length=120)
    user = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="shares"
    )
    basis_points = models.PositiveSmallIntegerField(_("share, in hundredths of a percent"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(basis_points__gt=0, basis_points__lte=WHOLE), name="share_is_a_part_of_the_whole"
            ),
            models.UniqueConstraint(fields=["table", "name"], name="one_share_per_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.basis_points}"

    @property
    def percent(self) -> Decimal:
        return Decimal(self.basis_points) / 100
