from datetime import timedelta

import pytest

from payments.models import Intent, Operation
from payments.states import OperationFacts, intent_state, next_ask_at
from tests.payments.making import HOLD, NOW

PAID = 1_000
State = Operation.State


def sale(state):
    return OperationFacts("authorize", is_capturing=True, state=state, amount_vnd=PAID)


def authorisation(state):
    return OperationFacts("authorize", is_capturing=False, state=state, amount_vnd=PAID)


def capture(state, amount_vnd=PAID):
    return OperationFacts("capture", is_capturing=True, state=state, amount_vnd=amount_vnd)


def refund(state, amount_vnd):
    return OperationFacts("refund", is_capturing=False, state=state, amount_vnd=amount_vnd)


def void(state):
    return OperationFacts("void", is_capturing=False, state=state, amount_vnd=PAID)


@pytest.mark.parametrize(
    ("operations", "state"),
    [
        ([], "created"),
        ([sale(State.CREATED)], "created"),
        ([sale(State.SUBMITTED)], "pending"),
        ([sale(State.PENDING)], "pending"),
        ([sale(State.REQUIRES_ACTION)], "pending"),
        ([sale(State.UNKNOWN)], "pending"),
        ([sale(State.SUCCEEDED)], "succeeded"),
        ([sale(State.FAILED)], "failed"),
        ([sale(State.EXPIRED)], "expired"),
        ([sale(State.EXPIRED), void(State.PENDING)], "expired"),
        ([sale(State.EXPIRED), void(State.SUCCEEDED)], "expired"),
        ([sale(State.SUCCEEDED), void(State.FAILED)], "succeeded"),
        ([sale(State.SUCCEEDED), refund(State.CREATED, PAID)], "succeeded"),
        ([sale(State.SUCCEEDED), refund(State.UNKNOWN, PAID)], "succeeded"),
        ([sale(State.SUCCEEDED), refund(State.FAILED, PAID)], "succeeded"),
        ([sale(State.SUCCEEDED), refund(State.SUCCEEDED, 999)], "partially_refunded"),
        ([sale(State.SUCCEEDED), refund(State.SUCCEEDED, PAID)], "refunded"),
        (
            [sale(State.SUCCEEDED), refund(State.SUCCEEDED, 400), refund(State.SUCCEEDED, 600)],
            "refunded",
        ),
        (
            [sale(State.SUCCEEDED), refund(State.SUCCEEDED, 400), refund(State.PENDING, 600)],
            "partially_refunded",
        ),
        ([authorisation(State.PENDING)], "pending"),
        ([authorisation(State.SUCCEEDED)], "authorized"),
        ([authorisation(State.SUCCEEDED), void(State.PENDING)], "authorized"),
        ([authorisation(State.SUCCEEDED), void(State.FAILED)], "authorized"),
        ([authorisation(State.SUCCEEDED), void(State.SUCCEEDED)], "voided"),
        ([authorisation(State.SUCCEEDED), capture(State.PENDING)], "authorized"),
        ([authorisation(State.SUCCEEDED), capture(State.FAILED)], "failed"),
        ([authorisation(State.SUCCEEDED), capture(State.SUCCEEDED, 600)], "succeeded"),
        (
            [authorisation(State.SUCCEEDED), capture(State.SUCCEEDED, 600), refund(State.SUCCEEDED, 600)],
            "refunded",
        ),
    ],
)
def test_the_state_of_an_intent_follows_from_its_operations(operations, state):
    assert intent_state(operations) == Intent.State(state)


def operation(kind=Operation.Kind.AUTHORIZE, tries=0):
    intent = Intent(expires_at=NOW + HOLD, created_at=NOW)
    return Operation(intent=intent, kind=kind, tries=tries, created_at=NOW)


@pytest.mark.parametrize(
    ("tries", "seconds"), [(0, 4), (1, 8), (2, 15), (3, 30), (4, 60), (5, 60), (1_000, 60)]
)
def test_while_somebody_waits_the_pauses_grow_to_a_minute(tries, seconds):
    assert next_ask_at(operation(tries=tries), now=NOW) == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("after", "pause"),
    [
        (timedelta(minutes=1), timedelta(minutes=1)),
        (timedelta(minutes=15), timedelta(minutes=1)),
        (timedelta(minutes=16), timedelta(minutes=15)),
        (timedelta(hours=23), timedelta(minutes=15)),
    ],
)
def test_an_expired_payment_is_asked_about_for_a_day(after, pause):
    now = NOW + HOLD + after

    assert next_ask_at(operation(), now=now) == now + pause


def test_after_a_day_the_statement_is_left_to_settle_a_payment():
    assert next_ask_at(operation(), now=NOW + HOLD + timedelta(days=1)) is None


def test_a_refund_is_owed_and_asked_about_until_it_ends():
    now = NOW + timedelta(days=30)

    assert next_ask_at(operation(Operation.Kind.REFUND), now=now) == now + timedelta(minutes=15)
