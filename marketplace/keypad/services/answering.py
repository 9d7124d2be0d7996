"""What a message that was understood does, and what is answered: always something that helps on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID, uuid5

from django.utils import timezone
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from agriculture.crops import crop_of
from agriculture.units import FIXED_G, QUANTITY_MAX, Quantity, Unit, convert
from marketplace.keypad import selectors
from marketplace.keypad.facts import Act, Good, Order
from marketplace.keypad.reading import Command, Verb
from marketplace.keypad.selectors import Person
from marketplace.keypad.words import SCREEN, dong, fit, short, state_word, unit_word
from marketplace.places.text import fold
from marketplace.sellers.models import Origin

from . import wallets
from .doing import do
from .joining import agree, answer_guest, revoke

ALIKE = 82  # of 100: how near a written name must be to one of their goods


def answer(command: Command, *, person: Person, key: UUID, now: datetime) -> str:
    """Carry out ``command`` for ``person`` and return the answer, which fits into one SMS."""
    if not person.sellers:
        return fit(answer_guest(command, person=person, now=now))
    return fit(_ANSWERS[command.verb](command, person, key, now))


def _help(command: Command, person: Person, key: UUID, now: datetime) -> str:
    return _(
        "BAN GAO 50KG 18000. GIA GAO 19000. CON GAO 20. HET GAO. "
        "DON. NHAN 12. CAN 12 2KG. XONG 12. GIAO 12 5678. TIEN. VI. NGHI 3"
    )


def _unknown(command: Command, person: Person, key: UUID, now: datetime) -> str:
    return _("We did not understand. For example: BAN GAO 50KG 18000, DON, TIEN. For all words: GIUP")


# --- Goods --------------------------------------------------------------------------------------


def _sell(command: Command, person: Person, key: UUID, now: datetime) -> str:
    name = command.name or "GAO"
    example = f"BAN {short(name, 20).upper()} 50KG 18000"
    if not command.name:
        return _("What do you sell? Write: %(example)s") % {"example": example}
    if command.small_price is not None:
        example = f"BAN {short(name, 20).upper()} {_written(command.quantity)} {command.small_price}000"
        return _("Write the price in full. Do you mean: %(example)s") % {"example": example}
    if command.price_vnd is None:
        return _("For how much? Write the price last: %(example)s") % {"example": example}
    quantity = command.quantity or _in_known_unit(command, person)
    if quantity is None:
        return _("How much, and by what? For example kg, bo, con: %(example)s") % {"example": example}
    crop = crop_of(command.name)
    known = _named(command.name, selectors.goods_of(person.sellers[:1]))
    category = crop.category if crop else _category_of(known)
    if not category:
        return _("We do not know what %(name)s is. Dial *138# and choose 3.") % {"name": short(name)}
    weight_g = quantity.weight_g or FIXED_G.get(quantity.unit) or 0
    if not weight_g and crop is not None and quantity.unit in crop.units:
        weight_g = crop.weight_g
    if not weight_g and not (known and known[0].unit == quantity.unit):
        example = f"BAN {short(name, 20).upper()} {_written(quantity)} 2KG {command.price_vnd}"
        words = {"unit": unit_word(quantity.unit), "example": example}
        return _("What does 1 %(unit)s weigh? For example: %(example)s") % words
    act = Act(
        kind="sell",
        name=command.name,
        category=category,
        unit=quantity.unit.value,
        number=quantity.number,
        weight_g=weight_g,
        price_vnd=command.price_vnd,
    )
    return do(act, person=person, key=key, now=now)


def _written(quantity: Quantity | None) -> str:
    return f"{quantity.number}{unit_word(quantity.unit).upper()}" if quantity else "50KG"


def _in_known_unit(command: Command, person: Person) -> Quantity | None:
    """Return a bare number in the unit in which they sell the same thing already."""
    known = _named(command.name, selectors.goods_of(person.sellers[:1]))
    if command.number is None or not known or not 0 < command.number <= QUANTITY_MAX:
        return None
    return Quantity(command.number, Unit(known[0].unit))


def _category_of(known: list[Good]) -> str:
    return Origin.objects.get(product=known[0].product_id).group if known else ""


def _goods(command: Command, person: Person, key: UUID, now: datetime) -> str:
    goods = selectors.goods_of(person.sellers)
    if not goods:
        return _("You sell nothing yet. Write: BAN GAO 50KG 18000")
    rows = [f"{good.number} {short(good.title)} {dong(good.price_vnd)} x{good.stock}" for good in goods]
    return _as_many(rows)


def _price(command: Command, person: Person, key: UUID, now: datetime) -> str:
    good, question = _the_good(command, person, verb="GIA")
    if good is None:
        return question
    title = short(good.title, 24)
    if command.price_vnd is None:
        words = {"title": title, "price": dong(good.price_vnd), "name": short(good.title).upper()}
        return _("%(title)s is %(price)s. For a new price write: GIA %(name)s 19000") % words
    act = Act(kind="price", item=good.product_id, price_vnd=command.price_vnd)
    return do(act, person=person, key=key, now=now)


def _stock(command: Command, person: Person, key: UUID, now: datetime) -> str:
    good, question = _the_good(command, person, verb="CON")
    if good is None:
        return question
    unit = Unit(good.unit)
    number = command.number
    if command.quantity is not None:
        number = _in_unit(command.quantity, unit)
    elif not command.name:  # "CON 1 30" names the product by its number
        number = None
    if number is None:
        words = {"title": short(good.title, 24), "number": good.stock, "unit": unit_word(good.unit)}
        words["name"] = short(good.title).upper()
        return _("%(title)s: %(number)d %(unit)s left. To change it write: CON %(name)s 20") % words
    return do(Act(kind="stock", item=good.product_id, number=number), person=person, key=key, now=now)


def _in_unit(quantity: Quantity, unit: Unit) -> int | None:
    """Return what was said in another weight in whole units: 2 tạ are 200 kg. None if it leaves a rest."""
    if quantity.unit == unit:
        return quantity.number
    if quantity.unit not in FIXED_G or unit not in FIXED_G:
        return None
    number = convert(quantity.number, quantity.unit, unit)
    return int(number) if number == int(number) else None


def _sold_out(command: Command, person: Person, key: UUID, now: datetime) -> str:
    good, question = _the_good(command, person, verb="HET")
    if good is None:
        return question
    return do(Act(kind="stock", item=good.product_id), person=person, key=key, now=now)


def _the_good(command: Command, person: Person, *, verb: str) -> tuple[Good | None, str]:
    """Return the product that is meant, or what to ask."""
    goods = selectors.goods_of(person.sellers)
    if not goods:
        return None, _("You sell nothing yet. Write: BAN GAO 50KG 18000")
    if command.name:
        found = _named(command.name, goods)
    elif command.number is not None:
        found = [good for good in goods if good.number == command.number]
    else:
        found = list(goods)
    if len(found) == 1:
        return found[0], ""
    rows = [f"{good.number} {short(good.title)}" for good in (found or goods)]
    head = _("Which one? Write %(verb)s and its number.") % {"verb": verb}
    return None, f"{head} {_as_many(rows, SCREEN - len(head) - 1)}"


def _named(name: str, goods: tuple[Good, ...]) -> list[Good]:
    """Return the goods that a written name may mean: called so, or having its words, or nearly called so."""
    wanted = fold(name)
    folded = {good.product_id: fold(good.title) for good in goods}
    exact = [good for good in goods if folded[good.product_id] == wanted]
    if exact:
        return exact[:1]
    words = wanted.split()
    having = [good for good in goods if all(f" {word}" in f" {folded[good.product_id]}" for word in words)]
    if having:
        return having
    near = process.extract(wanted, folded, scorer=fuzz.WRatio, score_cutoff=ALIKE, limit=3)
    ids = [product_id for _title, _score, product_id in near]
    return [good for good in goods if good.product_id in ids]


# --- Orders -------------------------------------------------------------------------------------


def _orders(command: Command, person: Person, key: UUID, now: datetime) -> str:
    orders = _orders_of(person, now)
    if not orders:
        return _("No orders to prepare. We text you when one comes.")
    new = [order for order in orders if order.state == "new"]
    hint = " " + _("Accept: NHAN %(number)d") % {"number": new[0].number} if new else ""
    return _as_many([_order_row(order) for order in orders], SCREEN - len(hint)) + hint


def _order_row(order: Order) -> str:
    return f"#{order.number} {short(order.lines, 40)} ({state_word(order.state)}, {order.send_on})"


def _orders_of(person: Person, now: datetime) -> tuple[Order, ...]:
    return selectors.orders_of(person.sellers, today=timezone.localdate(now))


def _about_orders(kind: str, state: str, verb: str) -> Callable[[Command, Person, UUID, datetime], str]:
    """Return what answers NHAN, TU CHOI and XONG: with numbers, or without where only one can be meant."""

    def carry_out(command: Command, person: Person, key: UUID, now: datetime) -> str:
        orders = {order.number: order for order in _orders_of(person, now)}
        fitting = [order.number for order in orders.values() if order.state == state]
        numbers = list(dict.fromkeys(command.numbers)) or (fitting if len(fitting) == 1 else [])
        if not numbers:
            if not orders:
                return _("No orders to prepare. We text you when one comes.")
            rows = [_order_row(order) for order in orders.values()]
            head = _("Which order? Write %(verb)s and its number.") % {"verb": verb}
            return f"{head} {_as_many(rows, SCREEN - len(head) - 1)}"
        answers = []
        for number in numbers:
            order = orders.get(number)
            if order is None:
                answers.append(_("There is no order %(number)d to prepare.") % {"number": number})
                continue
            act = Act(kind=kind, item=order.part_id, number=number)
            answers.append(do(act, person=person, key=uuid5(key, str(number)), now=now))
        return " ".join(answers)

    return carry_out


def _decline(command: Command, person: Person, key: UUID, now: datetime) -> str:
    if not command.numbers:
        return _("Which order? Write TU CHOI and its number. The buyer gets the money back.")
    return _about_orders("decline", "new", "TU CHOI")(command, person, key, now)


def _weigh(command: Command, person: Person, key: UUID, now: datetime) -> str:
    orders = {order.number: order for order in _orders_of(person, now)}
    waiting = [order.number for order in orders.values() if order.weigh_line]
    number = command.numbers[0] if command.numbers else waiting[0] if len(waiting) == 1 else 0
    order = orders.get(number)
    if order is None or command.weight_g is None:
        return _("Write the order and the weight: CAN %(number)d 2.4KG") % {"number": number or 12}
    lines = selectors.lines_to_weigh(person.sellers, order, today=timezone.localdate(now))
    wanted = fold(command.name)
    named = [line for line in lines if wanted in fold(line.line.title)]
    found = named if wanted else [line for line in lines if line.waits_for_scales] or named
    if not found:
        return _("Nothing of order %(number)d is sold by weight.") % {"number": number}
    if len(found) > 1:
        titles = _as_many([short(line.line.title) for line in found], 60)
        words = {"number": number, "name": short(found[0].line.title, 20).upper(), "titles": titles}
        return _("Which one: %(titles)s? Write: CAN %(number)d %(name)s 2.4KG") % words
    act = Act(kind="weigh", item=order.part_id, number=found[0].line.pk, weight_g=command.weight_g)
    return do(act, person=person, key=key, now=now)


def _hand(command: Command, person: Person, key: UUID, now: datetime) -> str:
    orders = {order.number: order for order in _orders_of(person, now)}
    order = orders.get(command.numbers[0]) if command.numbers else None
    if order is None or not command.code:
        number = order.number if order else 12
        return _("Write the order and the buyer's four digits: GIAO %(number)d 5678") % {"number": number}
    act = Act(kind="hand", item=order.part_id, number=order.number, name=command.code)
    return do(act, person=person, key=key, now=now)


# --- Money, closed days, leave -----------------------------------------------------------------


def _money(command: Command, person: Person, key: UUID, now: datetime) -> str:
    words = selectors.money_in_words(person.sellers, now=now)
    return words if person.sellers[0].wallet_msisdn else words + " " + _("To be paid write: VI")


def _wallet(command: Command, person: Person, key: UUID, now: datetime) -> str:
    provider = wallets.wallet_named(command.name)
    if provider is None:
        return _("We know no wallet %(name)s. Write VI VIETTEL, VI VNPT or VI MOBI") % {
            "name": short(command.name)
        }
    known = wallets.wallet_words(person.sellers[0])
    if known and not provider:
        return _("%(known)s For that of this phone write VI VIETTEL, VI VNPT or VI MOBI") % {"known": known}
    return do(Act(kind="wallet", name=provider), person=person, key=key, now=now)


def _close(command: Command, person: Person, key: UUID, now: datetime) -> str:
    days = command.days or 0
    if command.until is not None:
        day, month = command.until
        days = _days_until(day, month, today=timezone.localdate(now))
        if days == 0:
            return _("There is no day %(day)d/%(month)d. Write: NGHI 3, or NGHI DEN 30/11") % {
                "day": day,
                "month": month,
            }
    return do(Act(kind="close", number=days), person=person, key=key, now=now)


def _days_until(day: int, month: int, *, today: date) -> int:
    """Return how many days from today the next ``day``/``month`` is, itself counted; 0 if there is none."""
    for year in (today.year, today.year + 1):
        try:
            last = date(year, month, day)
        except ValueError:
            continue
        if last >= today:
            return (last - today).days + 1
    return 0


def _open(command: Command, person: Person, key: UUID, now: datetime) -> str:
    return do(Act(kind="open"), person=person, key=key, now=now)


def _agree(command: Command, person: Person, key: UUID, now: datetime) -> str:
    return agree(command.code, person=person, now=now)


def _revoke(command: Command, person: Person, key: UUID, now: datetime) -> str:
    return revoke(person, now=now)


def _as_many(rows: list[str], room: int = SCREEN) -> str:
    """Return as many rows as fit, and how many there are besides."""
    shown: list[str] = []
    for index, row in enumerate(rows):
        left = len(rows) - index - 1
        rest = f"; +{left}" if left else ""
        if shown and len(fit("; ".join([*shown, row]), 10_000)) + len(rest) > room:
            return f"{'; '.join(shown)}; +{left + 1}"
        shown.append(row)
    return "; ".join(shown)


_ANSWERS: dict[Verb, Callable[[Command, Person, UUID, datetime], str]] = {
    Verb.SELL: _sell,
    Verb.PRICE: _price,
    Verb.STOCK: _stock,
    Verb.SOLD_OUT: _sold_out,
    Verb.GOODS: _goods,
    Verb.ORDERS: _orders,
    Verb.ACCEPT: _about_orders("accept", "new", "NHAN"),
    Verb.DECLINE: _decline,
    Verb.WEIGH: _weigh,
    Verb.HAND: _hand,
    Verb.READY: _about_orders("ready", "accepted", "XONG"),
    Verb.MONEY: _money,
    Verb.WALLET: _wallet,
    Verb.CLOSE: _close,
    Verb.OPEN: _open,
    Verb.REVOKE: _revoke,
    Verb.JOIN: _help,
    Verb.AGREE: _agree,
    Verb.HELP: _help,
    Verb.UNKNOWN: _unknown,
}
