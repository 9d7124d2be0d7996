"""A seller's code takes something off the seller's own goods: in the basket, the order and the split."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.errors import Invalid
from marketplace.regulars.errors import VoucherRefused
from marketplace.regulars.models import SellerVoucher
from marketplace.regulars.services import vouchers
from marketplace.settlement.models import LineSplit
from marketplace.shop.basket import services as baskets
from marketplace.shop.order.utils import _lock_codes
from payments.money import to_vnd
from tests.factories import ProduceFactory, SellerFactory
from tests.shop.conftest import check_out, new_basket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("post")]

Voucher = get_model("voucher", "Voucher")


@pytest.fixture
def rice(household):
    return ProduceFactory(title="Gạo tám", price_vnd=175_000, weight_g=5_000, stock=50, seller=household)


def make(household, member, **changes):
    today = timezone.localdate()
    facts = {"code": "MUAVU10", "percent": 10, "first_day": today, "last_day": today, "uses": 5} | changes
    return vouchers.make_voucher(seller=household, **facts, by=member, now=timezone.now())


def basket_of(*goods):
    basket = new_basket()
    for produce, quantity in goods:
        baskets.add_goods(basket, product_id=produce.product_id, quantity=quantity)
    return basket


def use(basket, code="MUAVU10", **at):
    return vouchers.use_code(basket=basket, code=code, now=at.get("now", timezone.now()))


def test_a_code_takes_ten_percent_off_the_sellers_goods_and_off_nobody_elses(household, member, rice):
    honey = ProduceFactory(title="Mật ong", price_vnd=90_000, weight_g=500, stock=5, seller=SellerFactory())
    make(household, member)
    basket = basket_of((rice, 2), (honey, 1))
    use(basket, "muavu10 ")

    order = check_out(basket).order

    lines = {line.product_id: to_vnd(line.line_price_incl_tax) for line in order.lines.all()}
    assert lines == {rice.product_id: 315_000, honey.product_id: 90_000}
    assert LineSplit.objects.get(line__product=rice.product_id).gross_vnd == 315_000
    assert order.suborders.get(seller=household).lines_vnd == 315_000
    voucher = Voucher.objects.get()
    assert (voucher.num_orders, to_vnd(voucher.total_discount)) == (1, 35_000)
    assert order.discounts.get().voucher_code == "MUAVU10"


def test_the_last_use_of_a_code_is_one_buyers(household, member, rice):
    make(household, member, uses=1)
    first, second = basket_of((rice, 1)), basket_of((rice, 1))
    use(first)
    use(second)
    baskets.reckon(second)
    check_out(first)

    basket = type(second).objects.get(pk=second.pk)
    order = check_out(basket).order

    assert to_vnd(order.lines.get().line_price_incl_tax) == 175_000  # reckoned anew: it takes nothing off
    assert Voucher.objects.get().num_orders == 1


def test_a_code_used_up_between_reckoning_and_ordering_is_refused_and_nothing_is_ordered(
    household, member, rice
):
    own = make(household, member, uses=1)
    basket = basket_of((rice, 1))
    use(basket)
    baskets.reckon(basket)
    own.voucher.offers.update(num_applications=1)

    with transaction.atomic(), pytest.raises(VoucherRefused):
        _lock_codes(basket)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "a b"}, "code"),
        ({"code": "Mùa10"}, "code"),
        ({"percent": 51}, "percent"),
        ({"uses": 0}, "uses"),
    ],
)
def test_a_code_that_makes_no_sense_is_refused_by_field(household, member, rice, changes, field):
    with pytest.raises(Invalid) as refused:
        make(household, member, **changes)

    assert refused.value.field == field
    assert not SellerVoucher.objects.exists()


def test_a_code_of_somebody_else_is_refused_and_the_same_form_twice_is_one_code(household, member, rice):
    other = ProduceFactory(seller=SellerFactory()).product.origin.seller
    other.members.add(member)

    first, again = make(household, member), make(household, member)
    with pytest.raises(Invalid):
        make(other, member)

    assert first == again
    assert SellerVoucher.objects.count() == 1


def test_unknown_ended_and_foreign_codes_do_not_work(household, member, rice):
    honey = ProduceFactory(stock=5, seller=SellerFactory())
    own = make(household, member)
    for basket, code, moment in [
        (basket_of((rice, 1)), "NOSUCH", timezone.now()),
        (basket_of((rice, 1)), "MUAVU10", timezone.now() + timedelta(days=2)),
        (basket_of((honey, 1)), "MUAVU10", timezone.now()),
        (new_basket(), "MUAVU10", timezone.now()),
    ]:
        with pytest.raises(VoucherRefused):
            use(basket, code, now=moment)
        assert not basket.vouchers.exists()
    vouchers.end_voucher(own=own, by=member, now=timezone.now())
    with pytest.raises(VoucherRefused):
        use(basket_of((rice, 1)), now=timezone.now() + timedelta(seconds=1))


def test_the_pages_make_use_and_drop_a_code(page, visitor, household, member, rice, client):
    client.force_login(member)
    today = timezone.localdate().isoformat()
    said = {"seller": household.pk, "code": "TET2027", "percent": 20, "uses": 3}
    made = client.post("/sell/vouchers/", said | {"first_day": today, "last_day": today})
    page.post(f"/basket/add/{rice.product_id}/", {"quantity": "2"})

    used = page.post("/basket/code/", {"code": "tet2027"})
    shown = page.get("/basket/").content.decode()
    page.post("/basket/code/", {"drop": "TET2027"})
    dropped = page.get("/basket/").content.decode()

    assert (made.status_code, used.status_code) == (302, 302)
    assert "TET2027" in shown
    assert "280" in shown
    assert "TET2027" not in dropped
    assert "TET2027" in client.get("/sell/vouchers/").content.decode()


def test_nobody_ends_the_code_of_another(household, member, rice, client):
    own = make(household, member)
    other = ProduceFactory(seller=SellerFactory()).product.origin.seller
    other.members.add(stranger := type(member).objects.create(phone="+84399777777", name="Người lạ"))
    client.force_login(stranger)

    assert client.post("/sell/vouchers/", {"end": str(own.pk)}).status_code == 404
    own.voucher.refresh_from_db()
    assert own.voucher.is_active()
