"""Phone numbers and wallet operators as people write them."""

from django import template

from marketplace.accounts.phones import to_national
from payments import providers

register = template.Library()


@register.filter
def phone(number: object) -> str:
    """``{{ placement.phone|phone }}``: ``0399 000 001``."""
    return to_national(str(number))


@register.filter
def provider_label(code: str) -> str:
    """``{{ "viettel"|provider_label }}``: ``Viettel Money``; the code itself if there is none any more."""
    return providers.label(code)
