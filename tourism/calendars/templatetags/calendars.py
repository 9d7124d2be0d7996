"""What rings for a host, on pages that are not of the calendar."""

from typing import Any

from django import template
from django.template import Context
from django.utils import timezone

from tourism.calendars import selectors

register = template.Library()


@register.inclusion_tag("calendars/_bell.html", takes_context=True)
def calendar_bell(context: Context) -> dict[str, Any]:
    """``{% calendar_bell %}``: nights sold twice, requests that wait, calendars that fail. Four queries."""
    now = timezone.now()
    rooms = [room.pk for room in selectors.rooms_of_host(context["request"].user.pk)]
    return {"bell": selectors.bell(rooms, now=now, today=timezone.localdate(now))}
