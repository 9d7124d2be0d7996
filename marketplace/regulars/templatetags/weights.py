from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def kilos(grams: int) -> str:
    """``{{ 1500|kilos }}``: ``1,5`` in Vietnamese, without the unit."""
    whole, rest = divmod(grams, 1000)
    if not rest:
        return number_format(whole, 0, use_l10n=True, force_grouping=True)
    return number_format(round(grams / 1000, 1), 1, use_l10n=True, force_grouping=True)
