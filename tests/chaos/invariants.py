"""What must hold when everything is over: between what people were told, our books and the operator's."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import httpx
import psycopg
from django.core.management import call_command
from django.db.models import Count, F, Q, Sum
from oscar.core.loading import get_model

from marketplace.demo.payments import TOP_UP_VND
from marketplace.sellers.models import Seller, SubOrder
from marketplace.settlement.models import PartClock
from payments.ledger import selectors as books
from payments.models import Intent, Operation, Payout, Share
from tests.chaos.buyers import Trip
from tests.chaos.ending import open_matters
from tests.chaos.scene import BUYER_VND, OPERATORS, Scene, top_up_of
from tests.wallet_operator import BASE_DIR, SETTINGS
from tourism.models import Booking, RoomNight

Order = get_model("order", "Order")
StockRecord = get_model("partner", "StockRecord")
Line = get_model("order", "Line")

MERCHANT = "muongthen"
HELD = ("awaiting-payment", "paid")

# What is wrong, in sentences; the first of them, and how many were looked at.
Found = tuple[list[str], str]


def acknowledged_orders_are_there(trips: Sequence[Trip]) -> Found:
    """Every order somebody was told of is there as they were told, and no other."""
    wrong = []
    orders = {order.number: order for order in Order.objects.select_related("placement")}
    told = [trip for trip in trips if trip.order_number]
    for trip in told:
        order = orders.pop(trip.order_number, None)
        if order is None:
            wrong.append(f"order {trip.order_number} of payment {trip.number} is lost")
        elif order.total_incl_tax != trip.total_vnd or str(order.placement.phone) != trip.buyer.msisdn:
            wrong.append(f"order {trip.order_number} is not what was acknowledged")
        elif str(order.placement.payment_id) != trip.payment:
            wrong.append(f"order {trip.order_number} has another payment than was acknowledged")
    unanswered = sum(1 for trip in trips if not trip.order_number)
    if len(orders) > unanswered:
        wrong.append(f"{len(orders)} orders nobody was told of, but {unanswered} buyers without an answer")
    doubled = [trip.order_number for trip in told]
    wrong += [f"order {number} was given to two" for number, n in Counter(doubled).items() if n > 1]
    return wrong, f"{len(told)} orders acknowledged, {unanswered} buyers without an answer"


def promises_are_kept(trips: Sequence[Trip]) -> Found:
    """Who was told "paid", "cancelled" or "received" finds it so."""
    wrong = []
    taken = _taken_by_reference()
    status = dict(Order.objects.values_list("number", "status"))
    received = set(
        PartClock.objects.filter(delivered_at__isnull=False).values_list("part__number", flat=True)
    )
    captured = set(
        Operation.objects.filter(is_capturing=True, state=Operation.State.SUCCEEDED).values_list(
            "intent__reference", flat=True
        )
    )
    for trip in trips:
        number = trip.order_number
        if trip.has_accepted and number not in captured:
            wrong.append(f"{number}: the phone said it was paid, we never took it")
        if (
            trip.was_paid
            and not trip.was_cancelled
            and (status[number], taken[number])
            != (
                "paid",
                trip.due_now_vnd,
            )
        ):
            wrong.append(f"{number}: shown as paid, now {status[number]} with {taken[number]:,} VND")
        if trip.was_cancelled and (status[number] not in ("cancelled", "refunded") or taken[number]):
            wrong.append(f"{number}: cancelled, now {status[number]} with {taken[number]:,} VND of the buyer")
        wrong += [f"{part}: received, not noted" for part in trip.received if part not in received]
    said = Counter(
        word
        for trip in trips
        for word, is_so in (
            ("accepted", trip.has_accepted),
            ("shown as paid", trip.was_paid),
            ("cancelled", trip.was_cancelled),
            ("received", bool(trip.received)),
        )
        if is_so
    )
    return wrong, ", ".join(f"{n} {word}" for word, n in sorted(said.items()))


def one_order_per_payment() -> Found:
    """Each order has one payment, has taken all of it or nothing, and nothing was taken twice."""
    wrong = []
    taken = _taken_by_reference()
    due: dict[str, int] = defaultdict(int)
    for part in SubOrder.objects.select_related("order"):
        due[part.order.number] += part.due_now_vnd + part.delivery_vnd
    statuses = Counter()
    for number, status in Order.objects.values_list("number", "status"):
        statuses[status] += 1
        expected = due[number] if status == "paid" else 0
        if taken[number] != expected:
            wrong.append(f"order {number} is {status}: {taken[number]:,} VND taken, {expected:,} VND wanted")
    several = Intent.objects.values("reference").annotate(n=Count("pk")).filter(n__gt=1)
    wrong += [f"order {each['reference']} has {each['n']} payments" for each in several]
    twice = (
        Operation.objects.filter(is_capturing=True, state=Operation.State.SUCCEEDED)
        .values("intent")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
    )
    wrong += [f"payment {each['intent']} was captured {each['n']} times" for each in twice]
    strangers = Intent.objects.exclude(reference__in=Order.objects.values("number"))
    wrong += [f"payment {intent.pk} is for no order" for intent in strangers]
    unfit = Share.objects.filter(captured_vnd__gt=F("amount_vnd")).count()
    wrong += [f"{unfit} shares took more than was agreed"] if unfit else []
    return wrong, ", ".join(f"{n} {status}" for status, n in sorted(statuses.items()))


def movements_agree(wallet_url: str, days: Sequence[date]) -> Found:
    """What is in the operators' statements is what succeeded with us, one to one and to the đồng."""
    theirs: Counter[tuple[str, str, int]] = Counter()
    with httpx.Client(base_url=wallet_url, timeout=60, trust_env=False) as http:
        for operator in OPERATORS:
            for day in days:
                path = f"/sim/statements/{operator}/{day.isoformat()}/"
                text = http.get(path, params={"merchant": MERCHANT}).raise_for_status().text
                theirs.update(_line(operator, line) for line in csv.DictReader(io.StringIO(text)))
    ours = Counter(_ours())
    wrong = [f"only the operator has {one} ({n} times)" for one, n in (theirs - ours).items()]
    wrong += [f"only we have {one} ({n} times)" for one, n in (ours - theirs).items()]
    came = sum(amount_vnd for _, _, amount_vnd in theirs.elements() if amount_vnd > 0)
    went = -sum(amount_vnd for _, _, amount_vnd in theirs.elements() if amount_vnd < 0)
    return wrong, f"{theirs.total()} movements, {came:,} VND in, {went:,} VND out"


