"""The communes of Điện Biên, today's and those before 1 July 2025, and the map that shows them.

A code alone names nothing: all 45 codes of today were used before the merger, 21 of them by a unit
of another name. A unit is known by its code and the day from which it was valid.
"""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

MERGER_ON = date(2025, 7, 1)  # the first day of the 45 communes; the 129 units ended the day before


HOME = "11"  # Điện Biên, where the market began


class Province(models.Model):
    """A province or city whose communes the market knows, by its code of the General Statistics Office.

    Another one is a folder of files: `manage.py load_places --data DIR`.
    """

    code = models.CharField(_("code"), max_length=2, primary_key=True)
    name = models.CharField(_("name"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("province")
        verbose_name_plural = _("provinces")
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^\d{2}$"), name="province_code_has_two_digits")
        ]

    def __str__(self) -> str:
        return self.name


class District(models.Model):
    """One of the ten districts, which were abolished on 1 July 2025."""

    code = models.CharField(_("code"), max_length=3, unique=True)
    name = models.CharField(_("name"), max_length=60)
    poor_2020 = models.CharField(_("poor district programme of 2020"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("former district")
        verbose_name_plural = _("former districts")

    def __str__(self) -> str:
        return self.name


class CommuneQuerySet(models.QuerySet["Commune"]):
    def valid_on(self, day: date) -> "CommuneQuerySet":
        """The units that existed on ``day``: 45 since the merger, 129 before it."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)


class Commune(models.Model):
    """A unit of the lowest level (xã, phường, thị trấn) during the time it was valid."""

    class Kind(models.TextChoices):
        COMMUNE = "xã", _("commune")
        WARD = "phường", _("ward")
        TOWN = "thị trấn", _("town")

    class Zone(models.TextChoices):
        ONE = "I", _("zone I")
        TWO = "II", _("zone II")
        THREE = "III", _("zone III")

    class Certainty(models.TextChoices):
        CERTAIN = "certain", _("certain")
        LIKELY = "likely", _("likely")

    code = models.CharField(_("code"), max_length=5)
    name = models.CharField(_("name"), max_length=60)
    full_name = models.CharField(_("full name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    name_ascii = models.CharField(_("name without accents"), max_length=60)
    slug = models.SlugField(_("slug"), max_length=60)
    alt_spellings = ArrayField(
        models.CharField(max_length=60), verbose_name=_("other spellings"), default=list
    )
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid until (exclusive)"), null=True, blank=True)  # empty: valid today
    province = models.ForeignKey(
        Province, on_delete=models.PROTECT, default=HOME, db_default=HOME, related_name="communes"
    )
    # Known of the units before the merger only.
    district = models.ForeignKey(
        District, on_delete=models.PROTECT, null=True, blank=True, related_name="communes"
    )
    ntm_status = models.CharField(_("new-rural status"), max_length=40, blank=True)
    ntm_year = models.PositiveSmallIntegerField(_("new-rural year"), null=True, blank=True)
    # Known of today's units only. The population is the figure of the merger, not of the yearbook.
    former_districts = models.CharField(_("former districts"), max_length=120, blank=True)
    area_km2 = models.DecimalField(_("area (km²)"), max_digits=7, decimal_places=2, null=True, blank=True)
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    admin_seat = models.CharField(_("administrative seat"), max_length=120, blank=True)
    zone = models.CharField(_("zone 2026-2030"), max_length=3, choices=Zone.choices, blank=True)
    # Known of both.
    border = models.BooleanField(_("touches Laos or China"), default=False)
    border_certainty = models.CharField(
        _("certainty of the border"), max_length=10, choices=Certainty.choices, blank=True
    )
    lat = models.FloatField(_("latitude"), null=True, blank=True)  # a point inside, in degrees (WGS 84)
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    # What people may call it, the closest first: its names, then those of the units it was made of.
    search_terms = ArrayField(models.CharField(max_length=80), verbose_name=_("search terms"), default=list)
    search_text = models.TextField(_("folded search terms"), blank=True)  # fold()ed, one a line

    objects = CommuneQuerySet.as_manager()

    class Meta:
        verbose_name = _("commune")
        verbose_name_plural = _("communes")
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="one_unit_per_code_and_first_day"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(valid_to=None), name="one_unit_of_today_per_code"
            ),
            models.CheckConstraint(condition=Q(code__regex=r"^\d{5}$"), name="commune_code_has_five_digits"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="commune_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(area_km2=None) | Q(area_km2__gt=0), name="commune_area_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(zone__in=["", "I", "II", "III"]), name="commune_zone_is_one_of_three"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def is_valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class Succession(models.Model):
    """The whole of ``old`` became part of ``new``. No unit was split, so each has one successor."""

    old = models.OneToOneField(Commune, on_delete=models.CASCADE, related_name="became")
    new = models.ForeignKey(Commune, on_delete=models.CASCADE, related_name="made_of")

    class Meta:
        verbose_name = _("succession")
        verbose_name_plural = _("successions")
        constraints = [
            models.CheckConstraint(condition=~Q(old=F("new")), name="no_unit_succeeds_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.old_id} → {self.new_id}"


class Neighbour(models.Model):
    """Two units of the same time that share a border. One row a pair: the code of ``a`` is the lower."""

    a = models.ForeignKey(Commune, on_delete=models.CASCADE, related_name="+")
    b = models.ForeignKey(Commune, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("pair of neighbours")
        verbose_name_plural = _("pairs of neighbours")
        constraints = [
            models.UniqueConstraint(fields=["a", "b"], name="one_row_per_pair_of_neighbours"),
            models.CheckConstraint(condition=~Q(a=F("b")), name="no_unit_neighbours_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.a_id} – {self.b_id}"


class Hamlet(models.Model):
    """A bản, thôn or tổ: the line of an address below the commune."""

    name = models.CharField(_("name"), max_length=80)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="hamlets")

    class Meta:
        verbose_name = _("hamlet")
        verbose_name_plural = _("hamlets")
        constraints = [
            models.UniqueConstraint(fields=["commune", "name"], name="one_hamlet_per_name_in_a_commune"),
        ]

    def __str__(self) -> str:
        return self.name


class MapSheet(models.Model):
    """One drawing of all communes of a province: SVG paths in the units of ``viewbox``, north at the top."""

    province = models.ForeignKey(
        Province, on_delete=models.CASCADE, default=HOME, db_default=HOME, related_name="maps"
    )
    source = models.CharField(_("source"), max_length=120, unique=True)  # the file it was drawn from
    credit = models.CharField(_("credit"), max_length=240)
    viewbox = models.CharField(_("SVG viewBox"), max_length=40)
    is_schematic = models.BooleanField(_("schematic"))
    created_at = models.DateTimeField(_("drawn"))

    class Meta:
        verbose_name = _("map")
        verbose_name_plural = _("maps")

    def __str__(self) -> str:
        return self.source


class MapShape(models.Model):
    """The outline of one commune on one map, and the point where its name is best written."""

    sheet = models.ForeignKey(MapSheet, on_delete=models.CASCADE, related_name="shapes")
    commune = models.ForeignKey(Commune, on_delete=models.CASCADE, related_name="shapes")
    path = models.TextField(_("SVG path"))
    label_x = models.PositiveSmallIntegerField(_("label x"))
    label_y = models.PositiveSmallIntegerField(_("label y"))

    class Meta:
        verbose_name = _("shape on a map")
        verbose_name_plural = _("shapes on a map")
        constraints = [
            models.UniqueConstraint(fields=["sheet", "commune"], name="one_shape_per_commune_on_a_map"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id}: {self.commune_id}"
