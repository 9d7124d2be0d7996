"""What guests and hosts say of each other, after the stay, shown together."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tourism.models import Booking


class Review(models.Model):
    """One side of a stay. Nobody reads it before both have written, or the time to write is over."""

    class Side(models.TextChoices):
        GUEST = "guest", _("by the guest")
        HOST = "host", _("by the host")

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="reviews")
    side = models.CharField(_("by"), max_length=5, choices=Side)
    stars = models.PositiveSmallIntegerField(_("stars"))
    words = models.TextField(_("words"), max_length=1_000, blank=True)
    written_at = models.DateTimeField(_("written"))
    # From this day on it is shown even if the other side is silent: frozen by the rule of the day.
    shown_on = models.DateField(_("shown at the latest"))
    is_hidden = models.BooleanField(_("hidden by the staff"), default=False)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.UniqueConstraint(fields=["booking", "side"], name="one_review_per_side"),
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="one_to_five_stars"),
        ]

    def __str__(self) -> str:
        return f"{self.booking_id} {self.side} {self.stars}"

    def is_open_on(self, day: date) -> bool:
        """Whether the time to write is over."""
        return self.shown_on <= day
