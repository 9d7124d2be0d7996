"""Where goods can be sent: provinces and their zones, post offices with their hours, and the routes between.

The offices of the public list are real. What is marked ``is_simulated`` was made by ``build_network`` for a
network of the size the province has, until the post gives its own lists.
"""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
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


class FormerProvince(models.Model):
    """One of the 63 provinces and cities of before 1 July 2025, and which it is part of today."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    # Without accents and without the word for its kind, see places.text.fold.
    folded = models.CharField(_("folded name"), max_length=60, unique=True)
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="former")

    class Meta:
        verbose_name = _("former province")
        verbose_name_plural = _("former provinces")

    def __str__(self) -> str:
        return self.name


class PostOffice(models.Model):
    """A post office or commune culture post point, where a parcel can be collected.

    ``hub`` is the office whose routes serve it; a hub has none, and its parcels go by the central office.
    """

    code = models.CharField(_("post code"), max_length=6, unique=True)
    name = models.CharField(_("name"), max_length=80)
    commune = models.ForeignKey("places.Commune", on_delete=models.PROTECT, related_name="post_offices")
    # The unit of before 1 July 2025, where it is known: the nearest office of a farm is that of its old unit.
    unit = models.ForeignKey("places.Commune", on_delete=models.PROTECT, null=True, related_name="+")
    address = models.CharField(_("address"), max_length=200)
    hub = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="points")
    is_simulated = models.BooleanField(_("simulated"), default=False)

    class Meta:
        verbose_name = _("post office")
        verbose_name_plural = _("post offices")

    def __str__(self) -> str:
        return self.name


class OpeningHours(models.Model):
    """When a post office is open on a day of the week: 0 is Monday. A day without a row it is closed."""

    office = models.ForeignKey(PostOffice, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(_("day of the week"))
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        constraints = [
            models.UniqueConstraint(fields=["office", "weekday"], name="office_opens_once_a_day"),
            models.CheckConstraint(
                condition=Q(weekday__lte=6, opens__lt=F("closes")), name="office_closes_after_it_opens"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.weekday} {self.opens}–{self.closes}"


class Route(models.Model):
    """A postal road: from ``office`` through its stops and back on the same day, on some days of the week."""

    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=120)
    office = models.ForeignKey(PostOffice, on_delete=models.PROTECT, related_name="routes")
    weekdays: ArrayField = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("days of the week, 0 is Monday")
    )
    is_simulated = models.BooleanField(_("simulated"), default=False)

    class Meta:
        verbose_name = _("route")
        verbose_name_plural = _("routes")
        constraints = [
            models.CheckConstraint(
                condition=Q(weekdays__contained_by=[0, 1, 2, 3, 4, 5, 6], weekdays__len__gt=0),
                name="route_goes_on_some_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def goes_on(self, day: date) -> bool:
        """Whether it goes on ``day``."""
        return day.weekday() in self.weekdays


class RouteStop(models.Model):
    """A post office on a route. An office is on one route of its hub."""

    route = models.ForeignKey(Route, on_delete=models.CASCADE, related_name="stops")
    office = models.OneToOneField(PostOffice, on_delete=models.PROTECT, related_name="stop")
    place = models.PositiveSmallIntegerField(_("place on the route"))

    class Meta:
        verbose_name = _("stop")
        verbose_name_plural = _("stops")
        constraints = [models.UniqueConstraint(fields=["route", "place"], name="one_stop_per_place")]

    def __str__(self) -> str:
        return f"{self.route_id} {self.place}"
