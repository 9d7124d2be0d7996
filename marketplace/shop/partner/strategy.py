"""What a product costs this buyer, and whether it can be had: by stock for goods, by night for stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from oscar.apps.partner import strategy
from oscar.apps.partner.availability import Available, Unavailable
from oscar.apps.partner.prices import FixedPrice

from payments.money import to_decimal
from tourism import nights
from tourism.tours import seats
from tourism.tours.models import Departure


class Strategy(strategy.UseFirstStockRecord, strategy.StockRequired, strategy.NoTax, strategy.Structured):
    """Prices include every tax: sellers are households, and what a buyer sees is what is paid."""

    def __init__(self, request: Any = None) -> None:
        self.request = request  # Oscar reads request.user here, which costs a query on every page

    @property
    def user(self) -> Any:
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    def fetch_for_line(self, line: Any, stockrecord: Any = None) -> Any:
        return self.fetch_with_options(
            line.product,
            {each.option.code: each.value for each in line.attributes.all()},
            stockrecord=line.stockrecord,
        )

    def fetch_with_options(self, product: Any, options: Mapping[str, Any], stockrecord: Any = None) -> Any:
        """Return Oscar's PurchaseInfo. Nights cost the sum of their nights and rooms, as one unit."""
        if "departure" in options:
            return self._fetch_seats(product, options, stockrecord)
        if "first-night" not in options:
            return self.fetch_for_product(product, stockrecord)
        quote = nights.quote(
            room_type_id=product.room_type.pk,
            first_night=date.fromisoformat(options["first-night"]),
            nights=int(options["nights"]),
            rooms=int(options["rooms"]),
        )
        return strategy.PurchaseInfo(
            price=FixedPrice(currency="VND", excl_tax=to_decimal(quote.total_vnd), tax=Decimal(0)),
            availability=Available() if quote.free else NightsGone(quote.missing),
            stockrecord=stockrecord or self.select_stockrecord(product),
        )

    def _fetch_seats(self, product: Any, options: Mapping[str, Any], stockrecord: Any) -> Any:
        """Seats cost those of the adults and the children together, as one unit."""
        quote = seats.quote(
            departure_id=int(options["departure"]),
            adults=int(options["adults"]),
            children=int(options["children"]),
            offered=str(options.get("waiting", "")),
            now=timezone.now(),
        )
        return strategy.PurchaseInfo(
            price=FixedPrice(currency="VND", excl_tax=to_decimal(quote.total_vnd), tax=Decimal(0)),
            availability=SeatsFree(quote.departure) if quote.free else SeatsGone(quote),
            stockrecord=stockrecord or self.select_stockrecord(product),
        )


class SeatsFree(Available):
    def __init__(self, departure: Departure) -> None:
        self.departure = departure


class SeatsGone(Unavailable):
    code = "seats-taken"

    def __init__(self, quote: seats.Quote) -> None:
        self.departure = quote.departure
        if quote.is_open and not quote.left:
            self.message = _("No seat is left.")
        elif quote.is_open:
            message = ngettext("Only %(left)d seat is left.", "Only %(left)d seats are left.", quote.left)
            self.message = message % {"left": quote.left}
        else:
            self.message = _("This departure can no longer be booked.")


class NightsGone(Unavailable):
    code = "nights-taken"

    def __init__(self, missing: list[nights.Missing]) -> None:
        self.missing = missing
        days = ", ".join(f"{each.night_on:%d/%m/%Y}" for each in missing)
        self.message = _("No longer free on: %(days)s") % {"days": days}


class Selector:
    """Oscar asks for the strategy of a request; there is one for everybody."""

    def strategy(self, request: Any = None, user: Any = None, **kwargs: Any) -> Strategy:
        return Strategy(request)
