"""The guest register: who slept where, told to the commune's police, forgotten when its time is over."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.places.dated import DatedRule, ends_after_it_begins, only_one_a_day
from marketplace.sellers.models import Seller
from tourism.models import Booking

NAME_MAX = 120


class RegisterRule(DatedRule):
    """By when guests are reported, how long the register is kept, and for how long a stay may be reviewed."""

    report_until = models.TimeField(_("report guests of the day until"))
    late_report_until = models.TimeField(_("who comes later: until, on the next day"))
    keep_months = models.PositiveSmallIntegerField(_("months the register is kept"))
    review_days = models.PositiveSmallIntegerField(_("days to write a review"))
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        verbose_name = _("rule for the desk")
        verbose_name_plural = _("rules for the desk")
        constraints = [
            only_one_a_day("one_register_rule_a_day"),
            ends_after_it_begins("register_rule_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(keep_months__gte=1), name="register_is_kept_for_a_while"),
        ]

    def __str__(self) -> str:
        return f"{self.report_until:%H:%M}, {self.keep_months} months from {self.valid_from}"


class RegisteredGuest(models.Model):
    """One person who sleeps in the house. Apart from everything else, and on no page but the house's own.

    What says who it is is emptied when the rule's time is over (``forgotten_at``); where the guest is from
    stays, for the statistics. A picture of a paper is never kept.
    """

    class Paper(models.TextChoices):
        IDENTITY = "identity", _("identity card or number")
        PASSPORT = "passport", _("passport")
        CHILD = "child", _("child without a paper")

    class Reason(models.TextChoices):
        TRAVEL = "travel", _("travel")
        FAMILY = "family", _("visiting family")
        WORK = "work", _("work")
        OTHER = "other", _("other")

    id = models.UUIDField(primary_key=True, editable=False)  # made with the form
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="registered")
    name = models.CharField(_("full name"), max_length=NAME_MAX, blank=True)
    born_on = models.DateField(_("born"), null=True, blank=True)
    paper = models.CharField(_("paper"), max_length=8, choices=Paper)
    number = models.CharField(_("number of the paper"), max_length=20, blank=True)
    reason = models.CharField(_("reason of the stay"), max_length=6, choices=Reason, default=Reason.TRAVEL)
    address = models.CharField(_("home address"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=2, default="VN")  # ISO 3166-1, the nationality
    province = models.CharField(_("province"), max_length=2, blank=True)  # code of delivery.Province
    arrived_on = models.DateField(_("arrives"))
    leaves_on = models.DateField(_("leaves"))
    arrived_at = models.DateTimeField(_("registered"))
    registered_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reported_at = models.DateTimeField(_("reported to the police"), null=True, blank=True)
    reported_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    forgotten_at = models.DateTimeField(_("forgotten"), null=True, blank=True)

    class Meta:
        verbose_name = _("guest in the register")
        verbose_name_plural = _("guests in the register")
        constraints = [
            models.CheckConstraint(condition=Q(leaves_on__gt=F("arrived_on")), name="guest_stays_a_night"),
            models.CheckConstraint(
                condition=Q(forgotten_at__isnull=True)
                | Q(name="", number="", address="", born_on__isnull=True),
                name="forgotten_guest_has_no_name",
            ),
            models.CheckConstraint(
                condition=Q(forgotten_at__isnull=False)
                | (~Q(name="") & (Q(paper="child", number="") | (~Q(paper="child") & ~Q(number="")))),
                name="registered_guest_has_a_name_and_a_paper",
            ),
            models.CheckConstraint(
                condition=Q(province="") | Q(country="VN"), name="only_at_home_there_are_provinces"
            ),
        ]
        indexes = [
            models.Index(fields=["booking"], name="guests_of_booking"),
            models.Index(
                fields=["leaves_on"], condition=Q(forgotten_at__isnull=True), name="guests_to_forget"
            ),
        ]

    def __str__(self) -> str:
        return f"guest of {self.booking_id}"


class ReportReminder(models.Model):
    """Guests of a day that a house had not reported shortly before the time was over."""

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="+")
    day = models.DateField(_("day"))
    report_by = models.DateTimeField(_("report by"))
    guests = models.PositiveSmallIntegerField(_("guests to report"))
    reminded_at = models.DateTimeField(_("reminded"))
    done_at = models.DateTimeField(_("reported"), null=True, blank=True)

    class Meta:
        verbose_name = _("reminder to report guests")
        verbose_name_plural = _("reminders to report guests")
        constraints = [
            models.UniqueConstraint(fields=["seller", "day", "report_by"], name="one_reminder_per_deadline"),
        ]

    def __str__(self) -> str:
        return f"{self.seller_id} {self.day}"
