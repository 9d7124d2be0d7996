"""Announcing, opening and recording harvests; lots; what was packed of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from agriculture.harvests import selectors, services
from agriculture.harvests.errors import (
    AlreadyRecorded,
    NotOfThisSeller,
    OtherProduct,
    ShelfNotEmpty,
    StillGrowing,
)
from agriculture.harvests.models import Harvest, Lot, PackedLine
from marketplace.errors import Invalid, SoldOut
from tests.factories import ProduceFactory, SellerFactory
from tests.settlement.conftest import place
from tests.shop.conftest import _silent_wallet, in_days, post  # noqa: F401  (fixtures)

from .growing import announce, pumpkins, record, stock_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post")]


def bring_in(produce, **changes):
    call = {
        "seller": produce.product.origin.seller,
        "product": produce.product,
        "harvested_on": in_days(0),
        "quantity_g": 30_000,
        "by": None,
        "now": timezone.now(),
    }
    return services.open_lot(**(call | changes))


def test_what_may_be_ordered_from_today_stands_on_the_shelf_at_once():
    produce = pumpkins()

    harvest = announce(produce)

    assert stock_of(produce) == (10, 0)
    assert harvest.takes_orders(in_days(0))
    assert selectors.growing([produce.product_id], today=in_days(0)) == {produce.product_id: harvest}


def test_announced_for_later_it_is_opened_on_its_day():
    produce = pumpkins()
    announce(produce, opens_on=in_days(2))
    assert stock_of(produce) == (0, 0)

    assert services.open_due(now=timezone.now()) == 0
    assert services.open_due(now=timezone.now() + timedelta(days=2)) == 1
    assert services.open_due(now=timezone.now() + timedelta(days=2)) == 0

    assert stock_of(produce) == (10, 0)


def test_without_a_day_to_order_from_nothing_is_sold_beforehand():
    produce = pumpkins()

    announce(produce, opens_on=None)
    services.open_due(now=timezone.now() + timedelta(days=10))

    assert stock_of(produce) == (0, 0)


def test_saving_twice_saves_once():
    produce = pumpkins()
    first = announce(produce)

    again = announce(produce, harvest_id=first.pk, forecast=99)

    assert (again.pk, again.forecast, Harvest.objects.count()) == (first.pk, 10, 1)


def test_a_product_grows_one_harvest_at_a_time():
    produce = pumpkins()
    announce(produce)

    with pytest.raises(StillGrowing, match="not brought in"):
        announce(produce)


def test_while_something_is_still_for_sale_a_harvest_is_not_opened():
    produce = pumpkins(stock=3)

    with pytest.raises(ShelfNotEmpty, match="still 3 of"):
        announce(produce)

    assert not Harvest.objects.exists()


def test_another_sellers_product_is_not_there():
    produce = pumpkins()

    with pytest.raises(NotOfThisSeller):
        announce(produce, seller=SellerFactory())
    with pytest.raises(NotOfThisSeller):
        bring_in(produce, seller=SellerFactory())


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"ends_on": in_days(9)}, "ends_on", "ends before it begins"),
        ({"starts_on": in_days(-9), "ends_on": in_days(-1)}, "ends_on", "is over"),
        ({"ends_on": in_days(200)}, "ends_on", "four months"),
        ({"opens_on": in_days(21)}, "opens_on", "after the harvest"),
        ({"forecast": 0}, "forecast", "from 1 to 100000, not 0"),
        ({"forecast": 100_001}, "forecast", "not 100001"),
    ],
)
def test_a_harvest_that_makes_no_sense_is_refused_with_what_to_change(changes, field, words):
    produce = pumpkins()

    with pytest.raises(Invalid, match=words) as refused:
        announce(produce, **changes)

    assert refused.value.field == field
    assert stock_of(produce) == (0, 0)


def test_no_more_is_ordered_than_is_expected():
    produce = pumpkins()
    announce(produce)
    place((produce, 7))

    with pytest.raises(SoldOut, match="Only 3"):
        place((produce, 4))

    assert stock_of(produce) == (10, 7)


def test_what_is_over_goes_on_sale_and_those_who_ordered_have_theirs():
    produce = pumpkins()
    harvest = announce(produce)
    place((produce, 4))

    record(harvest, 12)

    assert stock_of(produce) == (12, 4)
    assert selectors.growing([produce.product_id], today=in_days(0)) == {}
    assert not Harvest.objects.get().takes_orders(in_days(0))


def test_what_is_missing_is_missing_to_those_who_ordered_last():
    produce = pumpkins()
    harvest = announce(produce)
    first, second, third = (place((produce, 3)) for _each in range(3))

    record(harvest, 5)

    missing = {each.line.order_id: each.missing for each in selectors.preorders_of(harvest)}
    assert missing == {first.pk: 0, second.pk: 1, third.pk: 3}
    assert stock_of(produce) == (9, 9)
    row = selectors.harvest_row(harvest)
    assert (row.ordered, row.missing) == (9, 4)


def test_recorded_twice_with_one_number_is_recorded_once_and_with_another_refused():
    produce = pumpkins()
    harvest = announce(produce)
    record(harvest, 8)
    record(harvest, 8)

    with pytest.raises(AlreadyRecorded, match="written down already: 8"):
        record(harvest, 9)

    assert stock_of(produce) == (8, 0)


def test_what_should_have_been_brought_in_takes_no_more_orders():
    produce = pumpkins()
    harvest = announce(produce)
    place((produce, 4))

    assert services.open_due(now=timezone.now() + timedelta(days=21)) == 1

    assert stock_of(produce) == (4, 4)
    harvest.refresh_from_db()
    assert harvest.closed_at is not None


def test_a_lot_keeps_as_long_as_its_product_and_bears_a_code_nobody_guesses():
    produce = pumpkins(shelf_life_days=21, keeping="fresh")

    lot = bring_in(produce)

    assert (lot.expires_on, lot.storage, len(lot.code)) == (in_days(21), "fresh", 8)
    assert set(lot.code) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    assert bring_in(produce).pk == lot.pk  # a double tap
    assert bring_in(produce, quantity_g=1_000).code != lot.code


def test_nothing_is_harvested_tomorrow():
    produce = pumpkins()

    with pytest.raises(Invalid, match="has not come yet"):
        bring_in(produce, harvested_on=in_days(1))

    assert not Lot.objects.exists()


def test_packed_twice_it_is_packed_once_and_another_weight_corrects_it():
    produce = pumpkins(stock=5)
    lot, line = bring_in(produce), place((produce, 1)).lines.get()

    for weight_g in (3_100, 3_100, 2_900):
        services.pack(line_id=line.pk, lot_id=lot.pk, weight_g=weight_g, by=None, now=timezone.now())

    assert list(PackedLine.objects.values_list("line", "lot", "weight_g")) == [(line.pk, lot.pk, 2_900)]
    (shown,) = selectors.lots_of([lot.seller])
    assert shown.packed_g == 2_900


def test_of_another_product_nothing_is_packed():
    produce, other = pumpkins(stock=5), ProduceFactory(title="Gạo tẻ")
    lot, line = bring_in(produce), place((other, 1)).lines.get()

    with pytest.raises(OtherProduct, match="is not “Gạo tẻ”"):
        services.pack(line_id=line.pk, lot_id=lot.pk, weight_g=3_000, by=None, now=timezone.now())

    assert not PackedLine.objects.exists()


def test_what_spoils_first_is_packed_first_and_what_is_spoilt_never():
    produce = pumpkins()
    late = bring_in(produce, shelf_life_days=9, quantity_g=1_000)
    soon = bring_in(produce, shelf_life_days=3, quantity_g=2_000)
    bring_in(produce, harvested_on=in_days(-5), shelf_life_days=4, quantity_g=3_000)

    found = selectors.lots_to_pack(product_id=produce.product_id, today=in_days(0))

    assert found == [soon, late]


def test_the_lists_of_a_seller_cost_one_query_each(django_assert_num_queries):
    seller = SellerFactory()
    for _each in range(3):
        produce = pumpkins(seller=seller)
        harvest = announce(produce)
        place((produce, 2))
        bring_in(produce, harvest=harvest)

    with django_assert_num_queries(1):
        rows = selectors.harvests_of([seller])
    with django_assert_num_queries(1):
        lots = [lot.product.title for lot in selectors.lots_of([seller])]

    assert [(row.ordered, row.left, row.percent) for row in rows] == [(2, 8, 20)] * 3
    assert len(lots) == 3


def test_the_database_itself_refuses_a_harvest_that_ends_before_it_begins():
    produce = pumpkins()
    harvest = announce(produce)

    with pytest.raises(IntegrityError, match="harvest_ends_after_it_begins"):
        Harvest.objects.filter(pk=harvest.pk).update(ends_on=in_days(-1))
