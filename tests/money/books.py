"""What the model says the ledger must have, and whether it does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Sum
from oscar.core.loading import get_model

from marketplace.fulfilment import books
from marketplace.sellers.models import SubOrder
from marketplace.settlement import selectors as settlement
from marketplace.statistics.selectors import net_by_order_and_seller
from payments import settled
from payments.ledger.models import Account, Entry
from payments.ledger.selectors import accounts_out_of_balance, trial_balance
from payments.models import Event, Intent, Operation, Share
from tests.money.model import CARRIER
from tests.money.shop_model import ShopModel
from tests.money.things import Order, Payment
from tourism.models import Booking, RoomNight

StockRecord = get_model("partner", "StockRecord")
ShopOrder = get_model("order", "Order")

Standing = tuple[int, int]  # balance and what is reserved of it


def predicted(model: ShopModel) -> dict[str, Standing]:
    """Return how every account that is not empty must stand, by its code."""
    balance: Counter[str] = Counter()
    held: Counter[str] = Counter()
    for payment in model.payments.values():
        if payment.state == "succeeded":
            balance[_holder(payment, payment.till)] -= payment.amount_vnd
            balance.update({f"escrow:{reference}": vnd for reference, vnd in payment.shares.items()})
    for refund in model.refunds.values():
        shares = {f"escrow:{reference}": vnd for reference, vnd in refund.shares.items()}
        if refund.state == "succeeded":
            holder = "bank:settlement" if refund.is_by_hand else _holder(refund.payment, refund.till)
            balance[holder] += refund.amount_vnd
            balance.subtract(shares)
        elif refund.state == "open":
            held.update(shares)
    for order in model.orders:
        _book_parts(order, balance)
    for payout in model.payouts.values():
        account = f"payable:seller-{payout.seller}"
        if payout.state == "succeeded":
            balance[f"clearing:{payout.provider}"] += payout.amount_vnd
        elif payout.state == "on_the_way":
            balance[account] += payout.amount_vnd
            held[account] += payout.amount_vnd
        if payout.is_by_hand:
            balance["bank:settlement"] += payout.amount_vnd
    for seller, vnd in model.standing.items():
        balance[f"payable:seller-{seller}" if vnd > 0 else f"debt:seller-{seller}"] += vnd
    for till, vnd in model.banked.items():
        balance[f"till:{till}"] += vnd
        balance["bank:settlement"] -= vnd
    return {code: (vnd, held[code]) for code, vnd in sorted(balance.items()) if vnd or held[code]}


def recorded() -> dict[str, Standing]:
    """Return how every account of the ledger that is not empty stands. One query."""
    rows = Account.objects.exclude(balance_vnd=0, held_vnd=0).order_by("code")
    return {
        code: (vnd, held_vnd) for code, vnd, held_vnd in rows.values_list("code", "balance_vnd", "held_vnd")
    }


def differences(model: ShopModel) -> dict[str, tuple[Standing, Standing]]:
    """Return the accounts of which model and ledger say different things: predicted, and recorded."""
    wanted, found = predicted(model), recorded()
    none = (0, 0)
    return {
        code: (wanted.get(code, none), found.get(code, none))
        for code in sorted(wanted.keys() | found.keys())
        if wanted.get(code, none) != found.get(code, none)
    }


def every_dong_is_where_the_model_says(model: ShopModel) -> None:
    found = differences(model)
    assert not found, f"(balance, held) predicted and recorded: {found}"


def the_books_are_whole() -> None:
    assert sum(trial_balance().values()) == 0
    assert not accounts_out_of_balance().exists()
    for money in settled.money_of_all():
        assert not (money.payable_vnd and money.debt_vnd), money


def the_figures_are_those_of(model: ShopModel) -> None:
    """Statistics, stock, nights and the states of orders, with what the model says of them."""
    counted = {
        (order.pk, part.seller): sum(line.counted_vnd for line in part.lines)
        for order in model.orders
        for part in order.parts
        if any(line.is_counted for line in part.lines)
    }
    assert net_by_order_and_seller() == counted
    allocated = StockRecord.objects.filter(num_allocated__gt=0).values_list("product", "num_allocated")
    nights = RoomNight.objects.filter(taken__gt=0).values_list("room_type__product", "night_on", "taken")
    taken = {(product, None): number for product, number in allocated}
    taken |= {(product, night_on): number for product, night_on, number in nights}
    assert taken == {thing: number for thing, number in model.taken.items() if number}
    assert all(model.taken[thing] <= model.capacity[thing] for thing in model.taken)
    states = {part.number: part.status for order in model.orders for part in order.parts}
    names = {"awaiting-payment": "unpaid", "on-handover": "unpaid"}
    rows = SubOrder.objects.values_list("number", "status")
    assert {number: names.get(status, status) for number, status in rows} == states


def nobody_got_back_more_than_was_paid() -> None:
    for payment in Intent.objects.prefetch_related("shares", "operations"):
        captured_vnd = sum(share.captured_vnd for share in payment.shares.all())
        back = [one for one in payment.operations.all() if one.kind == Operation.Kind.REFUND]
        refunded_vnd = sum(one.amount_vnd for one in back if one.state != Operation.State.FAILED)
        assert refunded_vnd == sum(share.refunded_vnd for share in payment.shares.all()) <= captured_vnd


def every_payment_is_of_one_order(model: ShopModel) -> None:
    """What counts for an order is one payment, and perhaps one of the rest of its deposit."""
    for order in model.orders:
        kept = [one for one in order.payments if one.state == "succeeded" and not one.is_given_back]
        heard = [one for one in kept if not any(event.about is one for event in model.events)]
        first = [one for one in heard if not one.is_balance]
        assert len(first) <= 1, order.number
        assert len(heard) - len(first) <= 1, order.number
        assert (order.status in ("paid", "refunded")) == bool(first), order.number


def pages_show_what_the_ledger_says(orders: Iterable[Order]) -> None:
    """The split shown of each released part is, to the đồng, what its lines in the ledger add up to."""
    for order in orders:
        for shown in settlement.split_of_order(ShopOrder.objects.get(pk=order.pk)).parts:
            if shown.clock.released_at is None or shown.part.status != SubOrder.Status.PAID:
                continue
            if shown.part.balance_vnd:
                continue  # what nobody paid cannot have been released
            found = _moved(shown.part.number)
            assert found.get("revenue", 0) == shown.commission_vnd
            assert found.get("tax", 0) == shown.tax_vnd
            assert found.get("payable", 0) + found.get("debt", 0) == shown.seller_vnd
            assert _moved(shown.part.delivery_account).get("payable", 0) == shown.carrier_vnd


def statistics_are_captures_less_refunds() -> None:
    """As ``manage.py check_books`` says, once everything was heard."""
    assert not Event.objects.filter(delivered_at=None).exists()
    assert books.compare().differences == []


def paid_without_goods(orders: Iterable[Order], *, now: datetime) -> list[str]:
    """Return the parts of orders whose money came more than a minute ago, is kept, and bought nothing.

    Lines of ``orders`` that were cancelled are passed over: what is kept of them their policy keeps.
    """
    cancelled = {
        line.id for order in orders for part in order.parts for line in part.lines if line.is_cancelled
    }
    found = []
    past = now - timedelta(minutes=1)
    came = Event.objects.filter(kind=Event.Kind.PAYMENT_SUCCEEDED, created_at__lte=past).values("intent")
    kept = (
        Share.objects.filter(intent__in=came)
        .values("reference")
        .annotate(kept_vnd=Sum("captured_vnd") - Sum("refunded_vnd"))
    )
    kept_vnd = {row["reference"]: row["kept_vnd"] for row in kept.order_by("reference") if row["kept_vnd"]}
    parts = SubOrder.objects.filter(number__in={number.removesuffix("-D") for number in kept_vnd})
    for part in parts.select_related("seller", "order").order_by("number"):
        lines = part.order.lines.filter(partner=part.seller.partner_id).select_related("product", "booking")
        has_all = all(
            line.booking.state == Booking.State.CONFIRMED
            if hasattr(line, "booking")
            else line.num_allocated == line.quantity
            for line in lines
            if line.pk not in cancelled
        )
        if not has_all or part.status != SubOrder.Status.PAID:
            found.append(part.number)
    return found


def _holder(payment: Payment, till: str) -> str:
    return f"till:{till}" if till else f"clearing:{payment.provider}"


def _book_parts(order: Order, balance: Counter[str]) -> None:
    for part in order.parts:
        for line in part.lines:
            balance[f"escrow:{part.number}"] -= line.booked.gross_vnd
            balance["revenue:commission"] += line.booked.commission_vnd
            balance["tax:vat"] += line.booked.vat_vnd
            balance["tax:pit"] += line.booked.pit_vnd
        balance[f"escrow:{part.delivery}"] -= part.carrier_vnd
        balance[f"payable:{CARRIER}"] += part.carrier_vnd


def _moved(reference: str) -> dict[str, int]:
    """What releases and take-backs of a part brought to accounts, by their kind."""
    entries = Entry.objects.filter(
        transfer__reference=reference, transfer__purpose__in=["release", "take-back"]
    )
    rows = entries.values("account__kind").annotate(total_vnd=Sum("amount_vnd")).order_by("account__kind")
    return {row["account__kind"]: row["total_vnd"] for row in rows}
