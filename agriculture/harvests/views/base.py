"""What the pages of harvests share: who may look, and the question that is asked next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.http import Http404
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from agriculture.harvests import selectors
from agriculture.models import Produce
from agriculture.units import parse_number
from marketplace.errors import Invalid
from marketplace.sellers.models import Mandate
from marketplace.sellers.pages import SellerPage

NUMBER_MAX = 10**9


class GrowerView(SellerPage):
    """The pages of harvests: for members of sellers, and agents who may list for them."""

    scope = Mandate.Scope.LISTING

    def produce(self, said: str) -> Produce:
        """One of the person's products. To them there are no others."""
        number = int(said) if said.isdecimal() and len(said) < len(str(NUMBER_MAX)) else 0
        produce = selectors.goods_of(self.sellers).filter(product=number).first()
        if produce is None:
            raise Http404
        return produce


def read_day(said: Mapping[str, str], field: str) -> date:
    """Return the day a form says. Raises Invalid."""
    try:
        day = parse_date(said.get(field, ""))
    except ValueError:
        day = None
    if day is None:
        raise Invalid(field, _("Choose a day."))
    return day


def read_number(said: Mapping[str, str], field: str) -> int:
    """Return the whole number a form says, as people write it. Raises Invalid."""
    number = parse_number(said.get(field, ""))
    if number is None or number != int(number) or number > NUMBER_MAX:
        raise Invalid(field, _("Write a whole number, like 50."))
    return int(number)


def read_grams(said: Mapping[str, str], field: str) -> int:
    """Return the grams of the kilograms a form says, "2,5". Raises Invalid."""
    number = parse_number(said.get(field, ""))
    if number is None or not 0 < number <= NUMBER_MAX:
        raise Invalid(field, _("Write how many kilograms, like 2,5."))
    return int(number * 1_000)
