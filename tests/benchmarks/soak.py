"""Whether the worker keeps its size: 20,000 payments through the real process, one Celery task each."""

from __future__ import annotations

import time
from datetime import timedelta

import psutil
from celery import Celery
from django.conf import settings
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.shop.basket import services as baskets
from marketplace.shop.basket.models import Basket
from marketplace.shop.checkout import services as checkout
from marketplace.shop.partner.strategy import Strategy
from payments import providers
from payments import services as payments
from payments.models import Claim, Event, Operation
from payments.providers.base import Outcome, Report
from tests.benchmarks.measuring import Result
from tests.benchmarks.payments import MeasuredMarket, post_to_hanoi
from tests.factories import ProduceFactory
from tests.wallet_operator import wait_until

Order = get_model("order", "Order")

ORDERS, PAYMENTS, GROWN = 200, 20_000, 2_000
PATIENCE_S = 300  # a machine that is slower than that reports what it came to
TOLD = "payments.tasks.deliver_event"


def worker_memory() -> list[Result]:
    """The worker's memory after 20,000 payments against that after 2,000. Goal: a tenth more at most.

    Some orders are paid over and over: their status is set back, and the worker hears of their payment
    again. The statuses, the parts, the sales and the hints are then the same work as for a new order.
    """
    events = [_paid_order(number) for number in range(ORDERS)]
    with MeasuredMarket() as market:
        broker = Celery(broker=f"{settings.REDIS_URL}/0")
        broker.conf.broker_transport_options = {"global_keyprefix": f"{market.cache_prefix}:"}
        worker = psutil.Process(market.pids()["worker"])
        deadline, paid, sizes_mb = time.monotonic() + PATIENCE_S, 0, {}
        while paid < PAYMENTS and (time.monotonic() < deadline or paid < 2 * GROWN):
            _pay_again(broker, events)
            paid += ORDERS
            sizes_mb[paid] = worker.memory_info().rss / 1e6
            if paid in (GROWN, PAYMENTS // 2, PAYMENTS):
                print(f"  worker after {paid:,} payments: {sizes_mb[paid]:.1f} MB", flush=True)
    ratio = round(sizes_mb[paid] / sizes_mb[GROWN], 2)
    name = f"the worker after {paid:,} payments against {GROWN:,}"
    # Fewer than wanted prove nothing.
    is_shown = paid >= PAYMENTS and ratio <= 1.1
    return [Result(name, "MB", round(sizes_mb[paid], 1), round(sizes_mb[GROWN], 1), ratio, 1.1, is_shown)]


def _pay_again(broker: Celery, events: list[int]) -> None:
    Order.objects.update(status="awaiting-payment")
    # The sweep leaves alone what is not due: each event is the work of its own task.
    later = timezone.now() + timedelta(hours=1)
    Event.objects.filter(pk__in=events).update(delivered_at=None, next_try_at=later)
    for event in events:
        broker.send_task(TOLD, kwargs={"event_id": event}, ignore_result=True)
    undelivered = Event.objects.filter(pk__in=events, delivered_at=None)
    wait_until(lambda: not undelivered.exists(), "the worker has heard all events", timeout_s=120)
    assert Order.objects.filter(status="paid").count() >= len(events)


def _paid_order(number: int) -> int:
    """Order something and report its payment; the event nobody has heard of yet."""
    post_to_hanoi()
    basket = Basket.objects.create()
    basket.strategy = Strategy()
    baskets.add_goods(basket, product_id=_product(number % 10), quantity=1)
    now = timezone.now()
    placed = checkout.check_out(
        basket=basket,
        buyer=checkout.Buyer("+84399000001", "Lò Thị Mai"),
        wish=checkout.delivery.Wish(method="home", province_code="01", detail="Số 5"),
        provider=_silent(),
        payer="+84399000001",
        agreed_total_vnd=None,
        now=now,
    )
    operation = Operation.objects.get(intent=placed.intent)
    report = Report(operation.pk, operation.provider_ref, Outcome.SUCCEEDED, amount_vnd=operation.amount_vnd)
    payments.record_report(provider=operation.provider, report=report, source=Claim.Source.CALLBACK, now=now)
    return Event.objects.get(intent=placed.intent).pk


_products: dict[int, int] = {}


def _product(number: int) -> int:
    if number not in _products:
        _products[number] = ProduceFactory(stock=1_000_000, weight_g=500).product_id
    return _products[number]


def _silent() -> str:
    """A provider that accepts everything and calls nobody."""
    if settings.PAYMENT_PROVIDERS["viettel"]["class"] != "tests.shop.silent.SilentProvider":
        settings.PAYMENT_PROVIDERS = settings.PAYMENT_PROVIDERS | {
            "viettel": {"class": "tests.shop.silent.SilentProvider", "label": "Viettel Money"}
        }
        providers.get.cache_clear()
    return "viettel"
