"""Where guests sleep: stays, their kinds of room, and every night as a row that cannot be oversold."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .terms import AddOn, BookingExtra, BookingRule, CancellationPolicy, Feast, PriceRule

__all__ = [
    "AddOn",
    "Booking",
    "BookingExtra",
    "BookingRule",
    "CancellationPolicy",
    "Feast",
    "PriceRule",
    "RoomNight",
    "RoomType",
    "Stay",
]


class Stay(models.Model):
    """A homestay, guesthouse or hotel: an Oscar parent product whose children are its room types."""

    class Kind(models.TextChoices):
        HOMESTAY = "homestay", _("homestay")
        VILLAGE = "community-village", _("community village")
        GUESTHOUSE = "guesthouse", _("guesthouse")
        HOTEL = "hotel", _("hotel")
        RESORT = "resort", _("resort")

    class Road(models.TextChoices):
        CAR = "car", _("a car reaches the door")
        DIRT = "dirt", _("the last part is a dirt road, hard in the rain")
        MOTORBIKE = "motorbike", _("the last part by motorbike")
        FOOT = "foot", _("the last part on foot")

    class Signal(models.TextChoices):
        G4 = "4g", _("4G in the house")
        G3 = "3g", _("3G in the house")
        G2 = "2g", _("calls and SMS only")
        NONE = "none", _("no signal in the house")

    product = models.OneToOneField("catalogue.Product", on_delete=models.CASCADE, related_name="stay")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    village = models.CharField(_("village"), max_length=80, blank=True)
    hosts = models.CharField(_("people of the house"), max_length=60, blank=True)
    road = models.CharField(_("road"), max_length=9, choices=Road, blank=True)
    signal = models.CharField(_("phone signal"), max_length=4, choices=Signal, blank=True)
    has_wifi = models.BooleanField(_("Wi-Fi"), default=False)
    meal_price_vnd = models.PositiveIntegerField(_("a meal, VND per guest"), null=True, blank=True)
    deposit_percent = models.PositiveSmallIntegerField(_("deposit, % of the price"), default=100)
    # The code of what goes back to guests who cancel; the row of the day is frozen into each booking.
    policy = models.CharField(
        _("cancellation policy"),
        max_length=10,
        choices=CancellationPolicy.Code,
        default=CancellationPolicy.Code.FLEXIBLE,
    )
    children_until = models.PositiveSmallIntegerField(_("children, up to the age of"), default=11)
    # Of what a grown-up pays, for a sleeping place and for meals; a private room costs the same.
    child_percent = models.PositiveSmallIntegerField(_("a child pays, %"), default=100)
    check_in_from = models.TimeField(_("check-in from"), default="14:00")
    check_out_until = models.TimeField(_("check-out until"), default="11:00")
    asks_first = models.BooleanField(_("the host is asked first"), default=False)

    class Meta:
        verbose_name = _("stay")
        verbose_name_plural = _("stays")
        constraints = [
            models.CheckConstraint(
                condition=Q(deposit_percent__gte=10, deposit_percent__lte=100), name="deposit_is_a_part"
            ),
            models.CheckConstraint(condition=Q(child_percent__lte=100), name="child_pays_a_part"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.kind}"


class RoomType(models.Model):
    """Some rooms of one kind in a stay: an Oscar child product.

    ``sleeps`` is the guests one of them takes; a sleeping place on a shared floor sleeps one.
    """

    class Kind(models.TextChoices):
        ROOM = "room", _("private room")
        FLOOR = "floor", _("sleeping place on the shared floor")
        HOUSE = "house", _("whole house")

    product = models.OneToOneField("catalogue.Product", on_delete=models.CASCADE, related_name="room_type")
    stay = models.ForeignKey(Stay, on_delete=models.CASCADE, related_name="room_types")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    sleeps = models.PositiveSmallIntegerField(_("guests per room"))
    rooms = models.PositiveSmallIntegerField(_("rooms of this kind"))
    price_vnd = models.PositiveIntegerField(_("price per night, VND"))

    class Meta:
        verbose_name = _("room type")
        verbose_name_plural = _("room types")
        constraints = [
            models.CheckConstraint(
                condition=Q(sleeps__gte=1, rooms__gte=1), name="room_type_sleeps_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stay_id} {self.kind}"


class RoomNight(models.Model):
    """One night of one kind of room: how many there are to sell, and how many are taken."""

    room_type = models.ForeignKey(RoomType, on_delete=models.PROTECT, related_name="nights")
    night_on = models.DateField(_("night"))  # the evening of arrival; leaving is the day after
    capacity = models.PositiveSmallIntegerField(_("rooms to sell"))
    taken = models.PositiveSmallIntegerField(_("rooms held or booked"), default=0)
    price_vnd = models.PositiveIntegerField(_("price of one room, VND"))
    # By the host's own hand: no rule changes it then.
    is_price_set = models.BooleanField(_("price set by hand"), default=False)
    # Closed by the host: what is taken stays taken, the rest is not for sale.
    is_closed = models.BooleanField(pgettext_lazy("night", "closed"), default=False)
    # Where the stay is, as the place is called today: copied, so that a commune's free nights are one index.
    commune = models.ForeignKey("places.Commune", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room_type", "night_on"], name="one_row_per_room_night"),
            # Whatever the code above does, no room can be sold twice for a night.
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="night_not_oversold"),
        ]
        # What is free anywhere, or in a commune, on given nights is asked across all rooms.
        indexes = [
            models.Index(fields=["night_on", "room_type"], name="rooms_of_night"),
            models.Index(fields=["commune", "night_on", "room_type"], name="rooms_of_commune_night"),
        ]

    def __str__(self) -> str:
        return f"{self.room_type_id} {self.night_on} {self.taken}/{self.capacity}"

    @property
    def left(self) -> int:
        """How many rooms can still be sold."""
        return 0 if self.is_closed else self.capacity - self.taken


class Booking(models.Model):
    """Some nights of a room type: held while somebody pays, then confirmed or released.

    Those bought in the shop belong to an order line, which says who comes and what became of the money. The
    others (``channel``) were written down by the host, read from another calendar or sold by a reseller, and
    say so themselves; they take the same rows. ``hold_until`` ends a hold that no order ends.
    """

    class Channel(models.TextChoices):
        SHOP = "shop", _("this market")
        HOST = "host", _("by the host")
        CALENDAR = "calendar", _("another calendar")
        RESELLER = "reseller", _("a reseller")
        REQUEST = "request", _("on request")

    class State(models.TextChoices):
        HELD = "held", _("held")
        CONFIRMED = "confirmed", _("confirmed")
        RELEASED = "released", _("released")

    order_line = models.OneToOneField(
        "order.Line", on_delete=models.PROTECT, related_name="booking", null=True, blank=True
    )
    channel = models.CharField(_("booked through"), max_length=10, choices=Channel, default=Channel.SHOP)
    room_type = models.ForeignKey(RoomType, on_delete=models.PROTECT, related_name="bookings")
    first_night = models.DateField(_("first night"))
    nights = models.PositiveSmallIntegerField(_("nights"))
    rooms = models.PositiveSmallIntegerField(_("rooms"))
    guests = models.PositiveSmallIntegerField(_("guests"))
    children = models.PositiveSmallIntegerField(_("of them children"), default=0)
    guest_name = models.CharField(_("guest"), max_length=120, blank=True)
    guest_phone = models.CharField(_("phone number"), max_length=20, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    hold_until = models.DateTimeField(_("held until"), null=True, blank=True)
    # The cancellation policy as it was agreed: code, name, text and steps.
    policy = models.JSONField(_("cancellation policy"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.HELD)
    amount_vnd = models.PositiveBigIntegerField(_("price, VND"))
    # Of the price, what is the rest after a deposit.
    due_later_vnd = models.PositiveBigIntegerField(_("of it due later, VND"), default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(due_later_vnd__lt=F("amount_vnd")) | Q(due_later_vnd=0),
                name="booking_has_something_due_now",
            ),
            models.CheckConstraint(
                condition=Q(nights__gte=1, rooms__gte=1, guests__gte=1), name="booking_is_for_somebody"
            ),
            models.CheckConstraint(
                condition=~Q(channel="shop") | Q(order_line__isnull=False),
                name="booking_in_the_shop_has_a_line",
            ),
            models.CheckConstraint(condition=Q(children__lt=F("guests")), name="children_come_with_somebody"),
        ]
        indexes = [
            models.Index(fields=["room_type", "first_night"], name="booking_of_room_type"),
            # What ends by itself, and soon: a handful among all bookings.
            models.Index(
                fields=["hold_until"],
                name="booking_hold_ends",
                condition=Q(state="held", hold_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room_type_id} {self.first_night} +{self.nights} x{self.rooms} {self.state}"

    @property
    def leaves_on(self) -> date:
        return self.first_night + timedelta(days=self.nights)
