"""Who sells our nights and seats elsewhere, the keys they call us with, and what they booked."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tourism.models import Booking
from tourism.tours.models import SeatBooking

BASIS_POINTS = 10_000  # a whole, in hundredths of a per cent
COMMISSION_BP_MAX = 3_000
HOLD_MINUTES_MAX = 24 * 60


class Reseller(models.Model):
    """A travel agency or a booking site that sells stays and tours through the OCTO API.

    It collects from the guest and owes us the net prices of a month; see ``statements``.
    """

    name = models.CharField(_("name"), max_length=120, unique=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone number"), max_length=20, blank=True)
    is_active = models.BooleanField(_("may sell"), default=True)
    # How long a reservation is held when the reseller asks for no time, and at most, however often extended.
    hold_minutes = models.PositiveSmallIntegerField(_("hold, minutes"), default=30)
    hold_minutes_max = models.PositiveSmallIntegerField(_("longest hold, minutes"), default=120)
    is_sample = models.BooleanField(_("sample data"), default=False)

    class Meta:
        verbose_name = _("reseller")
        verbose_name_plural = _("resellers")
        constraints = [
            models.CheckConstraint(
                condition=Q(hold_minutes__gte=1, hold_minutes__lte=F("hold_minutes_max"))
                & Q(hold_minutes_max__lte=HOLD_MINUTES_MAX),
                name="reseller_holds_at_most_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ResellerTerms(models.Model):
    """What a reseller keeps of the price, from a day on until its next terms begin."""

    reseller = models.ForeignKey(Reseller, on_delete=models.PROTECT, related_name="terms")
    valid_from = models.DateField(_("valid from"))
    commission_bp = models.PositiveIntegerField(
        _("reseller's part, hundredths of a per cent"), validators=[MaxValueValidator(COMMISSION_BP_MAX)]
    )
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        verbose_name = _("terms of a reseller")
        verbose_name_plural = _("terms of resellers")
        constraints = [
            models.UniqueConstraint(fields=["reseller", "valid_from"], name="reseller_has_one_terms_a_day"),
            models.CheckConstraint(
                condition=Q(commission_bp__lte=COMMISSION_BP_MAX), name="reseller_keeps_at_most_30_per_cent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reseller_id} from {self.valid_from}: {self.commission_bp} bp"

    @property
    def percent(self) -> float:
        return self.commission_bp / 100


class ResellerKey(models.Model):
    """A secret a reseller's program shows with every call. Only its digest is kept."""

    reseller = models.ForeignKey(Reseller, on_delete=models.PROTECT, related_name="keys")
    beginning = models.CharField(_("begins with"), max_length=12)  # to tell keys apart
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("made"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("key")
        verbose_name_plural = _("keys")

    def __str__(self) -> str:
        return f"{self.beginning}… of {self.reseller_id}"


class ResellerBooking(models.Model):
    """A booking as OCTO knows it: who sold it, for how much, and what it took.

    ``stay_booking`` or ``seat_booking`` holds the nights or seats, and says which: a host may move them.
    ``uuid`` is chosen by the reseller and makes a repeated reservation harmless; ``asked`` tells a
    repetition from another wish. ``unit_items`` are OCTO's: uuid, unitId, resellerReference, contact, and
    the prices in đồng agreed for each of them. Prices of the booking are for all of them together.
    """

    reseller = models.ForeignKey(Reseller, on_delete=models.PROTECT, related_name="bookings")
    uuid = models.UUIDField()
    asked = models.CharField(max_length=64)  # digest of what the reservation asked for
    reference = models.CharField(_("our reference"), max_length=12, unique=True)
    reseller_reference = models.CharField(_("reseller's reference"), max_length=100, blank=True)
    stay_booking = models.OneToOneField(
        Booking, on_delete=models.PROTECT, related_name="resold", null=True, blank=True
    )
    seat_booking = models.OneToOneField(
        SeatBooking, on_delete=models.PROTECT, related_name="resold", null=True, blank=True
    )
    unit_items = models.JSONField(default=list)
    contact = models.JSONField(default=dict)
    notes = models.TextField(_("notes"), blank=True)
    policy = models.JSONField(_("cancellation policy"), default=dict, blank=True)
    retail_vnd = models.PositiveBigIntegerField(_("price for the guest, VND"))
    net_vnd = models.PositiveBigIntegerField(_("price for the reseller, VND"))
    created_at = models.DateTimeField(_("reserved"))
    updated_at = models.DateTimeField(_("changed"))
    expires_at = models.DateTimeField(_("held until"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    cancel_reason = models.CharField(_("cancelled because"), max_length=300, blank=True)
    refund_percent = models.PositiveSmallIntegerField(_("given back, %"), null=True, blank=True)

    class Meta:
        verbose_name = _("booking of a reseller")
        verbose_name_plural = _("bookings of resellers")
        constraints = [
            models.UniqueConstraint(fields=["reseller", "uuid"], name="one_booking_per_reseller_and_uuid"),
            models.CheckConstraint(
                condition=Q(stay_booking__isnull=False, seat_booking=None)
                | Q(stay_booking=None, seat_booking__isnull=False),
                name="resold_nights_or_seats",
            ),
            models.CheckConstraint(condition=Q(net_vnd__lte=F("retail_vnd")), name="net_price_is_not_higher"),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, refund_percent=None)
                | Q(cancelled_at__isnull=False, refund_percent__lte=100),
                name="cancelled_booking_says_its_refund",
            ),
        ]
        indexes = [
            models.Index(fields=["reseller", "reseller_reference"], name="resold_by_their_reference"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def taken(self) -> Booking | SeatBooking:
        """What it took, of whichever kind."""
        taken = self.stay_booking or self.seat_booking
        assert taken is not None, self.pk
        return taken
