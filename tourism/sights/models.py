"""What there is to see, and what is celebrated when. Reference data, loaded from files with their sources."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _


def _in_english() -> bool:
    return (translation.get_language() or "").startswith("en")


class Certainty(models.TextChoices):
    HIGH = "high", _("certain")
    MEDIUM = "medium", _("likely")
    LOW = "low", _("to be checked")


class Sight(models.Model):
    """A place to see. Its point is approximate: good for a distance in kilometres, not for finding a door."""

    class Kind(models.TextChoices):
        BATTLEFIELD = "battlefield", _("battlefield")
        MUSEUM = "museum", _("museum")
        MONUMENT = "monument", _("monument")
        LAKE = "lake", _("lake")
        PEAK = "peak", _("peak")
        CITADEL = "citadel", _("citadel")
        BORDER_GATE = "border-gate", _("border gate")
        HOT_SPRING = "hot-spring", _("hot spring")
        CAVE = "cave", _("cave")
        PASS = "pass", _("mountain pass")
        MILESTONE = "milestone", _("milestone")
        RESERVE = "reserve", _("nature reserve")
        PLATEAU = "plateau", _("stone plateau")
        TEA_FOREST = "tea-forest", _("ancient tea forest")
        MARKET = "market", _("market")
        TOWER = "tower", _("tower")
        VILLAGE = "village", _("village")

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    commune = models.ForeignKey(
        "places.Commune", on_delete=models.PROTECT, related_name="sights", verbose_name=_("commune today")
    )
    unit = models.ForeignKey(
        "places.Commune", on_delete=models.PROTECT, related_name="+", verbose_name=_("former unit")
    )
    lat = models.FloatField(_("latitude"))  # degrees (WGS 84)
    lon = models.FloatField(_("longitude"))
    source = models.CharField(_("source"), max_length=40)
    certainty = models.CharField(_("certainty"), max_length=6, choices=Certainty)

    class Meta:
        verbose_name = _("sight")
        verbose_name_plural = _("sights")
        constraints = [
            models.CheckConstraint(
                condition=Q(lat__gte=20.7, lat__lte=22.8, lon__gte=101.9, lon__lte=103.8),
                name="sight_lies_in_the_province",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        """The name in the language of the page."""
        return self.name_en if _in_english() else self.name


class Festival(models.Model):
    """A festival of a commune. Days are known only of those that are the same every year (``calendar``)."""

    class Calendar(models.TextChoices):
        SOLAR = "solar", _("solar calendar")
        LUNAR = "lunar", _("lunar calendar")

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    commune = models.ForeignKey("places.Commune", on_delete=models.PROTECT, related_name="festivals")
    when = models.CharField(_("when"), max_length=120)
    when_en = models.CharField(_("when, in English"), max_length=120)
    calendar = models.CharField(_("calendar"), max_length=5, choices=Calendar, blank=True)
    # "03-13": month and day of ``calendar``. Empty where the days are announced every year.
    first_day = models.CharField(_("first day"), max_length=5, blank=True)
    last_day = models.CharField(_("last day"), max_length=5, blank=True)
    months = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("months")
    )  # solar, to expect it in
    source = models.CharField(_("source"), max_length=40)
    certainty = models.CharField(_("certainty"), max_length=6, choices=Certainty)

    class Meta:
        verbose_name = _("festival")
        verbose_name_plural = _("festivals")
        constraints = [
            models.CheckConstraint(
                condition=Q(calendar="", first_day="", last_day="")
                | (~Q(calendar="") & Q(first_day__regex=r"^\d\d-\d\d$") & Q(last_day__regex=r"^\d\d-\d\d$")),
                name="festival_days_are_of_a_calendar",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        """The name in the language of the page."""
        return self.name_en if _in_english() else self.name

    @property
    def when_said(self) -> str:
        """When it is, in the language of the page."""
        return self.when_en if _in_english() else self.when
