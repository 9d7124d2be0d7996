"""News of a payment may be heard days after it happened: what follows is dated by what happened."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from marketplace.fulfilment import services as fulfilment
from marketplace.sellers.models import SubOrder
from marketplace.shop.basket import services as baskets
from marketplace.shop.checkout import services as checkout
from marketplace.statistics.models import SaleLine
from payments import services as payments
from tests.factories import CommuneFactory, ProduceFactory, SellerFactory
from tests.shop.conftest import PHONE, WISH, new_basket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("post", "stay_options")]

PLACED_AT = datetime(2026, 1, 31, 23, 50, tzinfo=timezone.get_default_timezone())
PAID_AT = PLACED_AT + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _cash(settings):
    settings.PAYMENT_PROVIDERS = {
        "cash": {"class": "payments.providers.cash.CashProvider", "label": "Cash", "offered": False}
    }


def test_a_sale_counts_on_the_day_it_was_paid_even_if_the_shop_hears_of_it_the_day_after():
    commune = CommuneFactory(valid_from=date(2025, 7, 1))
    rice = ProduceFactory(price_vnd=175_000, seller=SellerFactory(commune=commune))
    basket = new_basket()
    baskets.add_goods(basket, product_id=rice.product_id, quantity=2)
    order = checkout.place_order(
        basket=basket,
        buyer=checkout.Buyer(phone=PHONE, name="Nguyễn Thị Mai"),
        wish=WISH,
        provider="cash",
        payer=PHONE,
        agreed_total_vnd=None,
        now=PLACED_AT,
        is_past=True,
    )
    intent = fulfilment.start_payment(order=order, now=PAID_AT)
    payments.count_cash(
        operation_id=intent.operations.get().pk,
        till="380000",
        counted_vnd=intent.amount_vnd,
        by="Lò Văn Pọm",
        now=PAID_AT,
    )

    payments.deliver_due(now=PAID_AT + timedelta(days=1))

    assert order.number.startswith("260131-")
    assert SubOrder.objects.get(order=order).paid_at == PAID_AT
    assert SaleLine.objects.get(order=order).sold_on == date(2026, 1, 31)
