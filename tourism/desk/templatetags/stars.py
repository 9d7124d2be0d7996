"""Stars of a review, as signs."""

from django import template

register = template.Library()
MOST = 5


@register.filter
def stars(number: int) -> str:
    """``{{ 4|stars }}``: ``★★★★☆``."""
    return "★" * number + "☆" * (MOST - number)
