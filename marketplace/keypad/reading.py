"""What a short message asks for. Pure: it knows words and numbers, no table.

Written as people write on a phone with keys: without accents, in capitals, words run together or wrong by a
letter, the price before or after the quantity: ``BAN GAO 50KG 18000``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum

from rapidfuzz.distance import OSA

from agriculture.prices import PRICE_VND_MIN, parse_price
from agriculture.units import Quantity, grams_of, parse_number, parse_quantity, parse_unit
from marketplace.places.text import fold

READ_MOST = 480  # letters: three SMS
NUMBERS_MOST = 9  # orders named in one message


class Verb(StrEnum):
    SELL = "sell"
    PRICE = "price"
    STOCK = "stock"
    SOLD_OUT = "sold-out"
    GOODS = "goods"
    ORDERS = "orders"
    ACCEPT = "accept"
    DECLINE = "decline"
    WEIGH = "weigh"
    READY = "ready"
    HAND = "hand"
    MONEY = "money"
    WALLET = "wallet"
    CLOSE = "close"
    OPEN = "open"
    JOIN = "join"
    AGREE = "agree"
    REVOKE = "revoke"
    HELP = "help"
    UNKNOWN = "unknown"


# Folded; the first of each is the one that our answers name.
WORDS: dict[Verb, tuple[str, ...]] = {
    Verb.SELL: ("ban", "dang ban", "can ban", "toi ban", "dang"),
    Verb.PRICE: ("gia", "doi gia", "sua gia"),
    Verb.STOCK: ("con", "con lai", "so luong"),
    Verb.SOLD_OUT: ("het", "het hang", "ban het"),
    Verb.GOODS: ("hang", "hang cua toi", "mat hang", "san pham"),
    Verb.ORDERS: ("don", "don hang", "xem don"),
    Verb.ACCEPT: ("nhan", "nhan don", "dong y don"),
    Verb.DECLINE: ("tu choi", "tuchoi", "khong nhan", "khong ban"),
    Verb.READY: ("xong", "xong don", "dong goi", "goi xong"),
    Verb.WEIGH: ("can", "can nang", "nang"),
    Verb.HAND: ("giao", "da giao", "giao don", "giao hang"),
    Verb.MONEY: ("tien", "tien cua toi", "so du", "sodu", "xem tien"),
    Verb.WALLET: ("vi", "vi tien", "vi dien tu", "vi cua toi", "doi vi", "dat vi"),
    Verb.CLOSE: ("nghi", "nghi ban", "tam nghi", "dong cua"),
    Verb.OPEN: ("mo", "mo lai", "mo cua", "ban lai"),
    Verb.JOIN: ("dk", "dang ky", "dangky", "tham gia", "vao cho"),
    Verb.AGREE: ("dong y", "dongy", "cho phep"),
    Verb.REVOKE: ("huy", "thu lai", "khong cho phep"),
    Verb.HELP: ("giup", "giup do", "tro giup", "huong dan", "help", "menu"),
}
_PHRASES = sorted(
    ((phrase, verb) for verb, phrases in WORDS.items() for phrase in phrases),
    key=lambda pair: -len(pair[0]),
)
# Short words are near to each other: only where nothing fits is a letter taken for wrong.
_NEAREST_LETTERS = 3
_RUN_TOGETHER = (Verb.SELL, Verb.PRICE, Verb.SOLD_OUT, Verb.ACCEPT)

_EACH = re.compile(r"(?:/|\bmoi|\bmot)\s*([a-z]+)\b")
_FILLERS = frozenset({
    "gia", "dong", "d", "vnd", "nhe", "nha", "a", "oi", "cho", "toi", "em", "moi", "mot", "la", "voi", "va",
    "so", "don", "ngay", "co", "thi", "hang",
})  # fmt: skip
_GRAMS = re.compile(r"(\d+(?:[.,]\d+)*) ?(kg|g|lang|ml|l|lit)")
_DATE = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})(?:[/.-]\d{2,4})?\b")
_PLACE = re.compile(r"\s*(?:,|;|\bxa\b|\bphuong\b)\s*")
_POINTS = re.compile(r"[,;:!?.]+(?=\s|$)")
_LINES = re.compile(r"[\s\x00-\x1f\x7f]+")


@dataclass(frozen=True)
class Command:
    """A message as it was understood. What it does not say is empty.

    ``name`` is what is sold, or who joins; ``number`` a count without a unit, or the number of a product in
    the list; ``code`` digits as they stand, ``days`` how long, ``until`` (day, month) until when.
    """

    verb: Verb
    name: str = ""
    place: str = ""
    quantity: Quantity | None = None
    number: int | None = None
    price_vnd: int | None = None
    small_price: int | None = None
    weight_g: int | None = None
    numbers: tuple[int, ...] = ()
    code: str = ""
    days: int | None = None
    until: tuple[int, int] | None = None


@dataclass
class _Words:
    """The words of a message beside their folded selves, taken one by one as they are understood."""

    written: list[str]
    folded: list[str]
    taken: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, text: str) -> _Words:
        written: list[str] = []
        folded: list[str] = []
        for word in text.split():
            pieces = fold(word).split()
            written += [word] if len(pieces) == 1 else pieces
            folded += pieces
        return cls(written, folded)

    def windows(self, most: int) -> list[tuple[int, int]]:
        """Return the runs of at most ``most`` words not taken yet: by where they begin, the longest first."""
        size = len(self.folded)
        spans = [(start, end) for start in range(size) for end in range(min(size, start + most), start, -1)]
        return [span for span in spans if self.taken.isdisjoint(range(*span))]

    def text(self, span: tuple[int, int]) -> str:
        return " ".join(self.folded[slice(*span)])

    def take(self, span: tuple[int, int]) -> None:
        self.taken.update(range(*span))

    def left(self) -> list[int]:
        return [index for index in range(len(self.folded)) if index not in self.taken]


def read(text: str) -> Command:
    """Return what a message asks for; ``Verb.UNKNOWN`` if nobody can tell. Never raises."""
    cleaned = _LINES.sub(" ", text[:READ_MOST]).strip()
    verb, rest = _verb_of(cleaned)
    if verb in (Verb.SELL, Verb.PRICE, Verb.STOCK, Verb.SOLD_OUT):
        found = _goods(verb, rest)
        if found.name or verb != Verb.SELL:
            return found
    # "Cam 50kg 18000" says all there is to say, and cam is no word for scales.
    wish = _goods(Verb.SELL, cleaned)
    if wish.name and wish.quantity and wish.price_vnd:
        return wish
    match verb:
        case Verb.SELL:
            return found
        case Verb.ACCEPT | Verb.DECLINE | Verb.READY | Verb.AGREE | Verb.HAND:
            return _about_numbers(verb, fold(rest))
        case Verb.WEIGH:
            return _weighing(rest)
        case Verb.CLOSE:
            return _pause(fold(rest))
        case Verb.JOIN:
            return _joining(rest)
    return Command(verb, name=rest if verb != Verb.UNKNOWN else "")


def _about_numbers(verb: Verb, text: str) -> Command:
    """Read "12, 13" or, where somebody else's digits follow the order, "12 0678"."""
    found = re.findall(r"\d{1,9}", text)[:NUMBERS_MOST]
    if verb == Verb.HAND:
        return Command(verb, numbers=tuple(map(int, found[:1])), code=found[1] if len(found) > 1 else "")
    return Command(verb, numbers=tuple(map(int, found)), code=found[0] if found else "")


