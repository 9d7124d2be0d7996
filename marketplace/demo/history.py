"""A year and a half of paid orders, placed and paid through the same doors as a buyer's, only earlier."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from agriculture.models import Produce
from marketplace.accounts.models import User
from marketplace.delivery.models import Destination, PostOffice
from marketplace.delivery.services import HOME_PROVINCE, Wish
from marketplace.errors import Invalid, NightsTaken
from marketplace.fulfilment import services as fulfilment
from marketplace.places.models import MERGER_ON
from marketplace.places.selectors import communes_at
from marketplace.shop.basket import services as baskets
from marketplace.shop.basket.models import Basket
from marketplace.shop.checkout import services as checkout
from marketplace.shop.checkout.services import Buyer
from payments import services as payments
from payments import tills
from tourism.models import RoomType
from tourism.opening import open_nights

from .accounts import AGENTS_POST_OFFICE
from .goods import LIVELY, SELLERS_EVERYWHERE, Listing
from .payments import CASH, COUNTED_BY, Purses, count, sample_wallets
from .peoples import NAMINGS
from .sellers import FIRST_SALES_ON, Draft
from .stays import House

ORDERS = 150
# So many more wait for their cash at the demo agent's counter.
WAITING = 3
SLIP = "MẪU-1"
PAYS_WITHIN = timedelta(minutes=5)
STRANGERS = 70
FIRST_STRANGER = "+84399000101"
# Every so many orders are the demo buyer's, so that her list of orders is not empty.
DEMO_BUYERS_TURN = 15
# What is left on every shelf.
KEPT_BACK = 2
TIMES_LIKELIER = 3  # where it is lively
GROWTH = 0.7  # below 1, sales become more frequent
# How often goods go to which province: Điện Biên, Hà Nội, Hồ Chí Minh City and some others.
PROVINCES = {HOME_PROVINCE: 40, "01": 28, "79": 12, "31": 5, "14": 5, "40": 4, "48": 3, "25": 3}


class History:
    """Places orders from ``listings`` and ``houses``, all of them saved, up to the moment ``now``."""

    def __init__(
        self,
        *,
        listings: Sequence[Listing],
        houses: Sequence[House],
        buyer: User,
        now: datetime,
        random: Random,
        purses: Purses,
    ) -> None:
        self._random = random
        self._purses = purses
        self._now = now
        self._listings = [one for one in listings if not one.row.is_wholesale]
        self._houses = list(houses)
        self._left = {one: one.stock - KEPT_BACK for one in self._listings}
        self._deck: list[Listing] = []
        self._last_year = now - timedelta(days=365)
        self._is_last_deck = False
        self._house_deck: list[House] = []
        self._demo_buyer = Buyer(phone=str(buyer.phone), name=buyer.name, user=buyer)
        self._strangers = [self._stranger(number) for number in range(STRANGERS)]
        self._offices = list(PostOffice.objects.order_by("code").values_list("code", flat=True))
        self._codes_before = _codes_on(MERGER_ON - timedelta(days=1))
        self._codes_today = _codes_on(MERGER_ON)

    def moments(self, number: int) -> list[datetime]:
        """Return when ``number`` orders are placed, oldest first: from the first sales on, and ever more."""
        last_day = timezone.localdate(self._now) - timedelta(days=1)
        days = (last_day - FIRST_SALES_ON).days
        assert days > 0, f"the story begins on {FIRST_SALES_ON}, and today is {self._now}"
        chosen = []
        for turn in range(number):
            later = int(days * (turn / number) ** GROWTH) + self._random.randint(0, 3)
            day = min(FIRST_SALES_ON + timedelta(days=later), last_day)
            at = time(self._random.randint(6, 21), self._random.randint(0, 59))
            chosen.append(timezone.make_aware(datetime.combine(day, at)))
        return sorted(chosen)

    def place(self, moments: Iterable[datetime]) -> int:
        """Place and pay one order at every moment; return how many there were."""
        placed = 0
        with sample_wallets():
            for placed_at in moments:
                placed += 1
                stranger = self._random.choice(self._strangers)
                self._place(placed_at, stranger if placed % DEMO_BUYERS_TURN else self._demo_buyer)
        return placed

    def leave_waiting(self, number: int) -> None:
        """Place ``number`` orders of goods in the last hours, to be paid in cash at the agent's counter."""
        wish = Wish(Destination.Method.POST_OFFICE, post_office_code=AGENTS_POST_OFFICE)
        for turn in range(number):
            placed_at = self._now - timedelta(hours=number - turn)
            buyer = self._strangers[turn] if turn else self._demo_buyer
            basket = Basket.objects.create(owner=buyer.user)
            one = self._draw(placed_at, wish, without=())
            self._left[one] -= 1
            baskets.add_goods(basket, product_id=one.product.pk, quantity=1)
            order = checkout.place_order(
                basket=basket,
                buyer=buyer,
                wish=wish,
                provider=CASH,
                payer=buyer.phone,
                agreed_total_vnd=None,
                now=placed_at,
            )
            fulfilment.start_payment(order=order, now=placed_at)

    def bank_all(self) -> None:
        """Carry to the bank what the tills hold, as their keepers have done, but for the demo agent."""
        for till in tills.tills():
            if till.code == AGENTS_POST_OFFICE:
                continue
            payments.bank_cash(
                banking_id=uuid.uuid5(uuid.NAMESPACE_OID, f"sample slip {till.code}"),
                till=till.code,
                amount_vnd=till.held_vnd,
                slip=SLIP,
                by=COUNTED_BY,
            )

    def _place(self, placed_at: datetime, buyer: Buyer) -> None:
        basket = Basket.objects.create(owner=buyer.user)
        wish = self._wish(timezone.localdate(placed_at))
        wants = self._random.choices(["goods", "nights", "both"], weights=[70, 20, 10])[0]
        done_on = timezone.localdate(placed_at)
        if wants != "goods":
            done_on = self._add_nights(basket, placed_at)
        if wants != "nights" or basket.is_empty:
            self._add_goods(basket, placed_at, wish)
        provider = self._purses.choose(placed_at, done_on=done_on)
        if buyer is self._demo_buyer:
            provider = CASH  # she may cancel, and the operators know nothing of what is past
        payer = self._purses.payer(buyer.phone, provider)
        order = checkout.place_order(
            basket=basket,
            buyer=buyer,
            wish=wish,
            provider=provider,
            payer=payer,
            agreed_total_vnd=None,
            now=placed_at,
            is_past=True,
        )
        paid_at = placed_at + PAYS_WITHIN * self._random.random()
        till = wish.post_office_code or self._random.choice(self._offices)
        count(fulfilment.start_payment(order=order, now=paid_at), till, now=paid_at)
        if any(part.balance_vnd for part in order.suborders.all()):
            rest = fulfilment.pay_balance(number=order.number, provider=provider, payer=payer, now=paid_at)
            count(rest, till, now=paid_at)

    def _add_goods(self, basket: Basket, placed_at: datetime, wish: Wish) -> None:
        chosen: list[Listing] = []
        for _ in range(self._random.choice((1, 2, 2, 3, 3, 4))):
            one = self._draw(placed_at, wish, without=chosen)
            chosen.append(one)
            quantity = min(self._random.randint(1, _most_wanted(one.price_vnd)), self._left[one])
            self._left[one] -= quantity
            baskets.add_goods(basket, product_id=one.product.pk, quantity=quantity)

    def _draw(self, placed_at: datetime, wish: Wish, *, without: Sequence[Listing]) -> Listing:
        """Take the next card that could be sold then and there. All are in the deck, so all get a turn.

        The last year has a deck of its own, because that is the year most people look at.
        """
        if placed_at > self._last_year and not self._is_last_deck:
            self._deck, self._is_last_deck = [], True
        for _shuffled in range(2):
            for index, one in enumerate(self._deck):
                if one not in without and self._is_sold(one, placed_at, wish):
                    return self._deck.pop(index)
            self._deck += self._new_deck()
        raise AssertionError(f"nothing at all is sold at {placed_at}")

    def _is_sold(self, one: Listing, placed_at: datetime, wish: Wish) -> bool:
        travels = one.row.keeping == Produce.Keeping.DRY
        return (
            one.listed_at < placed_at
            and self._left[one] > 0
            and placed_at.month in one.row.season_months
            and (travels or wish.province_code == HOME_PROVINCE)
        )

    def _new_deck(self) -> list[Listing]:
        """Shuffle: on top enough sellers of every commune for its figures to be shown, and lively places."""
        everything = self._random.sample(self._listings, len(self._listings))
        sellers: dict[str, set[Draft]] = {}
        top: list[Listing] = []
        rest: list[Listing] = []
        for one in everything:
            code = one.place.commune.code
            known = sellers.setdefault(code, set())
            is_needed = len(known) < SELLERS_EVERYWHERE and one.draft not in known
            known.add(one.draft)
            (top if is_needed else rest).append(one)
            top += [one] * (_turns(code) - 1)
        self._random.shuffle(top)
        return top + rest

    def _add_nights(self, basket: Basket, placed_at: datetime) -> date:
        """Book some nights in a house that was listed then; nothing if none is free after a few tries.

        Returns the day its guests leave, or that of the order.
        """
        today = timezone.localdate(placed_at)
        for _ in range(4):
            house = self._draw_house(placed_at)
            if house is None:
                break
            room_type: RoomType = self._random.choice(house.rooms).room_type
            first_night = today + timedelta(days=self._random.randint(1, 24))
            number = self._random.choice((1, 1, 2, 2, 3))
            rooms = self._rooms_wanted(room_type)
            guests = self._random.randint(rooms, rooms * room_type.sleeps)
            last_night = first_night + timedelta(days=number - 1)
            open_nights([room_type], first=first_night, days=(last_night - first_night).days + 1)
            try:
                baskets.add_nights(
                    basket,
                    room_type_id=room_type.pk,
                    first_night=first_night,
                    nights=number,
                    rooms=rooms,
                    guests=guests,
                    now=placed_at,
                )
            except (Invalid, NightsTaken):  # at a festival one night is too few
                continue
            return last_night + timedelta(days=1)
        return today

    def _draw_house(self, placed_at: datetime) -> House | None:
        for _shuffled in range(2):
            for index, house in enumerate(self._house_deck):
                if house.listed_at < placed_at:
                    return self._house_deck.pop(index)
            cards = [one for one in self._houses for _ in range(_turns(one.place.commune.code))]
            self._random.shuffle(cards)
            self._house_deck += cards
        return None

    def _rooms_wanted(self, room_type: RoomType) -> int:
        if room_type.kind == RoomType.Kind.FLOOR:
            return self._random.randint(2, min(8, room_type.rooms))
        return self._random.randint(1, 2)

    def _wish(self, on: date) -> Wish:
        """Choose where the goods go, as a buyer of that day would have filled it in."""
        province = self._random.choices(list(PROVINCES), weights=list(PROVINCES.values()))[0]
        house = f"Số nhà {self._random.randint(2, 180)}, tổ {self._random.randint(1, 15)}"
        if province != HOME_PROVINCE:
            return Wish(Destination.Method.HOME, province_code=province, detail=house)
        if self._random.random() < 0.5:
            office = self._random.choice(self._offices)
            return Wish(Destination.Method.POST_OFFICE, post_office_code=office)
        commune = self._random.choice(self._codes_before if on < MERGER_ON else self._codes_today)
        return Wish(Destination.Method.HOME, commune_code=commune, detail=house)

    def _stranger(self, number: int) -> Buyer:
        naming = NAMINGS[self._random.choice(("Kinh", "Kinh", "Thái", "Mông"))]
        phone = f"+{int(FIRST_STRANGER.removeprefix('+')) + number}"
        return Buyer(phone=phone, name=naming.name(self._random))


def _codes_on(day: date) -> list[str]:
    return list(communes_at(day).values_list("code", flat=True))


def _turns(commune_code: str) -> int:
    return TIMES_LIKELIER if commune_code in LIVELY else 1


def _most_wanted(price_vnd: int) -> int:
    if price_vnd < 100_000:
        return 5
    return 3 if price_vnd < 300_000 else 1
