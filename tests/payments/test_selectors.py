import pytest

from payments import selectors
from payments.providers.base import Outcome
from tests.payments.making import NOW, ask_back, operation_of, paid, report_on, start, tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake")]


def test_revenue_is_what_was_captured_less_what_was_refunded(django_assert_num_queries):
    first = paid(reference="A", shares={"A-1": 300_000, "A-2": 50_000})
    paid(reference="AB", shares={"AB-1": 7_000})
    start(reference="C", shares={"C-1": 1_000})
    tell(report_on(ask_back(first, shares={"A-1": 100_000})))
    ask_back(first, shares={"A-2": 50_000})  # ordered, not yet made
    refused = ask_back(first, shares={"A-1": 5_000})
    tell(report_on(refused, Outcome.FAILED))

    with django_assert_num_queries(2):
        whole = selectors.revenue_vnd()
        part = selectors.revenue_vnd(reference_prefix="A-")

    assert (whole, part) == (257_000, 250_000)


def test_revenue_by_part_is_what_each_part_brought_less_what_it_gave_back(django_assert_num_queries):
    first = paid(reference="A", shares={"A-1": 300_000, "A-1-D": 50_000})
    paid(reference="B", shares={"B-1": 7_000})
    start(reference="C", shares={"C-1": 1_000})
    tell(report_on(ask_back(first, shares={"A-1": 300_000})))

    with django_assert_num_queries(1):
        found = selectors.revenue_by_part()

    assert found == {"A-1": 0, "A-1-D": 50_000, "B-1": 7_000}


def test_without_payments_there_is_no_revenue():
    assert selectors.revenue_vnd() == 0


def test_the_newest_payment_of_a_reference_is_found():
    first = start()
    tell(report_on(operation_of(first), Outcome.FAILED))
    second = start(now=NOW.replace(minute=1))

    assert selectors.newest_intent("ORDER-7") == second
    assert selectors.newest_intent("ORDER-8") is None


def test_nothing_is_left_to_refund_before_anything_is_paid():
    assert selectors.left_to_refund(start().pk) == {}