def accounts_agree(scene: Scene, wallet_database_url: str) -> Found:
    """What the operators owe us is what our books say, and every wallet has what it should."""
    with psycopg.connect(wallet_database_url) as theirs:
        rows = theirs.execute("SELECT code, balance_vnd FROM ledger_account").fetchall()
    balances = dict(rows)
    wrong = []
    for operator in OPERATORS:
        has_vnd = balances[f"{operator}:merchant:{MERCHANT}"]
        owed_vnd = -books.balances_vnd({f"clearing:{operator}"}).get(f"clearing:{operator}", 0)
        if has_vnd != owed_vnd:
            wrong.append(f"{operator} holds {has_vnd:,} VND for us, our books say {owed_vnd:,} VND")
    expected = {f"{buyer.operator}:wallet:{buyer.msisdn}": BUYER_VND for buyer in scene.buyers}
    for seller in Seller.objects.order_by("pk")[1:]:
        expected[f"{seller.wallet_provider}:wallet:{seller.wallet_msisdn}"] = 0
    for intent in Intent.objects.annotate(
        net_vnd=Sum(F("shares__captured_vnd") - F("shares__refunded_vnd"), default=0)
    ):
        expected[f"{intent.provider}:wallet:{intent.payer}"] -= intent.net_vnd
    for payout in Payout.objects.filter(state=Payout.State.SUCCEEDED):
        expected[f"{payout.provider}:wallet:{payout.wallet}"] += payout.amount_vnd
    wrong += [
        f"{code} has {balances[code]:,} VND, should have {wanted_vnd:,} VND"
        for code, wanted_vnd in sorted(expected.items())
        if balances[code] != wanted_vnd
    ]
    paid = Payout.objects.values_list("state").annotate(n=Count("pk")).order_by("state")
    return wrong, f"{len(expected)} wallets; payouts: " + (
        ", ".join(f"{n} {state}" for state, n in paid) or "none"
    )


