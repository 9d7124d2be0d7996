"""Words about who acts for whom."""

from django import template
from django.utils.translation import gettext as _

from marketplace.sellers.models import Mandate

register = template.Library()


@register.filter
def said(what: str) -> str:
    """``{{ act.what|said }}``: the sentence in the reader's language."""
    return _(what) if what else ""


@register.filter
def scope_words(scope: str) -> str:
    """``{{ "orders"|scope_words }}``: what a mandate allows; an unknown scope as it is."""
    return str(Mandate.Scope(scope).label) if scope in Mandate.Scope.values else scope
