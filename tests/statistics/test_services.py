import uuid
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from marketplace.places.errors import UnitNotContained
from marketplace.sellers.models import Origin
from marketplace.statistics import services
from marketplace.statistics.errors import BookingMissing, LineAlreadyRefunded, LineNotSold, OriginMissing
from marketplace.statistics.models import SaleLine
from tests.factories import commune_named
from tests.statistics.orders import at, order_of, rice_of, room_in, sell
from tourism.models import Booking

BEFORE_MERGER, AFTER_MERGER = date(2025, 6, 30), date(2025, 7, 1)
REFUND, OTHER_REFUND = uuid.UUID(int=1), uuid.UUID(int=2)

pytestmark = pytest.mark.usefixtures("province")


def facts(sale: SaleLine) -> tuple:
    return (
        sale.unit.code,
        sale.unit.name,
        sale.commune.name,
        sale.sold_on,
        sale.kind,
        sale.group,
        sale.quantity,
        sale.amount_vnd,
        sale.provider,
        sale.buyer_province,
    )


def test_every_line_of_a_paid_order_becomes_one_sale_with_the_facts_of_its_day():
    leng_su_sin = commune_named("Leng Su Sìn", BEFORE_MERGER)
    muong_phang = commune_named("Mường Phăng", AFTER_MERGER)
    order = order_of((rice_of(leng_su_sin), 3, 525_000), (room_in(muong_phang), 4, 2_400_000))

    goods, nights = services.write_sales(
        order_id=order.pk, sold_at=at(date(2026, 11, 22)), provider="vnpt", buyer_province="01"
    )

    rice_line, room_line = order.lines.order_by("pk")
    assert facts(goods) == (
        "03158", "Leng Su Sìn", "Sín Thầu", date(2026, 11, 22), "goods", "rice", 3, 525_000, "vnpt", "01",
    )  # fmt: skip
    assert facts(nights) == (
        "03325", "Mường Phăng", "Mường Phăng", date(2026, 11, 22),
        "nights", "stay", 8, 2_400_000, "vnpt", "01",
    )  # fmt: skip
    assert (goods.order_line, goods.order, goods.refund_id) == (rice_line, order, None)
    assert goods.seller == rice_line.product.origin.seller
    assert nights.seller == room_line.product.parent.origin.seller


def test_a_sale_is_counted_in_the_unit_of_the_day_before_and_after_the_merger():
    rice = rice_of(commune_named("Leng Su Sìn", BEFORE_MERGER))

    (before,) = sell((rice, 1, 100_000), on=BEFORE_MERGER)
    (after,) = sell((rice, 1, 100_000), on=AFTER_MERGER)

    assert (before.commune.name, before.commune.valid_to) == ("Leng Su Sìn", AFTER_MERGER)
    assert (after.commune.name, after.commune.valid_from) == ("Sín Thầu", AFTER_MERGER)
    assert before.commune.code == after.commune.code == "03158"
    assert before.unit == after.unit


def test_the_day_of_a_sale_is_that_of_viet_nam():
    order = order_of((rice_of(commune_named("Sín Chải")), 1, 100_000))
    late_evening_in_london = datetime(2025, 6, 30, 17, 0, tzinfo=ZoneInfo("UTC"))

    (sale,) = services.write_sales(
        order_id=order.pk, sold_at=late_evening_in_london, provider="vnpt", buyer_province=""
    )

    assert sale.sold_on == date(2025, 7, 1)


def test_writing_the_sales_of_an_order_again_changes_nothing():
    order = order_of((rice_of(commune_named("Sín Chải")), 1, 100_000))
    first = services.write_sales(
        order_id=order.pk, sold_at=at(AFTER_MERGER), provider="viettel", buyer_province="11"
    )

    again = services.write_sales(
        order_id=order.pk, sold_at=at(date(2026, 1, 1)), provider="vnpt", buyer_province="01"
    )

    assert again == first
    assert [facts(sale) for sale in again] == [facts(sale) for sale in first]
    assert SaleLine.objects.count() == 1


def test_writing_sales_again_as_of_a_day_before_their_unit_existed_changes_nothing_either():
    order = order_of((rice_of(commune_named("Sín Thầu", AFTER_MERGER)), 1, 100_000))
    first = sell(on=AFTER_MERGER, order=order)

    again = sell(on=BEFORE_MERGER, order=order)

    assert again == first
    assert again[0].sold_on == AFTER_MERGER


@pytest.mark.parametrize("lines", [1, 30])
def test_writing_sales_takes_five_queries_whatever_the_number_of_lines(lines, django_assert_num_queries):
    order = order_of(*[(rice_of(commune_named("Sín Chải")), 1, 1_000) for _ in range(lines)])

    with django_assert_num_queries(7):  # with the savepoint and its release
        sales = services.write_sales(
            order_id=order.pk, sold_at=at(AFTER_MERGER), provider="viettel", buyer_province="11"
        )

    assert len(sales) == lines


def test_an_order_with_a_line_of_unknown_origin_writes_nothing_and_names_the_line():
    known, unknown = rice_of(commune_named("Sín Chải")), rice_of(commune_named("Sín Chải"))
    order = order_of((known, 1, 100_000), (unknown, 1, 100_000))
    Origin.objects.filter(product=unknown.product).delete()

    with pytest.raises(
        OriginMissing, match=rf"Order {order.number}, line {order.lines.last().pk} .*no origin"
    ):
        sell(on=AFTER_MERGER, order=order)

    assert not SaleLine.objects.exists()


