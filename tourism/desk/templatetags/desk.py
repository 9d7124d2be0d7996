"""What pages of others show of the desk."""

from django import template
from django.urls import reverse

from tourism.desk import codes
from tourism.models import Booking

register = template.Library()


@register.filter
def door_code(booking: Booking) -> str:
    """``{{ booking|door_code }}``: the four digits the guest says at the door."""
    return codes.door_code(booking.pk)


@register.filter
def my_stay(booking: Booking) -> str:
    """``{{ booking|my_stay }}``: the address of the guest's own page of a booking."""
    return reverse("my-stay", args=[codes.guest_key(booking.pk)])
