"""Orders as the shop leaves them, written straight into Oscar's tables: statistics stand below the shop."""

from datetime import date, datetime, time
from itertools import count
from zoneinfo import ZoneInfo

from oscar.core.loading import get_model

from agriculture.models import Produce
from marketplace.places.models import Commune
from marketplace.sellers.models import Seller
from marketplace.statistics import services, summaries
from marketplace.statistics.models import SaleLine
from payments.money import to_decimal
from tests.factories import ProduceFactory, RoomTypeFactory, SellerFactory, StayFactory
from tourism.models import Booking, RoomType

Order = get_model("order", "Order")
Line = get_model("order", "Line")
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
_numbers = count(1)


def at(day: date, hour: int = 9) -> datetime:
    """``hour`` o'clock in Việt Nam."""
    return datetime.combine(day, time(hour), tzinfo=HANOI)


def order_of(*lines: tuple[Produce | RoomType, int, int], day: date | None = None) -> Order:
    """Return an order of lines (what, quantity or nights, amount_vnd)."""
    total = to_decimal(sum(amount_vnd for _, _, amount_vnd in lines))
    order = Order.objects.create(
        number=f"T{next(_numbers)}", currency="VND", total_incl_tax=total, total_excl_tax=total
    )
    for what, quantity, amount_vnd in lines:
        _line(order, what, quantity, amount_vnd, day or date(2026, 11, 1))
    return order


def _line(order: Order, what: Produce | RoomType, quantity: int, amount_vnd: int, day: date) -> None:
    nights = isinstance(what, RoomType)
    prices = {
        f"line_price{when}_{tax}_tax": to_decimal(amount_vnd)
        for when in ("", "_before_discounts")
        for tax in ("incl", "excl")
    }
    parent = what.product.parent or what.product
    line = Line.objects.create(
        order=order,
        partner=parent.origin.seller.partner,
        partner_name=parent.origin.seller.name,
        partner_sku=f"S{what.product.pk}",
        product=what.product,
        title=what.product.title or parent.title,
        quantity=1 if nights else quantity,
        num_allocated=0,
        **prices,
    )
    if nights:
        Booking.objects.create(
            order_line=line,
            room_type=what,
            first_night=day,
            nights=quantity,
            rooms=2,
            guests=3,
            amount_vnd=amount_vnd,
        )


def rice_of(commune: Commune, *, seller: Seller | None = None, category: str = "rice") -> Produce:
    return ProduceFactory(seller=seller or SellerFactory(commune=commune), commune=commune, category=category)


def room_in(commune: Commune, *, seller: Seller | None = None) -> RoomType:
    stay = StayFactory(seller=seller or SellerFactory(commune=commune), commune=commune)
    return RoomTypeFactory(stay=stay)


def write(
    *lines: tuple[Produce | RoomType, int, int], on: date, order: Order | None = None
) -> list[SaleLine]:
    """Write the sales of a new order of ``lines``, paid on the day ``on``."""
    order = order or order_of(*lines, day=on)
    return services.write_sales(order_id=order.pk, sold_at=at(on), provider="viettel", buyer_province="11")


def sell(*lines: tuple[Produce | RoomType, int, int], on: date, order: Order | None = None) -> list[SaleLine]:
    """The same, and wait for the summaries."""
    sales = write(*lines, on=on, order=order)
    summaries.keep()
    return sales


def sell_from(commune: Commune, amount_vnd: int, *, on: date, sellers: int = 1) -> None:
    """Sell rice for ``amount_vnd`` from each of ``sellers`` new sellers of ``commune``, an order each."""
    for _ in range(sellers):
        sell((rice_of(commune), 1, amount_vnd), on=on)
