"""The dialled menu: pure, short, and with a way out wherever somebody is."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from agriculture.units import Unit
from marketplace.keypad.facts import Act, Facts, Good, Order, State, from_json, to_json
from marketplace.keypad.menu import begin, menu, told
from marketplace.messaging.text import plain

RICE = Good(product_id=7, number=1, title="Gạo séng cù", unit="kg", price_vnd=18_000, stock=50)
NEW = Order(part_id=3, number=12, lines="5 kg Gạo séng cù", total_vnd=90_000, send_on="27/11", state="new")
FACTS = Facts(
    name="Hộ Lò Thị Máy",
    is_seller=True,
    goods=(RICE,),
    orders=(NEW,),
    money="Money: held 90.000d; coming 0d, next payout 16:00 24/11; paid 0d.",
)
PLACES = ((1, "Sín Chải"), (2, "Sính Phình"), (3, "Mường Phăng"))


def typed(*keys: str, facts: Facts = FACTS) -> tuple[State, str]:
    state, screen = begin(facts)
    for key in keys:
        state, screen = menu(state, key)
    return state, screen


def test_the_first_screen_names_the_seller_and_what_is_new() -> None:
    _state, screen = typed()

    assert screen == (
        "Ho Lo Thi May\n1 Orders (1 new)\n2 My goods\n3 Sell\n4 My money\n5 Close for days\n6 Help\n0 Leave"
    )


def test_an_order_is_accepted_in_three_keys() -> None:
    _state, screen = typed("1", "1")
    state, _screen = typed("1", "1", "1")

    assert screen == (
        "#12 (new) 90.000d. Post by 27/11: 5 kg Gao seng cu\n1 Accept\n2 I do not have it\n0 Back"
    )
    assert state.act == Act(kind="accept", item=3, number=12)


def test_saying_no_is_asked_twice() -> None:
    state, screen = typed("1", "1", "2")

    assert state.act is None
    assert screen == "Say no to order 12? The buyer gets the money back.\n1 Yes, say no\n0 Back"
    assert menu(state, "1")[0].act == Act(kind="decline", item=3, number=12)


def test_a_price_is_changed_and_one_in_words_is_understood() -> None:
    state, _screen = typed("2", "1", "1", "19 nghin")

    assert state.act == Act(kind="price", item=7, price_vnd=19_000)


def test_a_count_is_changed_and_sold_out_is_one_key() -> None:
    assert typed("2", "1", "2", "20")[0].act == Act(kind="stock", item=7, number=20)
    assert typed("2", "1", "3")[0].act == Act(kind="stock", item=7, number=0)


def test_rice_is_listed_by_seven_answers() -> None:
    state, screen = typed("3", "gao nep", "1", "50", "18k")

    assert screen == "Gao nep: 50 kg, 18.000d each. Right?\n1 Yes, sell it\n0 Back"
    assert menu(state, "1")[0].act == Act(
        kind="sell",
        name="Gao nep",
        category="rice",
        unit="kg",
        number=50,
        weight_g=1_000,
        price_vnd=18_000,
    )


def test_what_no_list_knows_is_asked_for_its_kind_and_its_weight() -> None:
    state, _screen = typed("3", "xoi tim", "1", "4", "500G", "10", "12000", "1")

    assert state.act is not None
    assert (state.act.category, state.act.unit, state.act.weight_g) == ("rice", Unit.BUNCH, 500)


def test_a_stranger_joins_by_name_and_commune() -> None:
    guest = Facts(places=PLACES)
    _state, screen = typed("1", "LO THI MAY", "sin chai", facts=guest)
    state, sure = typed("1", "LO THI MAY", "sin chai", "1", facts=guest)

    assert screen.startswith("Which one?\n1 Sin Chai\n")
    assert sure == "Lo Thi May, Sin Chai. Right?\n1 Yes, let me sell\n0 Back"
    assert menu(state, "1")[0].act == Act(kind="join", name="Lo Thi May", item=1)


def test_going_back_from_the_communes_finds_all_of_them_again() -> None:
    state, _screen = typed("1", "LO THI MAY", "sin chai", "0", "muong phang", facts=Facts(places=PLACES))

    assert state.picks[0] == 3


def test_money_help_and_empty_lists_are_told() -> None:
    empty = replace(FACTS, goods=(), orders=())

    assert "held 90.000d" in typed("4")[1]
    assert "BAN GAO 50KG 18000" in typed("6")[1]
    assert typed("1", facts=empty)[1].startswith("No orders to prepare")
    assert typed("2", facts=empty)[1].startswith("You sell nothing yet")


def test_after_an_act_its_words_are_shown_with_a_way_on_and_a_way_out() -> None:
    state, _screen = typed("2", "1", "3")
    state, screen = told(state, words="Gao seng cu: sold out now.", facts=FACTS)

    assert screen == "Gao seng cu: sold out now.\n1 Something else\n0 Leave"
    assert menu(state, "1")[0].at == "main"
    assert menu(state, "0")[0].is_ended


def test_a_long_list_goes_on_under_nine() -> None:
    goods = tuple(replace(RICE, product_id=number, number=number) for number in range(1, 7))
    facts = replace(FACTS, goods=goods)

    first, second = typed("2", facts=facts)[1], typed("2", "9", facts=facts)[1]

    assert first.endswith("\n9 More\n0 Back")
    assert "9 More" not in second
    assert typed("2", "9", "2", facts=facts)[0].item == 6


def test_four_keys_that_mean_nothing_end_the_session_with_advice() -> None:
    state, screen = typed("8", "8", "8")
    assert not state.is_ended
    state, screen = menu(state, "8")

    assert state.is_ended
    assert screen == "We did not understand. Dial again, or text GIUP."
    assert menu(state, "1") == (state, screen)


def test_a_state_comes_back_from_json_the_same() -> None:
    state, _screen = typed("3", "gao nep", "1")

    assert from_json(json.loads(json.dumps(to_json(state)))) == state


names = st.text(min_size=0, max_size=120)
vnds = st.integers(0, 10**12)
goods = st.builds(
    Good,
    product_id=st.integers(1, 99),
    number=st.integers(1, 9_999),
    title=names,
    unit=st.sampled_from(Unit.values),
    price_vnd=vnds,
    stock=st.integers(0, 10**9),
    is_paused=st.booleans(),
)
orders = st.builds(
    Order,
    part_id=st.integers(1, 99),
    number=st.integers(1, 10**6),
    lines=names,
    total_vnd=vnds,
    send_on=st.sampled_from(["27/11", ""]),
    state=st.sampled_from(["new", "accepted", "ready"]),
    code=st.just("0123"),
    weigh_line=st.integers(0, 9),
    weigh_title=names,
)
facts_of_sellers = st.builds(
    Facts,
    name=names,
    is_seller=st.just(True),
    goods=st.lists(goods, max_size=9, unique_by=lambda good: good.product_id).map(tuple),
    orders=st.lists(orders, max_size=9, unique_by=lambda order: order.part_id).map(tuple),
    money=st.text(max_size=300),
    closed=st.sampled_from(["", "You are closed until you open again."]),
)
facts_of_guests = st.builds(
    Facts, places=st.lists(names, max_size=50).map(lambda all: tuple(enumerate(all, start=1)))
)
sensible = st.sampled_from(
    ["0", "1", "2", "3", "4", "5", "6", "9", "50", "18000", "18k", "gao nep", "ga doi", "500G", "sin chai"]
)
hostile = st.text(max_size=200) | st.sampled_from(
    [
        "'; DROP TABLE sellers;--",
        "{{7*7}}",
        "%s%n",
        "<script>",
        "\x00",
        "9" * 50,
        "*#",
        "١٢٣",
        "²",
        "-1",
        "1e9",
    ]
)


class MenuMachine(RuleBasedStateMachine):
    """Types anything on any screen, in both languages."""

    def __init__(self) -> None:
        super().__init__()
        self.language = "en"
        self.state, self.screen = begin(Facts())

    @initialize(facts=facts_of_sellers | facts_of_guests, language=st.sampled_from(["en", "vi"]))
    def dial(self, facts: Facts, language: str) -> None:
        self.language = language
        with translation.override(language):
            self.state, self.screen = begin(facts)

    @rule(text=sensible | hostile)
    def type(self, text: str) -> None:
        with translation.override(self.language):
            self.state, self.screen = menu(self.state, text)
            if self.state.act is not None:
                self.state, self.screen = told(self.state, words=text * 9, facts=self.state.facts)

    @rule()
    def type_like_people(self) -> None:
        self.type("1")

    @invariant()
    def fits_one_screen_in_plain_letters(self) -> None:
        assert 0 < len(self.screen) <= 160
        assert self.screen == plain(self.screen)

    @invariant()
    def has_a_way_out_that_is_shown(self) -> None:
        if self.state.is_ended:
            return
        assert self.screen.splitlines()[-1].startswith("0 ")
        state = self.state
        with translation.override(self.language):
            for _press in range(8):
                state, _screen = menu(state, "0")
        assert state.is_ended

    @invariant()
    def comes_back_from_json(self) -> None:
        assert from_json(json.loads(json.dumps(to_json(self.state)))) == self.state


TestMenuMachine = MenuMachine.TestCase
TestMenuMachine.settings = settings(max_examples=120, stateful_step_count=25, deadline=None)


@pytest.mark.parametrize("language", ["en", "vi"])
@given(facts=facts_of_sellers)
@settings(max_examples=50, deadline=None)
def test_no_option_of_a_list_is_ever_cut_off(language: str, facts: Facts) -> None:
    with translation.override(language):
        for key, rows in (("1", facts.orders), ("2", facts.goods)):
            _state, screen = typed(key, facts=facts)
            lines = screen.splitlines()

            for number in range(1, min(4, len(rows)) + 1):
                assert any(line == str(number) or line.startswith(f"{number} ") for line in lines)
