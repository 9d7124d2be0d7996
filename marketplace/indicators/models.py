"""What is measured, what is to be reached, what only others know, and how the market comes to a commune."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from marketplace.places.dated import DatedRule, ends_after_it_begins, only_one_a_day


class Bilingual(models.Model):
    """A row whose words are data: each field in Vietnamese (``_vi``) and in English (``_en``)."""

    class Meta:
        abstract = True

    def in_words(self, field: str) -> str:
        """Return a field in the language of the page; Vietnamese where that is not English."""
        language = "en" if (get_language() or "").startswith("en") else "vi"
        return str(getattr(self, f"{field}_{language}"))


class Card(DatedRule, Bilingual):
    """One indicator as it is defined during some days: what it says, and how it is counted.

    Its figure is ``numerator`` over ``denominator`` times ``per``: names of counts (see ``counting``), or
    ``fact:`` and the key of a Fact. Without a denominator it is the numerator; without a numerator nobody
    can count it, and ``missing`` says what there is no source of.
    """

    class Pack(models.TextChoices):
        DIGITAL_GOVERNMENT = "digital-government", _("digital government")
        DIGITAL_ECONOMY = "digital-economy", _("digital economy")
        DIGITAL_SOCIETY = "digital-society", _("digital society")
        NEW_RURAL = "new-rural", _("new-rural programme (NTM)")
        OCOP = "ocop", _("one commune, one product (OCOP)")
        POVERTY = "poverty", _("poverty reduction")
        TOURISM = "tourism", pgettext_lazy("indicators", "tourism")
        ROLL_OUT = "roll-out", _("roll-out of the market")

    class Pillar(models.TextChoices):
        GOVERNMENT = "government", _("Digital government")
        ECONOMY = "economy", _("Digital economy")
        SOCIETY = "society", _("Digital society")

    class Span(models.TextChoices):
        MONTH = "month", pgettext_lazy("indicators", "month")
        YEAR = "year", pgettext_lazy("indicators", "year so far")
        DAY = "day", _("state on the last day")

    class Unit(models.TextChoices):
        PERCENT = "percent", "%"
        VND = "vnd", "₫"
        NUMBER = "number", pgettext_lazy("indicators", "number")
        PER_THOUSAND = "per-1000", _("per 1,000 people")

    code = models.CharField(_("code"), max_length=12)
    pack = models.CharField(_("pack"), max_length=20, choices=Pack)
    pillar = models.CharField(_("pillar"), max_length=10, choices=Pillar)
    place = models.PositiveSmallIntegerField(_("place in the pack"))
    name_vi = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    definition_vi = models.TextField()
    definition_en = models.TextField()
    formula_vi = models.TextField()
    formula_en = models.TextField()
    counted_from_vi = models.CharField(max_length=200)
    counted_from_en = models.CharField(max_length=200)
    breakdown_vi = models.CharField(max_length=120)
    breakdown_en = models.CharField(max_length=120)
    responsible_vi = models.CharField(max_length=120)
    responsible_en = models.CharField(max_length=120)
    missing_vi = models.CharField(max_length=300, blank=True)
    missing_en = models.CharField(max_length=300, blank=True)
    span = models.CharField(pgettext_lazy("indicators", "period"), max_length=5, choices=Span)
    unit = models.CharField(_("unit"), max_length=8, choices=Unit)
    numerator = models.CharField(_("what is counted"), max_length=60, blank=True)
    denominator = models.CharField(_("out of what"), max_length=60, blank=True)
    per = models.PositiveIntegerField(_("times"), default=1)

    class Meta:
        verbose_name = _("definition card")
        verbose_name_plural = _("definition cards")
        constraints = [
            ends_after_it_begins("card_ends_after_it_begins"),
            only_one_a_day("one_card_per_code_a_day", "code"),
            models.CheckConstraint(
                condition=Q(numerator="", denominator="") & ~Q(missing_vi="") & ~Q(missing_en="")
                | ~Q(numerator="") & Q(missing_vi="", missing_en=""),
                name="card_is_counted_or_says_what_is_missing",
            ),
            models.CheckConstraint(condition=Q(per__gte=1), name="card_multiplies_by_at_least_one"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.valid_from}"

    @property
    def name(self) -> str:
        return self.in_words("name")

    @property
    def definition(self) -> str:
        return self.in_words("definition")

    @property
    def formula(self) -> str:
        return self.in_words("formula")

    @property
    def counted_from(self) -> str:
        return self.in_words("counted_from")

    @property
    def breakdown(self) -> str:
        return self.in_words("breakdown")

    @property
    def responsible(self) -> str:
        return self.in_words("responsible")

    @property
    def missing(self) -> str:
        return self.in_words("missing")

    @property
    def names_counted(self) -> list[str]:
        """What has to be counted for its figure."""
        return [name for name in (self.numerator, self.denominator) if name]


class Target(DatedRule):
    """What an indicator is to reach: in the province, or in one commune of today by its code."""

    code = models.CharField(_("indicator"), max_length=12)
    commune_code = models.CharField(_("commune"), max_length=5, blank=True)
    value = models.DecimalField(_("target"), max_digits=18, decimal_places=2)
    set_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("target of an indicator")
        verbose_name_plural = _("targets of indicators")
        constraints = [
            ends_after_it_begins("indicator_target_ends_after_it_begins"),
            only_one_a_day("one_indicator_target_a_day", "code", "commune_code"),
            models.CheckConstraint(condition=Q(value__gte=0), name="indicator_target_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.commune_code} {self.valid_from}: {self.value}"


class Fact(DatedRule):
    """A figure that only others know, such as the province's product: with its source, and since when."""

    class Key(models.TextChoices):
        OCOP_RECOGNISED = "ocop-recognised", _("OCOP products recognised in the province")
        COOPERATIVES = "cooperatives", _("co-operatives of the province")
        GRDP_VND = "grdp-vnd", _("gross regional domestic product of a year, VND")
        HOUSEHOLDS = "households", _("households")
        POOR_HOUSEHOLDS = "poor-households", _("poor households")
        ONLINE_HOUSEHOLDS = "online-households", _("households with an internet connection")
        NEW_RURAL_COMMUNES = "new-rural-communes", _("communes recognised as new-rural")
        COVERED_PERCENT = "covered-percent", _("hamlets with a mobile network, %")
        WALLET_POINTS = "wallet-points", _("points where a wallet is filled and emptied")

    key = models.CharField(_("figure"), max_length=20, choices=Key)
    commune_code = models.CharField(_("commune"), max_length=5, blank=True)  # empty: of the whole province
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=2)
    entered_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("figure from elsewhere")
        verbose_name_plural = _("figures from elsewhere")
        constraints = [
            ends_after_it_begins("fact_ends_after_it_begins"),
            only_one_a_day("one_fact_a_day", "key", "commune_code"),
            models.CheckConstraint(condition=Q(value__gte=0), name="fact_is_not_negative"),
            models.CheckConstraint(condition=~Q(source=""), name="fact_has_a_source"),
            models.CheckConstraint(
                condition=~Q(key="covered-percent") | Q(value__lte=100), name="coverage_is_at_most_all"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.commune_code} {self.valid_from}: {self.value}"


class RollOut(models.Model):
    """A commune in the plan: when the market comes to it. The pilot is wave 1.

    It is planned, then prepared from ``begun_at`` on, and live since ``live_at``.
    """

    PILOT = 1

    commune = models.OneToOneField("places.Commune", on_delete=models.PROTECT, related_name="roll_out")
    wave = models.PositiveSmallIntegerField(_("wave"))
    planned_on = models.DateField(_("planned to begin"))
    begun_at = models.DateTimeField(_("begun"), null=True, blank=True)
    live_at = models.DateTimeField(_("live since"), null=True, blank=True)
    planned_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("commune in the roll-out")
        verbose_name_plural = _("communes in the roll-out")
        constraints = [
            models.CheckConstraint(condition=Q(wave__range=(1, 20)), name="roll_out_wave_is_1_to_20"),
            models.CheckConstraint(
                condition=Q(live_at=None) | Q(begun_at__isnull=False, live_at__gte=F("begun_at")),
                name="commune_is_live_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commune_id} in wave {self.wave}"

    @property
    def is_pilot(self) -> bool:
        return self.wave == self.PILOT


class Step(DatedRule, Bilingual):
    """One line of the checklist of a commune.

    With ``counted`` the market sees by itself whether it is done: once that count is ``at_least``. The rest
    officials tick, and say how they did it.
    """

    code = models.CharField(_("code"), max_length=20)
    place = models.PositiveSmallIntegerField(_("place in the list"))
    name_vi = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    why_vi = models.CharField(max_length=300)
    why_en = models.CharField(max_length=300)
    counted = models.CharField(_("what is counted"), max_length=60, blank=True)
    at_least = models.PositiveIntegerField(_("at least"), default=1)

    class Meta:
        verbose_name = _("step of the checklist")
        verbose_name_plural = _("steps of the checklist")
        constraints = [
            ends_after_it_begins("step_ends_after_it_begins"),
            only_one_a_day("one_step_per_code_a_day", "code"),
            models.CheckConstraint(condition=Q(at_least__gte=1), name="step_asks_for_at_least_one"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.valid_from}"

    @property
    def name(self) -> str:
        return self.in_words("name")

    @property
    def why(self) -> str:
        return self.in_words("why")


class StepMark(models.Model):
    """An official says that a step is done, or not after all, and how. Only added to; the last one counts."""

    id = models.UUIDField(primary_key=True)  # made with the form: sending twice marks once
    roll_out = models.ForeignKey(RollOut, on_delete=models.PROTECT, related_name="marks")
    step_code = models.CharField(_("step"), max_length=20)
    is_done = models.BooleanField(_("done"))
    words = models.CharField(_("how it was done"), max_length=500, blank=True)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("mark on a checklist")
        verbose_name_plural = _("marks on checklists")
        indexes = [models.Index(fields=["roll_out", "step_code", "-at"], name="newest_mark_of_step")]

    def __str__(self) -> str:
        return f"{self.roll_out_id} {self.step_code} {'done' if self.is_done else 'open'}"
