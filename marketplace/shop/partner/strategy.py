"""What a product costs this buyer, and whether it can be had: by stock for goods, by night for stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from oscar.apps.partner import strategy
from oscar.apps.partner.availability import Available, Unavailable
from oscar.apps.partner.prices import FixedPrice

from marketplace.errors import Invalid
from marketplace.settlement.rules import weighing_rule
from payments.money import to_decimal, to_vnd
from tourism import wishes
from tourism.calendars import requests
from tourism.calendars.models import StayRequest
from tourism.models import RoomType
from tourism.nights import Quote
from tourism.tours import seats
from tourism.tours.models import Departure
from tourism.wishes import Price, Wish


class Strategy(strategy.UseFirstStockRecord, strategy.StockRequired, strategy.NoTax, strategy.Structured):
    """Prices include every tax: sellers are households, and what a buyer sees is what is paid."""

    def __init__(self, request: Any = None) -> None:
        self.request = request  # Oscar reads request.user here, which costs a query on every page
        self.ordered_at: datetime | None = None  # for orders of another moment than now

    @property
    def now(self) -> datetime:
        return self.ordered_at or timezone.now()

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
        if wishes.FIRST_NIGHT not in options:
            return self.fetch_for_product(product, stockrecord)
        wish, room_type = Wish.of_options(options), product.room_type
        if "request" in options:
            return self._fetch_request(product, UUID(options["request"]), stockrecord)
        price = wishes.price(room_type, wish)
        return strategy.PurchaseInfo(
            price=FixedPrice(currency="VND", excl_tax=to_decimal(price.total_vnd), tax=Decimal(0)),
            availability=_availability(room_type, wish, price, self.now),
            stockrecord=stockrecord or self.select_stockrecord(product),
        )

    def _fetch_request(self, product: Any, request_id: UUID, stockrecord: Any) -> Any:
        """What a host has said yes to is held already, and costs what was agreed."""
        asked = StayRequest.objects.select_related("booking").get(pk=request_id)
        price = Price(Quote(asked.amount_vnd, []), children_off_vnd=0, chosen=[])
        is_payable = requests.is_payable(asked, now=self.now)
        over = NightsRefused(price, _("The time to pay for what the host has held for you is over."))
        return strategy.PurchaseInfo(
            price=FixedPrice(currency="VND", excl_tax=to_decimal(price.total_vnd), tax=Decimal(0)),
            availability=NightsFree(price) if is_payable else over,
            stockrecord=stockrecord or self.select_stockrecord(product),
        )

    def _fetch_seats(self, product: Any, options: Mapping[str, Any], stockrecord: Any) -> Any:
        """Seats cost those of the adults and the children together, as one unit."""
        quote = seats.quote(
            departure_id=int(options["departure"]),
            adults=int(options["adults"]),
            children=int(options["children"]),
            offered=str(options.get("waiting", "")),
            now=self.now,
        )
        return strategy.PurchaseInfo(
            price=FixedPrice(currency="VND", excl_tax=to_decimal(quote.total_vnd), tax=Decimal(0)),
            availability=SeatsFree(quote.departure) if quote.free else SeatsGone(quote),
            stockrecord=stockrecord or self.select_stockrecord(product),
        )

    def pricing_policy(self, product: Any, stockrecord: Any) -> Any:
        """What is paid by weight costs its ceiling: what it weighs less is not asked for, or goes back."""
        price = super().pricing_policy(product, stockrecord)
        produce = getattr(product, "produce", None)
        if produce is None or not produce.is_weighed or not price.exists:
            return price
        return PriceByWeight(to_vnd(price.excl_tax), self._margin_percent)

    @cached_property
    def _margin_percent(self) -> int:
        return weighing_rule(timezone.localdate(self.now)).margin_percent


class PriceByWeight(FixedPrice):
    """The most one piece may cost, ``margin_percent`` more than its estimate of ``estimate_vnd``."""

    def __init__(self, estimate_vnd: int, margin_percent: int) -> None:
        self.estimate_vnd, self.margin_percent = estimate_vnd, margin_percent
        ceiling_vnd = estimate_vnd * (100 + margin_percent) // 100
        super().__init__(currency="VND", excl_tax=to_decimal(ceiling_vnd), tax=Decimal(0))


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


def _availability(
    room_type: RoomType, wish: Wish, price: Price, now: datetime
) -> NightsFree | NightsGone | NightsRefused:
    try:
        wishes.check(room_type, wish, now=now, known=room_type.stay.booking_rules.all())
    except Invalid as error:
        return NightsRefused(price, str(error))
    return NightsFree(price) if price.quote.free else NightsGone(price)


class NightsFree(Available):
    def __init__(self, price: Price) -> None:
        self.price = price


class NightsGone(Unavailable):
    code = "nights-taken"

    def __init__(self, price: Price) -> None:
        self.price = price
        days = ", ".join(f"{each.night_on:%d/%m/%Y}" for each in price.quote.missing)
        self.message = _("No longer free on: %(days)s") % {"days": days}


class NightsRefused(Unavailable):
    """The nights have begun meanwhile, or the host's rules changed."""

    code = "nights-refused"

    def __init__(self, price: Price, message: str) -> None:
        self.price = price
        self.message = message


class Selector:
    """Oscar asks for the strategy of a request; there is one for everybody."""

    def strategy(self, request: Any = None, user: Any = None, **kwargs: Any) -> Strategy:
        return Strategy(request)
