"""Communes that cannot be reached: what an official closed, and what each guest chose instead.

Rows are the record of the act: they are added to, and never deleted.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Closure(models.Model):
    """Nobody can come to a commune on these nights, says an official. ``words`` are for the guests."""

    class Cause(models.TextChoices):
        ROAD = "road", _("road closed")
        FLOOD = "flood", _("flood")
        STORM = "storm", _("storm")
        OTHER = "other", _("other reason")

    commune = models.ForeignKey("places.Commune", on_delete=models.PROTECT, related_name="closures")
    first_night = models.DateField(_("first closed night"))
    last_night = models.DateField(_("last closed night"))
    cause = models.CharField(_("cause"), max_length=5, choices=Cause)
    words = models.CharField(_("what guests are told"), max_length=300)
    opened_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("closed at"))
    lifted_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)

    class Meta:
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        constraints = [
            models.CheckConstraint(
                condition=Q(last_night__gte=F("first_night")), name="closure_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__gte=F("opened_at"), lifted_by__isnull=False),
                name="closure_is_lifted_by_somebody",
            ),
            # The same act twice is one act.
            models.UniqueConstraint(
                fields=["commune", "first_night", "last_night"],
                condition=Q(lifted_at__isnull=True),
                name="one_closure_of_the_same_nights",
            ),
        ]
        indexes = [
            models.Index(
                fields=["commune", "last_night"],
                name="closures_in_force",
                condition=Q(lifted_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.first_night} – {self.last_night}"


class ClosedNight(models.Model):
    """A night that was on sale until the closure closed it: lifting the closure puts it on sale again."""

    night = models.OneToOneField("tourism.RoomNight", on_delete=models.CASCADE, related_name="closed_by")
    closure = models.ForeignKey(Closure, on_delete=models.PROTECT, related_name="closed_nights")

    def __str__(self) -> str:
        return f"{self.closure_id}: {self.night_id}"


class ClosedDeparture(models.Model):
    """A departure that was on sale, and in which state, until the closure closed it."""

    departure = models.OneToOneField("tours.Departure", on_delete=models.CASCADE, related_name="closed_by")
    closure = models.ForeignKey(Closure, on_delete=models.PROTECT, related_name="closed_departures")
    state_before = models.CharField(max_length=10)

    def __str__(self) -> str:
        return f"{self.closure_id}: {self.departure_id}"


class Offer(models.Model):
    """What guests of a closed commune may choose until ``choose_by``: other days, or all of their money.

    Who has chosen nothing by then is refunded. ``first_day`` is the day they were to come when it was made.
    """

    class State(models.TextChoices):
        OPEN = "open", _("not chosen yet")
        MOVED = "moved", _("moved to other days")
        REFUNDED = "refunded", _("refunded")
        OVER = "over", _("nothing to choose any more")  # cancelled otherwise, or the closure was lifted

    class Chooser(models.TextChoices):
        GUEST = "guest", _("the guest")
        OFFICIAL = "official", _("the official")
        TIME = "time", _("the time ran out")

    closure = models.ForeignKey(Closure, on_delete=models.PROTECT, related_name="offers")
    booking = models.ForeignKey(
        "tourism.Booking", on_delete=models.PROTECT, related_name="closure_offers", null=True, blank=True
    )
    seats = models.ForeignKey(
        "tours.SeatBooking", on_delete=models.PROTECT, related_name="closure_offers", null=True, blank=True
    )
    first_day = models.DateField(_("day of arrival"))
    choose_by = models.DateTimeField(_("to be chosen by"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    chosen_by = models.CharField(_("chosen by"), max_length=8, choices=Chooser, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    refunded_vnd = models.PositiveBigIntegerField(_("asked back, VND"), default=0)
    moved_to = models.DateField(_("moved to"), null=True, blank=True)

    class Meta:
        verbose_name = _("offer after a closure")
        constraints = [
            models.UniqueConstraint(fields=["closure", "booking"], name="one_offer_per_closure_and_booking"),
            models.UniqueConstraint(fields=["closure", "seats"], name="one_offer_per_closure_and_seats"),
            models.CheckConstraint(
                condition=Q(booking__isnull=True) ^ Q(seats__isnull=True), name="offer_is_for_nights_or_seats"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None) | ~Q(state="open") & Q(decided_at__isnull=False),
                name="offer_says_when_it_was_decided",
            ),
        ]
        indexes = [
            models.Index(fields=["choose_by"], name="offers_to_decide", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.closure_id} {self.booking_id or self.seats_id} {self.state}"