def _verb_of(text: str) -> tuple[Verb, str]:
    """Return the verb a message begins with, and what follows it."""
    # "NHAN12" and "BAN:GAO" have their word and their number in one.
    spaced = re.sub(r"^\s*([^\W\d_]+)[\d:.,;#*-]", lambda found: f"{found[1]} {found[0][-1]}", text)
    words = _Words.of(spaced)
    folded = " ".join(words.folded)
    for phrase, verb in _PHRASES:
        if folded == phrase or folded.startswith(phrase + " "):
            return verb, " ".join(words.written[phrase.count(" ") + 1 :]).lstrip(":.,;#*- ")
    if not words.folded:
        return Verb.UNKNOWN, ""
    first, rest = words.folded[0], " ".join(words.written[1:])
    if len(first) >= _NEAREST_LETTERS:
        near = {
            verb
            for phrase, verb in _PHRASES
            if len(phrase) >= _NEAREST_LETTERS and OSA.distance(first, phrase) == 1
        }
        if len(near) == 1:
            return near.pop(), rest
        for verb in _RUN_TOGETHER:
            start = WORDS[verb][0]
            if first.startswith(start) and len(first) > len(start) + 1:
                return verb, f"{words.written[0][len(start) :]} {rest}".strip()
    return Verb.UNKNOWN, text


