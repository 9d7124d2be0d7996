"""Cash at the counter: taken once, to the đồng, against the buyer's code, and at the buyer's post office."""

from __future__ import annotations

import uuid

import pytest

from marketplace.counter import selectors, services
from marketplace.counter.errors import NothingFound, NotWaiting, TooManyTries, WrongAmount, WrongCode
from marketplace.fulfilment import services as fulfilment
from payments import tills
from payments.ledger.selectors import balance_vnd, entries_of
from tests.counter.conftest import DUE_VND, agent_of, asked_back, count, fresh, order_at, paid_at, waiting
from tests.payments.threads import race
from tests.shop.silent import hear

pytestmark = pytest.mark.django_db


def other_code(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_counted_cash_pays_the_order_and_lies_in_the_till(office, agent):
    placement = order_at(office)
    assert placement.order.status == "on-handover"

    counted_by = count(placement, office, agent)
    hear()

    assert counted_by == f"Cà Văn Điện #{agent.pk}"
    assert fresh(placement).order.status == "paid"
    assert tills.held_vnd("380000") == DUE_VND
    assert selectors.waiting_at(office) == []


def test_counting_again_changes_nothing_and_names_who_counted(office, agent):
    placement = order_at(office)
    operation = waiting(placement)
    count(placement, office, agent)

    again = services.count(
        placement=placement,
        office=office,
        operation_id=operation.pk,
        code="",
        counted_vnd=1,
        agent=agent_of(office, "Lò Thị Ín"),
        now=operation.created_at,
    )

    assert again == f"Cà Văn Điện #{agent.pk}"
    assert tills.held_vnd("380000") == DUE_VND


def test_another_code_is_refused_without_the_right_one(office, agent):
    placement = order_at(office)
    code = waiting(placement).action["code"]

    with pytest.raises(WrongCode, match="not the code of this order") as refused:
        count(placement, office, agent, code=other_code(code))

    assert code not in str(refused.value)
    assert tills.held_vnd("380000") == 0


def test_codes_cannot_be_found_by_trying(office, agent):
    placement = order_at(office)
    wrong = other_code(waiting(placement).action["code"])
    for _ in range(services.WRONG_CODES_PER_HOUR):
        with pytest.raises(WrongCode):
            count(placement, office, agent, code=wrong)

    with pytest.raises(TooManyTries, match="Too many wrong codes"):
        count(placement, office, agent)

    assert tills.held_vnd("380000") == 0


def test_a_wrong_sum_is_no_wrong_code(office, agent):
    placement = order_at(office)
    for _ in range(services.WRONG_CODES_PER_HOUR + 1):
        with pytest.raises(WrongAmount):
            count(placement, office, agent, counted_vnd=1)

    count(placement, office, agent)

    assert tills.held_vnd("380000") == DUE_VND


@pytest.mark.parametrize(("counted_vnd", "said"), [(216_999, "216.999 ₫"), (217_001, "217.001 ₫")])
def test_another_sum_than_is_due_is_refused_with_both(office, agent, counted_vnd, said):
    placement = order_at(office)

    with pytest.raises(WrongAmount) as refused:
        count(placement, office, agent, counted_vnd=counted_vnd)

    words = str(refused.value).replace("\xa0", " ")
    assert words.startswith(f"You counted {said}, 217.000 ₫ are due.")
    assert tills.held_vnd("380000") == 0


def test_a_cancelled_order_takes_no_cash(office, agent):
    placement = order_at(office)
    operation = waiting(placement)
    fulfilment.cancel(number=placement.order.number, now=operation.created_at)

    with pytest.raises(NotWaiting, match=f"Order {placement.order.number} does not wait"):
        services.count(
            placement=fresh(placement),
            office=office,
            operation_id=operation.pk,
            code=operation.action["code"],
            counted_vnd=DUE_VND,
            agent=agent,
            now=operation.created_at,
        )

    assert tills.held_vnd("380000") == 0


def test_an_operation_of_another_order_is_not_counted_for_this_one(office, agent):
    one, other = order_at(office), order_at(office)

    for operation_id in (waiting(other).pk, uuid.uuid4()):
        with pytest.raises(NotWaiting):
            count(one, office, agent, operation_id=operation_id)

    assert tills.held_vnd("380000") == 0


@pytest.mark.django_db(transaction=True)
def test_two_agents_counting_the_same_order_at_once_make_one_entry(office, agent):
    placement = order_at(office)
    operation = waiting(placement)
    agents = [agent, agent_of(office, "Lò Thị Ín")]

    def call(who):
        return lambda: services.count(
            placement=placement,
            office=office,
            operation_id=operation.pk,
            code=operation.action["code"],
            counted_vnd=DUE_VND,
            agent=who,
            now=operation.created_at,
        )

    first, second = race([call(who) for who in agents])

    assert first == second
    assert first in [f"{who.name} #{who.pk}" for who in agents]
    assert [entry.amount_vnd for entry in entries_of("till:380000")] == [-DUE_VND]
    assert balance_vnd("clearing:cash") == 0


# --- Refunds ------------------------------------------------------------------------------------


def test_a_refund_waits_with_a_code_of_its_own_and_is_paid_out(office, agent):
    placement = paid_at(office, agent)
    refund = asked_back(placement)

    (one,) = selectors.waiting_at(office)
    assert (one.is_refund, one.operation.pk, one.operation.amount_vnd) == (True, refund.pk, DUE_VND)
    count(placement, office, agent)

    assert tills.held_vnd("380000") == 0
    assert [counted.operation.kind for counted in tills.counted(placement.payment_id, till="380000")] == [
        "refund",
        "authorize",
    ]


def test_a_refund_wants_its_own_code_and_sum(office, agent):
    placement = paid_at(office, agent)
    asked_back(placement)

    with pytest.raises(WrongCode):
        count(placement, office, agent, code=other_code(waiting(placement).action["code"]))
    with pytest.raises(WrongAmount, match="are due"):
        count(placement, office, agent, counted_vnd=DUE_VND - 1)

    assert tills.held_vnd("380000") == DUE_VND


def test_what_the_post_lays_out_for_a_refund_is_below_zero(office, agent):
    placement = paid_at(office, agent)
    asked_back(placement)
    services.bank(office=office, agent=agent, banking=services.Banking(uuid.uuid4(), DUE_VND, "BK-1"))

    count(placement, office, agent)

    assert tills.held_vnd("380000") == -DUE_VND


# --- Finding ------------------------------------------------------------------------------------


def test_an_order_is_found_by_code_or_number_however_it_is_typed(office, agent):
    placement = order_at(office)
    order_at(office)
    code = waiting(placement).action["code"]

    for sought in (code, f" {code[:3]} {code[3:]} ", placement.order.number, placement.order.number.lower()):
        assert services.search(office=office, sought=sought, agent=agent) == [placement]


def test_nothing_of_another_post_office_is_found(office, other_office, agent):
    there = order_at(other_office)
    code, number = waiting(there).action["code"], there.order.number

    said = set()
    for sought in (code, number, other_code(code), "261123-ABCDEF", "Mai"):
        with pytest.raises(NothingFound) as refused:
            services.search(office=office, sought=sought, agent=agent)
        said.add(str(refused.value))

    assert len(said) == 1


def test_a_search_ends_after_too_many_wrong_ones(office, agent):
    placement = order_at(office)
    for _ in range(services.WRONG_SEARCHES_PER_HOUR):
        with pytest.raises(NothingFound):
            services.search(office=office, sought="261123-ABCDEF", agent=agent)

    with pytest.raises(TooManyTries):
        services.search(office=office, sought=placement.order.number, agent=agent)

    other = agent_of(office, "Lò Thị Ín")
    assert services.search(office=office, sought=placement.order.number, agent=other) == [placement]


def test_orders_paid_by_wallet_are_not_the_counters(office, agent):
    by_wallet = order_at(office, provider="viettel")

    assert selectors.waiting_at(office) == []
    assert selectors.placement_at(office, by_wallet.order.number) is None


def test_what_waits_costs_the_same_for_every_number_of_orders(office, agent, django_assert_num_queries):
    for _ in range(3):
        order_at(office)

    with django_assert_num_queries(2):
        found = [(one.number, one.placement.name) for one in selectors.waiting_at(office)]

    assert len(found) == 3
