"""How goods reach the buyer: provinces and their zones, post offices, rates, and an order's destination."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Province(models.Model):
    """One of the 34 provinces and cities, with its postal zone. Điện Biên's zone depends on the commune."""

    code = models.CharField(_("code"), max_length=2, primary_key=True)
    name = models.CharField(_("name"), max_length=60)
    zone = models.CharField(_("zone"), max_length=2, blank=True)

    class Meta:
        verbose_name = _("province")
        verbose_name_plural = _("provinces")

    def __str__(self) -> str:
        return self.name


class PostOffice(models.Model):
    """A post office or commune culture post point, where a parcel can be collected."""

    code = models.CharField(_("post code"), max_length=6, unique=True)
    name = models.CharField(_("name"), max_length=80)
    commune = models.ForeignKey("places.Commune", on_delete=models.PROTECT, related_name="post_offices")
    address = models.CharField(_("address"), max_length=200)

    class Meta:
        verbose_name = _("post office")
        verbose_name_plural = _("post offices")

    def __str__(self) -> str:
        return self.name


class Rate(models.Model):
    """What a parcel costs in a zone from a day on: the first ``first_g`` grams, then every step begun."""

    zone = models.CharField(_("zone"), max_length=2)
    valid_from = models.DateField(_("valid from"))
    first_g = models.PositiveIntegerField(_("first grams"))
    first_vnd = models.PositiveIntegerField(_("price of the first grams, VND"))
    step_g = models.PositiveIntegerField(_("step, grams"))
    step_vnd = models.PositiveIntegerField(_("price per step, VND"))
    days = models.PositiveSmallIntegerField(_("days on the way"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["zone", "valid_from"], name="one_rate_per_zone_and_day"),
            models.CheckConstraint(condition=Q(step_g__gt=0), name="rate_has_a_step"),
        ]

    def __str__(self) -> str:
        return f"{self.zone} from {self.valid_from}"


class Destination(models.Model):
    """Where the goods of an order go. Orders of nights alone have none."""

    class Method(models.TextChoices):
        HOME = "home", _("to the door")
        POST_OFFICE = "post-office", _("collect at a post office")

    order = models.OneToOneField("order.Order", on_delete=models.PROTECT, related_name="destination")
    method = models.CharField(_("method"), max_length=12, choices=Method)
    province = models.ForeignKey(Province, on_delete=models.PROTECT)
    commune = models.ForeignKey("places.Commune", on_delete=models.PROTECT, null=True, blank=True)
    post_office = models.ForeignKey(PostOffice, on_delete=models.PROTECT, null=True, blank=True)
    detail = models.CharField(_("hamlet, house, landmark"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(method="post-office", post_office__isnull=False)
                | (Q(method="home") & ~Q(detail="")),
                name="destination_can_be_found",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.method}"
