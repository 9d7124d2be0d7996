"""Where guests go: tours, the rules their departures follow, and every departure as a row that cannot be
oversold."""

from __future__ import annotations

from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tourism.models import Booking


class Tour(models.Model):
    """A tour as an Oscar product. Prices, seats and times are what its departures begin with.

    ``days`` counts the days on which one travels; a half-day tour has one. ``policy`` is the code of a
    cancellation policy (``tourism.policies``).
    """

    product = models.OneToOneField("catalogue.Product", on_delete=models.CASCADE, related_name="tour")
    days = models.PositiveSmallIntegerField(_("days"), default=1)
    is_half_day = models.BooleanField(_("half a day"), default=False)
    stops: ArrayField = ArrayField(
        models.CharField(max_length=120), verbose_name=_("stops"), default=list, blank=True
    )
    # The months in which it goes; empty for all.
    months: ArrayField = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("months"), default=list, blank=True
    )
    adult_vnd = models.PositiveIntegerField(_("adult, VND"))
    child_vnd = models.PositiveIntegerField(_("child, VND"))
    child_age_max = models.PositiveSmallIntegerField(_("oldest child, years"), default=11)
    capacity = models.PositiveSmallIntegerField(_("seats"))
    min_group = models.PositiveSmallIntegerField(_("goes with so many guests"), default=1)
    cut_off_hours = models.PositiveSmallIntegerField(_("booked until so many hours before"), default=24)
    meeting_point = models.CharField(_("meeting point"), max_length=200)
    policy = models.CharField(_("cancellation policy"), max_length=20, default="moderate")

    class Meta:
        verbose_name = _("tour")
        verbose_name_plural = _("tours")
        constraints = [
            models.CheckConstraint(condition=Q(days__gte=1), name="tour_takes_a_day"),
            models.CheckConstraint(
                condition=Q(min_group__gte=1, min_group__lte=F("capacity")), name="tour_group_fits_its_seats"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.days} d"


class Schedule(models.Model):
    """When a tour goes: an RFC 5545 recurrence rule, days on which it does not, and extra days.

    ``rule`` is a rule without its dates: ``FREQ=WEEKLY;BYDAY=SA,SU``. Numbers left empty are the tour's.
    """

    tour = models.ForeignKey(Tour, on_delete=models.CASCADE, related_name="schedules")
    rule = models.CharField(_("rule"), max_length=200)
    first_on = models.DateField(_("from"))
    last_on = models.DateField(_("until"), null=True, blank=True)
    starts_at_time = models.TimeField(_("starts at"), default=time(8))
    except_on: ArrayField = ArrayField(models.DateField(), verbose_name=_("not on"), default=list, blank=True)
    also_on: ArrayField = ArrayField(models.DateField(), verbose_name=_("also on"), default=list, blank=True)
    capacity = models.PositiveSmallIntegerField(_("seats"), null=True, blank=True)
    adult_vnd = models.PositiveIntegerField(_("adult, VND"), null=True, blank=True)
    child_vnd = models.PositiveIntegerField(_("child, VND"), null=True, blank=True)
    guide = models.CharField(_("guide"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("schedule")
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__isnull=True) | Q(last_on__gte=F("first_on")),
                name="schedule_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tour_id} {self.rule}"


class Departure(models.Model):
    """One departure of a tour: how many seats there are to sell, and how many are taken.

    It is open until ``cut_off_at``; by then ``min_group`` guests have paid, or it is cancelled and
    everybody is refunded. Once so many have paid it goes, and that promise stays.
    """

    class State(models.TextChoices):
        OPEN = "open", _("waiting for its group")
        GOES = "goes", _("goes")
        # By its seller: who booked goes, nobody else can book.
        CLOSED = "closed", pgettext_lazy("departure", "closed")
        CANCELLED = "cancelled", _("cancelled")

    tour = models.ForeignKey(Tour, on_delete=models.PROTECT, related_name="departures")
    schedule = models.ForeignKey(
        Schedule, on_delete=models.SET_NULL, null=True, blank=True, related_name="departures"
    )
    starts_at = models.DateTimeField(_("starts"))
    last_day = models.DateField(_("last day"))
    cut_off_at = models.DateTimeField(_("booked until"))
    capacity = models.PositiveSmallIntegerField(_("seats to sell"))
    taken = models.PositiveSmallIntegerField(_("seats held or booked"), default=0)
    min_group = models.PositiveSmallIntegerField(_("goes with so many guests"), default=1)
    adult_vnd = models.PositiveIntegerField(_("adult, VND"))
    child_vnd = models.PositiveIntegerField(_("child, VND"))
    guide = models.CharField(_("guide"), max_length=80, blank=True)
    meeting_point = models.CharField(_("meeting point"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    cancelled_for = models.CharField(_("cancelled because"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("departure")
        constraints = [
            models.UniqueConstraint(fields=["tour", "starts_at"], name="one_departure_at_a_time"),
            # Whatever the code above does, no seat can be sold twice.
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="departure_not_oversold"),
            models.CheckConstraint(
                condition=Q(min_group__gte=1, min_group__lte=F("capacity")),
                name="departure_group_fits_its_seats",
            ),
            models.CheckConstraint(
                condition=Q(cut_off_at__lte=F("starts_at")), name="departure_booked_before_it_starts"
            ),
        ]
        indexes = [
            models.Index(fields=["starts_at", "tour"], name="departures_by_day"),
            models.Index(fields=["cut_off_at"], name="departures_to_decide", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.tour_id} {self.starts_at:%Y-%m-%d %H:%M} {self.taken}/{self.capacity}"

    @property
    def left(self) -> int:
        """How many seats nobody has taken."""
        is_sold = self.state in (self.State.OPEN, self.State.GOES)
        return self.capacity - self.taken if is_sold else 0

    def price_vnd(self, *, adults: int, children: int) -> int:
        """Return what a party costs, in đồng."""
        return adults * self.adult_vnd + children * self.child_vnd


class SeatBooking(models.Model):
    """Some seats of a departure: held while somebody pays, then confirmed or released.

    As ``tourism.models.Booking`` is for nights: those bought in the shop belong to an order line; the others
    say themselves who comes. ``hold_until`` ends a hold that no order ends.
    """

    Channel = Booking.Channel
    State = Booking.State

    order_line = models.OneToOneField(
        "order.Line", on_delete=models.PROTECT, related_name="seats", null=True, blank=True
    )
    channel = models.CharField(
        _("booked through"), max_length=10, choices=Booking.Channel, default=Booking.Channel.SHOP
    )
    departure = models.ForeignKey(Departure, on_delete=models.PROTECT, related_name="bookings")
    adults = models.PositiveSmallIntegerField(_("adults"))
    children = models.PositiveSmallIntegerField(_("children"), default=0)
    guest_name = models.CharField(_("guest"), max_length=120, blank=True)
    guest_phone = models.CharField(_("phone number"), max_length=20, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    hold_until = models.DateTimeField(_("held until"), null=True, blank=True)
    # The cancellation policy as it was agreed: code, name, text and steps.
    policy = models.JSONField(_("cancellation policy"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=Booking.State, default=Booking.State.HELD)
    amount_vnd = models.PositiveBigIntegerField(_("price, VND"))

    class Meta:
        verbose_name = _("booking of seats")
        constraints = [
            models.CheckConstraint(condition=Q(adults__gte=1), name="seats_are_for_an_adult"),
            models.CheckConstraint(
                condition=~Q(channel="shop") | Q(order_line__isnull=False),
                name="seats_in_the_shop_have_a_line",
            ),
        ]
        indexes = [
            models.Index(fields=["departure", "state"], name="seats_of_departure"),
            models.Index(
                fields=["hold_until"],
                name="seats_held_by_no_order",
                condition=Q(state="held", order_line__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.departure_id} {self.adults}+{self.children} {self.state}"

    @property
    def persons(self) -> int:
        return self.adults + self.children


class Waiting(models.Model):
    """A party that waits for seats of a full departure. Who holds ``secret`` may see and end it.

    When seats come free, the first whose party fits is offered them: they are held in ``held`` until
    ``offered_until``.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        OFFERED = "offered", _("seats are held")
        TAKEN = "taken", _("bought")
        LAPSED = "lapsed", _("the offer ran out")
        LEFT = "left", _("no longer waiting")

    departure = models.ForeignKey(Departure, on_delete=models.PROTECT, related_name="queue")
    name = models.CharField(_("name"), max_length=120)
    phone = models.CharField(_("phone number"), max_length=20)
    adults = models.PositiveSmallIntegerField(_("adults"))
    children = models.PositiveSmallIntegerField(_("children"), default=0)
    secret = models.CharField(max_length=40, unique=True)
    asked_at = models.DateTimeField(_("asked"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    held = models.OneToOneField(
        SeatBooking, on_delete=models.PROTECT, related_name="waiting", null=True, blank=True
    )
    offered_until = models.DateTimeField(_("held until"), null=True, blank=True)

    class Meta:
        verbose_name = _("place in the waiting list")
        constraints = [
            models.CheckConstraint(condition=Q(adults__gte=1), name="who_waits_is_an_adult"),
            models.UniqueConstraint(
                fields=["departure", "phone"],
                condition=Q(state__in=["waiting", "offered"]),
                name="one_place_in_the_queue_a_phone",
            ),
        ]
        indexes = [
            models.Index(
                fields=["departure", "asked_at"], name="queue_of_departure", condition=Q(state="waiting")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.departure_id} {self.adults}+{self.children} {self.state}"

    @property
    def persons(self) -> int:
        return self.adults + self.children
