"""What a host asks and offers: cancellation policies, prices by date, rules of booking, meals and add-ons.

Tables only, part of ``tourism.models``; ``policies``, ``pricing``, ``rules`` and ``add_ons`` know what they
mean.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class CancellationPolicy(models.Model):
    """What goes back to a guest who cancels, by the hours before it begins. Holds from ``valid_from`` on.

    ``steps`` are ``{"hours_before": 24, "refund_percent": 100}``: the first that is still kept decides, and
    after the last nothing goes back. A change is a new row; what was booked keeps what was agreed.
    """

    class Code(models.TextChoices):
        FLEXIBLE = "flexible", _("flexible")
        MODERATE = "moderate", _("moderate")
        FIRM = "firm", _("firm")
        STRICT = "strict", _("strict")

    code = models.CharField(_("code"), max_length=10, choices=Code)
    valid_from = models.DateField(_("valid from"))
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60)
    text = models.TextField(_("text"))
    text_en = models.TextField(_("English text"))
    steps = models.JSONField(_("steps"))

    class Meta:
        verbose_name = _("cancellation policy")
        verbose_name_plural = _("cancellation policies")
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="one_policy_of_a_name_per_day"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.valid_from}"


class Feast(models.TextChoices):
    """Days of the year on which prices differ; ``feasts`` knows when they are."""

    NEW_YEAR = "new-year", _("New Year")
    TET = "tet", _("Tết")
    HOA_BAN = "hoa-ban", _("Hoa Ban festival")
    HUNG_KINGS = "hung-kings", _("Hùng Kings' day")
    REUNIFICATION = "reunification", _("30 April and 1 May")
    VICTORY = "victory", _("Điện Biên Phủ victory, 7 May")
    NATIONAL_DAY = "national-day", _("National Day")


class PriceRule(models.Model):
    """What a night costs on some days: ``percent`` of the usual price more (or less), or ``price_vnd``.

    One rule makes the price of a night: a feast goes before a season, a season before a weekend; of two of a
    kind the later one. ``room_type`` narrows it to one kind of room.
    """

    class Kind(models.TextChoices):
        FEAST = "feast", _("festival")
        SEASON = "season", _("season")
        WEEKEND = "weekend", _("days of the week")

    stay = models.ForeignKey("tourism.Stay", on_delete=models.CASCADE, related_name="price_rules")
    room_type = models.ForeignKey("tourism.RoomType", on_delete=models.CASCADE, null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    feast = models.CharField(_("festival"), max_length=14, choices=Feast, blank=True)
    first_on = models.DateField(_("first night"), null=True, blank=True)
    last_on = models.DateField(_("last night"), null=True, blank=True)
    weekdays = models.JSONField(_("evenings"), default=list, blank=True)  # Monday is 0
    percent = models.SmallIntegerField(_("change, %"), null=True, blank=True)
    price_vnd = models.PositiveIntegerField(_("price per night, VND"), null=True, blank=True)

    class Meta:
        verbose_name = _("price rule")
        verbose_name_plural = _("price rules")
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__isnull=True) ^ Q(price_vnd__isnull=True),
                name="price_rule_says_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(percent=None) | Q(percent__gte=-90, percent__lte=400), name="price_change_is_sane"
            ),
            models.CheckConstraint(
                condition=(Q(kind="feast") & ~Q(feast=""))
                | Q(kind="season", first_on__isnull=False, last_on__gte=F("first_on"))
                | (Q(kind="weekend") & ~Q(weekdays=[])),
                name="price_rule_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stay_id} {self.kind} {self.percent or self.price_vnd}"


class BookingRule(models.Model):
    """What nights may be booked together, and when. What is empty is not asked.

    With days it holds for arrivals from ``first_on`` to ``last_on``, and goes before one without; of two of a
    kind the later one. ``arrival_days`` are weekdays, Monday is 0.
    """

    stay = models.ForeignKey("tourism.Stay", on_delete=models.CASCADE, related_name="booking_rules")
    room_type = models.ForeignKey("tourism.RoomType", on_delete=models.CASCADE, null=True, blank=True)
    first_on = models.DateField(_("first arrival"), null=True, blank=True)
    last_on = models.DateField(_("last arrival"), null=True, blank=True)
    min_nights = models.PositiveSmallIntegerField(_("at least so many nights"), null=True, blank=True)
    max_nights = models.PositiveSmallIntegerField(_("at most so many nights"), null=True, blank=True)
    arrival_days = models.JSONField(_("days of arrival"), default=list, blank=True)
    lead_hours = models.PositiveSmallIntegerField(
        _("to be booked so many hours before check-in"), null=True, blank=True
    )
    window_days = models.PositiveSmallIntegerField(
        _("to be booked at most so many days ahead"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("rule of booking")
        verbose_name_plural = _("rules of booking")
        constraints = [
            models.CheckConstraint(
                condition=Q(first_on=None, last_on=None) | Q(last_on__gte=F("first_on")),
                name="booking_rule_has_two_days_or_none",
            ),
            models.CheckConstraint(
                condition=(Q(min_nights=None) | Q(min_nights__gte=1))
                & (Q(max_nights=None) | Q(max_nights__gte=1))
                & (Q(min_nights=None) | Q(max_nights=None) | Q(max_nights__gte=F("min_nights"))),
                name="booking_rule_can_be_kept",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stay_id} {self.first_on} {self.min_nights}-{self.max_nights}"


class AddOn(models.Model):
    """A meal or something else a stay offers beside the bed; ``price_vnd`` is for one guest, or one piece."""

    class Kind(models.TextChoices):
        BREAKFAST = "breakfast", _("breakfast")
        LUNCH = "lunch", _("lunch")
        DINNER = "dinner", _("dinner")
        OTHER = "other", _("add-on")

    class Per(models.TextChoices):
        GUEST_NIGHT = "guest-night", _("per guest and night")
        GUEST = "guest", _("per guest")
        PIECE = "piece", _("each")

    stay = models.ForeignKey("tourism.Stay", on_delete=models.CASCADE, related_name="add_ons")
    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    per = models.CharField(_("price is"), max_length=11, choices=Per)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    price_vnd = models.PositiveIntegerField(_("price, VND"))
    is_offered = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("meal or add-on")
        verbose_name_plural = _("meals and add-ons")
        constraints = [
            models.CheckConstraint(condition=Q(kind="other") | ~Q(per="piece"), name="meals_are_for_guests"),
        ]

    def __str__(self) -> str:
        return f"{self.stay_id} {self.name}"


class BookingExtra(models.Model):
    """A meal or add-on as it was booked: part of the booking's price. ``quantity`` portions or pieces in all.

    Meals of a booking are for each of its nights: the dinner of the evening, breakfast and lunch of the day
    after.
    """

    booking = models.ForeignKey("tourism.Booking", on_delete=models.CASCADE, related_name="extras")
    add_on = models.ForeignKey(AddOn, on_delete=models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(_("kind"), max_length=9, choices=AddOn.Kind)
    per = models.CharField(_("price is"), max_length=11, choices=AddOn.Per)
    name = models.CharField(_("name"), max_length=80)
    quantity = models.PositiveSmallIntegerField(_("quantity"))
    amount_vnd = models.PositiveBigIntegerField(_("price, VND"))

    class Meta:
        verbose_name = _("meal or add-on of a booking")
        verbose_name_plural = _("meals and add-ons of bookings")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="booked_add_on_is_something"),
        ]

    def __str__(self) -> str:
        return f"{self.booking_id} {self.quantity} × {self.name}"