def test_nights_without_a_booking_write_nothing_and_say_so():
    order = order_of((room_in(commune_named("Mường Phăng")), 2, 100_000))
    Booking.objects.all().delete()

    with pytest.raises(BookingMissing, match=rf"Order {order.number}, .* sells nights but has no booking"):
        sell(on=AFTER_MERGER, order=order)

    assert not SaleLine.objects.exists()


def test_what_is_only_known_by_a_commune_of_today_cannot_be_sold_before_it_existed():
    rice = rice_of(commune_named("Sín Thầu", AFTER_MERGER))

    with pytest.raises(
        UnitNotContained, match=r"No single unit of 2025-06-30 contains Xã Sín Thầu \(03158\)"
    ):
        sell((rice, 1, 100_000), on=BEFORE_MERGER)


def test_a_refund_takes_lines_back_in_full_on_its_own_day_and_in_the_commune_of_that_day():
    rice, tea = (rice_of(commune_named("Leng Su Sìn", BEFORE_MERGER), category=c) for c in ("rice", "tea"))
    kept, returned = sell((rice, 2, 350_000), (tea, 1, 90_000), on=BEFORE_MERGER)

    (line,) = services.write_refund(
        order_id=kept.order_id,
        amounts_vnd={returned.order_line_id: 90_000},
        refund_id=REFUND,
        refunded_at=at(date(2025, 8, 2)),
    )

    assert facts(line) == (
        "03158", "Leng Su Sìn", "Sín Thầu", date(2025, 8, 2), "goods", "tea", -1, -90_000, "viettel", "11",
    )  # fmt: skip
    assert (line.refund_id, line.order_line_id) == (REFUND, returned.order_line_id)
    assert SaleLine.objects.count() == 3


def test_refunding_again_with_the_same_id_changes_nothing():
    (sale,) = sell((rice_of(commune_named("Sín Chải")), 2, 350_000), on=AFTER_MERGER)
    call = {"order_id": sale.order_id, "amounts_vnd": {sale.order_line_id: 350_000}, "refund_id": REFUND}
    first = services.write_refund(**call, refunded_at=at(AFTER_MERGER))

    again = services.write_refund(**call, refunded_at=at(date(2026, 1, 1)))
    everything = services.write_refund(
        order_id=sale.order_id, amounts_vnd=None, refund_id=REFUND, refunded_at=at(date(2026, 1, 1))
    )

    assert again == everything == first
    assert again[0].sold_on == AFTER_MERGER
    assert SaleLine.objects.count() == 2


def test_a_refund_of_everything_takes_back_what_no_other_refund_has():
    rice = rice_of(commune_named("Sín Chải"))
    first, second = sell((rice, 1, 100_000), (rice, 2, 200_000), on=AFTER_MERGER)
    call = {"order_id": first.order_id, "refunded_at": at(AFTER_MERGER)}
    services.write_refund(**call, amounts_vnd={first.order_line_id: 100_000}, refund_id=REFUND)

    rest = services.write_refund(**call, amounts_vnd=None, refund_id=OTHER_REFUND)

    assert [(line.order_line_id, line.amount_vnd) for line in rest] == [(second.order_line_id, -200_000)]


def test_part_of_a_price_goes_back_without_a_pack_and_its_rest_with_all_of_them():
    (sale,) = sell((rice_of(commune_named("Sín Chải")), 2, 350_000), on=AFTER_MERGER)
    call = {"order_id": sale.order_id, "refunded_at": at(AFTER_MERGER)}

    (part,) = services.write_refund(**call, amounts_vnd={sale.order_line_id: 150_000}, refund_id=REFUND)
    (rest,) = services.write_refund(**call, amounts_vnd=None, refund_id=OTHER_REFUND)

    assert (part.quantity, part.amount_vnd) == (0, -150_000)
    assert (rest.quantity, rest.amount_vnd) == (-2, -200_000)


def test_a_line_that_another_refund_took_back_is_refused_and_nothing_is_written():
    rice = rice_of(commune_named("Sín Chải"))
    first, second = sell((rice, 1, 100_000), (rice, 2, 200_000), on=AFTER_MERGER)
    call = {"order_id": first.order_id, "refunded_at": at(AFTER_MERGER)}
    services.write_refund(**call, amounts_vnd={first.order_line_id: 100_000}, refund_id=REFUND)

    with pytest.raises(LineAlreadyRefunded, match=rf"of the lines \[{first.order_line_id}\]"):
        services.write_refund(
            **call,
            amounts_vnd={first.order_line_id: 1, second.order_line_id: 200_000},
            refund_id=OTHER_REFUND,
        )

    assert SaleLine.objects.filter(refund_id__isnull=False).count() == 1


def test_a_line_that_was_never_sold_cannot_be_refunded():
    order = order_of((rice_of(commune_named("Sín Chải")), 1, 100_000))
    line_id = order.lines.get().pk

    with pytest.raises(LineNotSold, match=rf"no sale was written for the lines \[{line_id}\]"):
        services.write_refund(
            order_id=order.pk, amounts_vnd={line_id: 100_000}, refund_id=REFUND, refunded_at=at(AFTER_MERGER)
        )

    assert not SaleLine.objects.exists()


def test_a_refund_of_an_order_that_never_became_a_sale_writes_nothing():
    order = order_of((rice_of(commune_named("Sín Chải")), 1, 100_000))

    lines = services.write_refund(
        order_id=order.pk, amounts_vnd=None, refund_id=REFUND, refunded_at=at(AFTER_MERGER)
    )

    assert lines == []