def _goods(verb: Verb, text: str) -> Command:
    """Read what is sold, how much of it, and for how much, in any order."""
    # "18.000/kg" and "18 nghin mot can" say nothing that the quantity does not.
    text = _POINTS.sub(" ", text)
    lower = _EACH.sub(lambda found: " " if parse_unit(found[1]) else found[0], text.lower())
    words = _Words.of(lower if fold(lower) != fold(text) else text)
    quantity = None if verb in (Verb.PRICE, Verb.SOLD_OUT) else _take_quantity(words)
    price_vnd = None if verb in (Verb.STOCK, Verb.SOLD_OUT) else _take_price(words)
    if quantity is not None and quantity.weight_g is None:
        quantity = replace(quantity, weight_g=_take_grams(words))
    number = small = None
    for index in [index for index in words.left() if words.folded[index].isdigit()]:
        value = parse_number(words.folded[index])
        if value is None or value > 10**9:
            continue
        if price_vnd is None and value < PRICE_VND_MIN and quantity and verb == Verb.SELL:
            small = int(value)
        elif number is None:
            number = int(value)
        else:
            continue
        words.take((index, index + 1))
    return Command(
        verb, name=_name(words), quantity=quantity, number=number, price_vnd=price_vnd, small_price=small
    )


def _take_quantity(words: _Words) -> Quantity | None:
    for span in words.windows(5):
        found = parse_quantity(words.text(span))
        if found is not None:
            words.take(span)
            return found
    return None


def _take_grams(words: _Words) -> int | None:
    """Take what one of them weighs, where it is said apart from how many there are."""
    for span in words.windows(2):
        found = _GRAMS.fullmatch(words.text(span))
        grams = grams_of(found[1], found[2]) if found else None
        if grams is not None:
            words.take(span)
            return grams
    return None


def _take_price(words: _Words) -> int | None:
    """Take the last price: the number of a rice may stand before it."""
    found = [(span, parse_price(words.text(span))) for span in words.windows(4)]
    prices = [(span, price_vnd) for span, price_vnd in found if price_vnd is not None]
    if not prices:
        return None
    last = max(end for (_start, end), _price in prices)
    span, price_vnd = next(pair for pair in prices if pair[0][1] == last)
    words.take(span)
    return price_vnd


def _name(words: _Words) -> str:
    left = words.left()
    while left and words.folded[left[0]] in _FILLERS:
        left = left[1:]
    while left and words.folded[left[-1]] in _FILLERS:
        left = left[:-1]
    name = " ".join(words.written[index].strip(".,;:!?-") for index in left).strip()
    return name.capitalize() if name.isupper() or name.islower() else name


def _weighing(text: str) -> Command:
    """Read "12 2,4kg" or "12 ga 2,4kg": the order, perhaps what of it, and what it weighs."""
    words = _Words.of(_POINTS.sub(" ", text.lower()))
    weight_g = _take_grams(words)
    first = next((index for index in words.left() if words.folded[index].isdigit()), None)
    if first is not None:
        words.take((first, first + 1))
    numbers = (int(words.folded[first][:9]),) if first is not None else ()
    return Command(Verb.WEIGH, name=_name(words), numbers=numbers, weight_g=weight_g)


def _pause(text: str) -> Command:
    date = _DATE.search(text)
    if date:
        return Command(Verb.CLOSE, until=(int(date[1]), int(date[2])))
    length = re.search(r"\b(\d{1,3})\s*(tuan|thang)?", text)
    if length is None:
        return Command(Verb.CLOSE)
    days = int(length[1]) * {"tuan": 7, "thang": 30}.get(length[2] or "", 1)
    return Command(Verb.CLOSE, days=days)


def _joining(text: str) -> Command:
    """Read "Lo Thi May, Sin Chai": who, and the commune."""
    words = _Words.of(text)
    by_comma = [piece.strip() for piece in re.split(r"[,;]", text, maxsplit=1)]
    if len(by_comma) == 2:
        return Command(
            Verb.JOIN, name=by_comma[0], place=re.sub(r"(?i)^(xã|xa|phường|phuong)\s+", "", by_comma[1])
        )
    for mark in ("xa", "phuong"):
        if mark in words.folded[1:]:
            at = words.folded.index(mark, 1)
            return Command(
                Verb.JOIN, name=" ".join(words.written[:at]), place=" ".join(words.written[at + 1 :])
            )
    return Command(Verb.JOIN, name=text.strip())
