"""Orders and goods: a list, one of it, and what can be done with that."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from agriculture.prices import parse_price
from agriculture.units import QUANTITY_MAX
from marketplace.keypad.facts import Act, Good, Order, State
from marketplace.keypad.words import dong, short, state_word, unit_word

from .screens import MORE, chosen, grams_typed, has_more, listing, node, page_of, screen


def _orders(state: State) -> str:
    orders = state.facts.orders
    if not orders:
        return screen(_("No orders to prepare. We text you when one comes."))
    rows = [(f"#{order.number} {order.lines}", "") for order in page_of(orders, state.page)]
    return listing(_("Orders:"), rows, more=has_more(orders, state.page))


@node("orders", show=_orders)
def _from_orders(state: State, key: str) -> State | None:
    if key == MORE and has_more(state.facts.orders, state.page):
        return replace(state, page=state.page + 1)
    order = chosen(state.facts.orders, state, key)
    return state.to("order", item=order.part_id) if order else None


def _order(state: State) -> Order:
    return next(order for order in state.facts.orders if order.part_id == state.item)


def _one_order(state: State) -> str:
    order = _order(state)
    head = f"#{order.number} ({state_word(order.state)}) {dong(order.total_vnd)}"
    if order.send_on:
        head += ". " + _("Post by %(day)s") % {"day": order.send_on}
    if order.state == "ready":
        return screen(_("%(head)s. At the post say %(code)s.") % {"head": head, "code": order.code})
    first = _("Accept") if order.state == "new" else _("It is packed")
    if order.state == "accepted" and order.weigh_line:
        first = _("Weigh: %(title)s") % {"title": short(order.weigh_title)}
    return screen(f"{head}: {order.lines}", [("1", first), ("2", _("I do not have it"))])


@node("order", show=_one_order, parent="orders")
def _from_order(state: State, key: str) -> State | None:
    order = _order(state)
    if key == "1" and order.state == "accepted" and order.weigh_line:
        return state.to("weigh")
    if key == "1" and order.state in ("new", "accepted"):
        kind = "accept" if order.state == "new" else "ready"
        return replace(state, act=Act(kind=kind, item=order.part_id, number=order.number))
    return state.to("decline") if key == "2" and order.state != "ready" else None


def _weigh(state: State) -> str:
    title = short(_order(state).weigh_title, 40)
    return screen(_("%(title)s: what does it weigh? Type 2400G or 2.4KG") % {"title": title})


@node("weigh", show=_weigh, parent="order")
def _from_weigh(state: State, key: str) -> State | None:
    order, weight_g = _order(state), grams_typed(key)
    act = Act(kind="weigh", item=order.part_id, number=order.weigh_line, weight_g=weight_g or 0)
    return replace(state, act=act) if weight_g else None


def _decline(state: State) -> str:
    head = _("Say no to order %(number)d? The buyer gets the money back.") % {"number": _order(state).number}
    return screen(head, [("1", _("Yes, say no"))])


@node("decline", show=_decline, parent="order")
def _from_decline(state: State, key: str) -> State | None:
    order = _order(state)
    return (
        replace(state, act=Act(kind="decline", item=order.part_id, number=order.number))
        if key == "1"
        else None
    )


def _goods(state: State) -> str:
    goods = state.facts.goods
    if not goods:
        return screen(_("You sell nothing yet. Go back and choose 3 to sell."))
    rows = [(good.title, f"{dong(good.price_vnd)} x{good.stock}") for good in page_of(goods, state.page)]
    return listing(_("My goods:"), rows, more=has_more(goods, state.page))


@node("goods", show=_goods)
def _from_goods(state: State, key: str) -> State | None:
    if key == MORE and has_more(state.facts.goods, state.page):
        return replace(state, page=state.page + 1)
    good = chosen(state.facts.goods, state, key)
    return state.to("good", item=good.product_id) if good else None


def _good(state: State) -> Good:
    return next(good for good in state.facts.goods if good.product_id == state.item)


def _one_good(state: State) -> str:
    good = _good(state)
    head = _("%(title)s: %(price)s/%(unit)s, %(stock)d left") % {
        "title": short(good.title, 24),
        "price": dong(good.price_vnd),
        "unit": unit_word(good.unit),
        "stock": good.stock,
    }
    options = [
        ("1", _("Change the price")),
        ("2", _("Change how many")),
        ("3", pgettext("by SMS", "Sold out")),
        ("4", _("Show it again") if good.is_paused else _("Hide it")),
        ("5", _("Sell as packed") if good.is_weighed else _("Sell by weight")),
    ]
    return screen(head, options)


@node("good", show=_one_good, parent="goods")
def _from_good(state: State, key: str) -> State | None:
    good = _good(state)
    act = Act(kind="", item=good.product_id)
    match key:
        case "1":
            return state.to("price")
        case "2":
            return state.to("stock")
        case "3":
            return replace(state, act=replace(act, kind="stock", number=0))
        case "4":
            return replace(state, act=replace(act, kind="resume" if good.is_paused else "pause"))
        case "5":
            return replace(state, act=replace(act, kind="as-packed" if good.is_weighed else "by-weight"))
    return None


def _price(state: State) -> str:
    good = _good(state)
    return screen(
        _("%(title)s: new price of 1 %(unit)s? Now %(price)s. Type 19000 or 19K")
        % {"title": short(good.title, 24), "unit": unit_word(good.unit), "price": dong(good.price_vnd)}
    )


@node("price", show=_price, parent="good")
def _from_price(state: State, key: str) -> State | None:
    price_vnd = parse_price(key)
    return replace(state, act=Act(kind="price", item=state.item, price_vnd=price_vnd)) if price_vnd else None


def _stock(state: State) -> str:
    good = _good(state)
    return screen(
        _("%(title)s: how many %(unit)s are left?")
        % {"title": short(good.title, 24), "unit": unit_word(good.unit)}
    )


@node("stock", show=_stock, parent="good")
def _from_stock(state: State, key: str) -> State | None:
    if not (key.isascii() and key.isdigit() and len(key) <= 6 and 0 < int(key) <= QUANTITY_MAX):
        return None
    return replace(state, act=Act(kind="stock", item=state.item, number=int(key)))