def stock_and_nights_are_right() -> Found:
    """What is set aside is what unpaid and paid orders have, piece by piece and night by night."""
    wrong = []
    held = Q(order__status__in=HELD)
    goods = Counter()
    for record, quantity in Line.objects.filter(
        held, stockrecord__product__produce__isnull=False
    ).values_list("stockrecord", "quantity"):
        goods[record] += quantity
    for record in StockRecord.objects.filter(product__produce__isnull=False):
        if (record.num_allocated or 0) != goods[record.pk]:
            wrong.append(f"stock {record.pk}: {record.num_allocated} set aside, {goods[record.pk]} ordered")
    nights: Counter[tuple[int, date]] = Counter()
    for booking in Booking.objects.select_related("order_line__order"):
        status = booking.order_line.order.status
        wanted = {"paid": "confirmed", "awaiting-payment": "held"}.get(status, "released")
        if booking.state != wanted:
            wrong.append(f"booking {booking.pk} is {booking.state}, its order is {status}")
        if status in HELD:
            nights.update((booking.room_type_id, day) for day in _nights(booking))
    for night in RoomNight.objects.all():
        if night.taken != nights[night.room_type_id, night.night_on]:
            wrong.append(f"night {night} should be {nights[night.room_type_id, night.night_on]}")
    return wrong, f"{sum(goods.values())} pieces, {sum(nights.values())} nights"


def nothing_is_open(differences: Sequence[str], settled: int) -> Found:
    """No answer is awaited, nobody has to be told, and the statements agree."""
    wrong = [f"{number} {what}" for what, number in open_matters().items()]
    return [*wrong, *differences], f"{settled} operations were settled by a statement"


def books_are_right() -> Found:
    """check_ledger and accounts_out_of_balance at both databases, and check_books, have nothing to say."""
    wrong, said = [], []
    for command in ("check_ledger", "accounts_out_of_balance", "check_books"):
        output = io.StringIO()
        try:
            call_command(command, verbosity=0, stdout=output)
        except SystemExit:
            wrong.append(f"{command}: {output.getvalue()[:600]}")
        said.append(output.getvalue().strip().splitlines()[-1])
    for command in ("check_ledger", "accounts_out_of_balance"):
        ran = subprocess.run(
            [sys.executable, "-m", "django", command, "--settings", SETTINGS],
            check=False,
            cwd=BASE_DIR,
            capture_output=True,
            text=True,
        )
        if ran.returncode:
            wrong.append(f"the operator's {command}: {ran.stdout[-600:]}{ran.stderr[-600:]}")
        else:
            said.append(ran.stdout.strip().splitlines()[-1])
    return wrong, " ".join(said)


def _taken_by_reference() -> dict[str, int]:
    """Return what each order's payments took and did not give back; 0 for what never took anything."""
    rows = Share.objects.values_list("intent__reference").annotate(
        vnd=Sum(F("captured_vnd") - F("refunded_vnd"))
    )
    return defaultdict(int, rows)


def _ours() -> Iterator[tuple[str, str, int]]:
    """Yield (provider, the provider's transaction, đồng to us) of what succeeded, and of our own money."""
    for one in Operation.objects.filter(
        Q(is_capturing=True) | Q(kind=Operation.Kind.REFUND), state=Operation.State.SUCCEEDED
    ):
        sign = -1 if one.kind == Operation.Kind.REFUND else 1
        yield one.provider, one.provider_ref, sign * one.amount_vnd
    for payout in Payout.objects.filter(state=Payout.State.SUCCEEDED):
        yield payout.provider, payout.provider_ref, -payout.amount_vnd
    for operator in OPERATORS:
        yield operator, top_up_of(operator), TOP_UP_VND


def _line(operator: str, line: dict[str, str]) -> tuple[str, str, int]:
    sign = 1 if line["payee"] == f"merchant:{MERCHANT}" else -1
    return operator, line["reference"], sign * int(line["amount_vnd"])


def _nights(booking: Any) -> Iterator[date]:
    first = booking.first_night.toordinal()
    for n in range(booking.nights):
        for _ in range(booking.rooms):
            yield date.fromordinal(first + n)
