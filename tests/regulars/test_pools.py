"""A pooled order goes if it is full, for the lower price; if not, everybody gets everything back."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.errors import Invalid
from marketplace.fulfilment import services as fulfilment
from marketplace.messaging.models import Message
from marketplace.packing.selectors.work import count_to_prepare
from marketplace.regulars.models import Pool
from marketplace.regulars.selectors.pools import pool_view
from marketplace.regulars.services import pooling
from marketplace.settlement.models import LineSplit, Refund
from payments.ledger import selectors as books
from tests.factories import ProduceFactory, SellerFactory
from tests.regulars.conftest import order_of
from tests.settlement.conftest import refund_went
from tests.shop.conftest import check_out, new_basket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("post")]


def open_pool(member, household, *, now, target_kg=20, capacity_kg=100, **changes) -> Pool:
    base = ProduceFactory(title="Gạo tám", price_vnd=180_000, weight_g=5_000, stock=3, seller=household)
    terms = {
        "target_kg": target_kg,
        "capacity_kg": capacity_kg,
        "price_vnd": 170_000,
        "full_vnd": 150_000,
        "closes_at": now + timedelta(days=3),
        "leaves_on": timezone.localdate(now) + timedelta(days=5),
    } | changes
    return pooling.open_pool(
        base=base.product, terms=pooling.Terms(**terms), form_id=uuid.uuid4(), by=member, now=now
    )


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def pool(member, household, now) -> Pool:
    """Five kilograms a pack; twenty kilograms, four packs, fill the truck."""
    return open_pool(member, household, now=now)


def test_a_full_pool_gives_everybody_the_difference_once(pool, buyer, now):
    orders = [order_of(buyer, (pool.product.produce, 3)), order_of(None, (pool.product.produce, 2))]
    after = pool.closes_at + timedelta(minutes=1)

    settled = [pooling.settle_due(now=after) for _ in range(2)]

    pool.refresh_from_db()
    assert settled == [1, 0]
    assert (pool.state, pool.reached_g, pool.final_vnd) == ("full", 25_000, 150_000)
    back = {row.part.order_id: row.amount_vnd for row in Refund.objects.select_related("part")}
    assert back == {orders[0].pk: 60_000, orders[1].pk: 40_000}
    for order in orders:
        refund_went(order)
    part = orders[0].suborders.get()
    assert books.balances_vnd({f"escrow:{part.number}"}) == {f"escrow:{part.number}": 3 * 150_000}
    split = LineSplit.objects.get(line__order=orders[0])
    assert split.net_vnd == 450_000
    assert Message.objects.filter(purpose="pool").count() >= 2


def test_a_pool_that_is_not_full_gives_everything_back_with_the_delivery(pool, buyer, now):
    order = order_of(buyer, (pool.product.produce, 3))
    paid_vnd = int(order.total_incl_tax)

    pooling.settle_due(now=pool.closes_at + timedelta(minutes=1))

    pool.refresh_from_db()
    assert (pool.state, pool.reached_g, pool.final_vnd) == ("failed", 15_000, None)
    assert sum(row.amount_vnd for row in Refund.objects.all()) == paid_vnd
    assert order.suborders.get().status == "refunding"
    refund_went(order)
    assert order.suborders.get().status == "refunded"
    part = order.suborders.get()
    assert set(books.balances_vnd({f"escrow:{part.number}", f"escrow:{part.number}-D"}).values()) <= {0}


def test_goods_bought_beside_a_failed_pool_stay_ordered(pool, buyer, household):
    honey = ProduceFactory(title="Mật ong", price_vnd=90_000, weight_g=500, stock=5, seller=household)
    order = order_of(buyer, (pool.product.produce, 1), (honey, 2))

    pooling.settle_due(now=pool.closes_at + timedelta(minutes=1))

    assert sum(row.amount_vnd for row in Refund.objects.all()) == 170_000
    assert order.suborders.get().status == "paid"
    assert not order.lines.get(product=honey.product_id).allocation_cancelled


def test_a_pool_waits_for_a_payment_that_is_still_open_and_counts_only_what_was_paid(pool, buyer):
    order_of(buyer, (pool.product.produce, 3))
    waiting = order_of(buyer, (pool.product.produce, 2), paid=False)
    after = pool.closes_at + timedelta(minutes=1)

    first = pooling.settle_due(now=after)
    pool.refresh_from_db()
    state = pool.state
    fulfilment.release_ended_holds(now=after + timedelta(hours=2))
    then = pooling.settle_due(now=after + timedelta(hours=2))

    pool.refresh_from_db()
    waiting.refresh_from_db()
    assert (first, state, then) == (0, "closing", 1)
    assert (pool.state, pool.reached_g, waiting.status) == ("failed", 15_000, "cancelled")


def test_after_it_closed_nobody_can_join_and_baskets_are_empty_of_it(pool, buyer):
    basket = new_basket()
    basket.add_product(pool.product, 1)

    pooling.close(pool_id=pool.pk, now=pool.closes_at)

    pool.product.refresh_from_db()
    assert not pool.product.is_public
    assert not basket.lines.exists()
    assert pool.product.stockrecords.get().net_stock_level == 0


def test_no_more_can_be_ordered_than_fits(member, household, now, buyer):
    pool = open_pool(member, household, now=now, target_kg=10, capacity_kg=12)

    assert pool.product.stockrecords.get().num_in_stock == 2
    assert pool_view(pool.pk, now=now).left_packs == 2


def test_a_pool_takes_no_cash_at_the_post_office(pool, buyer):
    basket = new_basket()
    basket.add_product(pool.product, 1)

    with pytest.raises(Invalid):
        check_out(basket, provider="cash", payer="")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"target_kg": 0}, "target_kg"),
        ({"capacity_kg": 19}, "capacity_kg"),
        ({"full_vnd": 170_000}, "full_vnd"),
        ({"target_kg": 2, "capacity_kg": 4}, "target_kg"),
    ],
)
def test_terms_that_make_no_sense_are_refused_by_field(member, household, now, changes, field):
    with pytest.raises(Invalid) as refused:
        open_pool(member, household, now=now, **changes)

    assert refused.value.field == field
    assert not Pool.objects.exists()


def test_the_pages_show_how_full_it_is_and_lead_to_the_basket(page, pool, buyer, household, member):
    order_of(None, (pool.product.produce, 2))

    listed, shown = page.get("/pools/"), page.get(f"/pools/{pool.pk}/")
    goods = page.get(pool.product.get_absolute_url())
    joined = page.post(f"/basket/add/{pool.product_id}/", {"quantity": "1"})

    assert "Gạo tám" in listed.content.decode()
    assert "50 % full" in shown.content.decode()
    assert "150.000" in shown.content.decode() or "150,000" in shown.content.decode()
    assert goods["Location"] == f"/pools/{pool.pk}/"
    assert joined.status_code == 302
    assert "Gạo tám" in page.get("/basket/").content.decode()


def test_a_seller_opens_a_pool_by_a_form_once(visitor, member, household):
    base = ProduceFactory(title="Gạo tám", weight_g=5_000, seller=household)
    foreign = ProduceFactory(title="Gạo lạ", seller=SellerFactory())
    visitor.force_login(member)
    today = timezone.localdate()
    said = {
        "form_id": str(uuid.uuid4()),
        "product": base.product_id,
        "target_kg": 500,
        "capacity_kg": 1000,
        "price_vnd": 170_000,
        "full_vnd": 150_000,
        "closes_on": (today + timedelta(days=5)).isoformat(),
        "leaves_on": (today + timedelta(days=7)).isoformat(),
    }

    answers = [visitor.post("/sell/pools/new/", said).status_code for _ in range(2)]
    refused = visitor.post("/sell/pools/new/", said | {"product": foreign.product_id}).status_code
    wrong = visitor.post("/sell/pools/new/", said | {"form_id": str(uuid.uuid4()), "full_vnd": 180_000})

    assert (answers, refused, wrong.status_code) == ([302, 302], 422, 422)
    assert "lower than the price now" in wrong.content.decode()
    pool = Pool.objects.get()
    assert (pool.seller, pool.target_g, pool.opened_by) == (household, 500_000, member)
    assert visitor.get("/sell/pools/").status_code == 200


def test_who_sells_nothing_opens_no_pool(page):
    assert page.get("/sell/pools/new/").status_code == 403
    assert page.get("/sell/pools/").status_code == 403
    assert page.get("/sell/reviews/").status_code == 403


def test_nothing_is_to_be_packed_before_it_is_known_that_the_truck_goes(pool, buyer, household):
    honey = ProduceFactory(title="Mật ong", weight_g=500, stock=5, seller=household)
    order_of(buyer, (pool.product.produce, 4), (honey, 1))

    before = count_to_prepare([household])
    pooling.settle_due(now=pool.closes_at + timedelta(minutes=1))

    assert (before, count_to_prepare([household])) == (0, 1)


def test_what_is_bought_together_is_promised_from_the_day_of_its_truck(pool, buyer, now):
    order = order_of(buyer, (pool.product.produce, 3))

    promise = order.suborders.get().promise
    assert promise.sends_on == pool.leaves_on
    assert promise.reaches_on > pool.leaves_on
