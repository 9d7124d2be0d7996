"""The sandbox as any client of Stripe's sees it: stripe-python and nothing of ours between."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import stripe

from tests.payments.stripe_bank import StripeBank, opened
from tests.wallet_operator import WalletOperator, wait_until


@pytest.fixture
def bank(wallet_operator: WalletOperator) -> Iterator[StripeBank]:
    with opened(wallet_operator) as account:
        yield account


def intent_of(bank, *, key="", **changes):
    asked = {
        "amount": 150_000,
        "currency": "vnd",
        "payment_method": "pm_card_visa",
        "confirm": True,
    } | changes
    options = {"idempotency_key": key} if key else {}
    return bank.api.payment_intents.create({name: item for name, item in asked.items() if item}, options)


def session_of(bank, **changes):
    line = {
        "quantity": 2,
        "price_data": {"currency": "vnd", "unit_amount": 75_000, "product_data": {"name": "Mật ong"}},
    }
    asked = {"mode": "payment", "success_url": "http://shop.test/{CHECKOUT_SESSION_ID}", "line_items": [line]}
    return bank.api.checkout.sessions.create(asked | changes)


def is_replayed(answer):
    return answer.last_response.headers.get("Idempotent-Replayed") == "true"


def test_a_confirmed_intent_has_taken_whole_dong(bank):
    intent = intent_of(bank, expand=["latest_charge.balance_transaction"])

    assert isinstance(intent, stripe.PaymentIntent)
    assert isinstance(intent.latest_charge, stripe.Charge)
    assert (intent.status, intent.amount_received, intent.currency) == ("succeeded", 150_000, "vnd")
    movement = intent.latest_charge.balance_transaction
    assert (movement.amount, movement.fee, movement.net, movement.type) == (150_000, 0, 150_000, "charge")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": "150000.5"}, "parameter_invalid_integer"),
        ({"amount": -1}, "parameter_invalid_integer"),
        ({"amount": "1e9"}, "parameter_invalid_integer"),
        ({"amount": "9999999999999999999"}, "parameter_invalid_integer"),
        ({"amount": 100}, "amount_too_small"),
        ({"amount": 100_000_000}, "parameter_invalid_integer"),
        ({"amount": None}, "parameter_missing"),
        ({"currency": "usd"}, None),
        ({"payment_method": "pm_card_real"}, "resource_missing"),
        ({"colour": "red"}, "parameter_unknown"),
        ({"expand": ["customer"]}, "property_cannot_be_expanded"),
    ],
)
def test_wrong_parameters_are_refused_in_stripes_words(bank, changes, code):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        intent_of(bank, **changes)

    assert refusal.value.code == code
    assert not bank.api.payment_intents.list().data


@pytest.mark.parametrize(
    ("method", "decline_code"),
    [
        ("pm_card_visa_chargeDeclined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds"),
    ],
)
def test_a_declined_card_is_remembered_by_its_intent_and_its_key(bank, method, decline_code):
    key = str(uuid.uuid4())
    refusals = []
    for _ in range(2):
        with pytest.raises(stripe.CardError) as refusal:
            intent_of(bank, payment_method=method, key=key)
        refusals.append(refusal.value)

    first, second = refusals
    assert (first.code, first.error.decline_code, first.http_status) == ("card_declined", decline_code, 402)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.http_body == first.http_body
    [intent] = bank.api.payment_intents.list().data
    assert (intent.status, intent.last_payment_error.decline_code) == (
        "requires_payment_method",
        decline_code,
    )


def test_a_key_used_again_gives_the_first_answer(bank):
    key = str(uuid.uuid4())

    first, second = intent_of(bank, key=key), intent_of(bank, key=key)

    assert (is_replayed(first), is_replayed(second)) == (False, True)
    assert second.last_response.body == first.last_response.body
    assert len(bank.api.payment_intents.list().data) == 1


def test_a_key_used_for_something_else_is_an_error(bank):
    key = str(uuid.uuid4())
    intent = intent_of(bank, key=key)

    with pytest.raises(stripe.IdempotencyError):
        intent_of(bank, amount=160_000, key=key)
    with pytest.raises(stripe.IdempotencyError):
        bank.api.refunds.create({"payment_intent": intent.id}, {"idempotency_key": key})

    assert len(bank.api.payment_intents.list().data) == 1
    assert not bank.api.refunds.list().data


def test_a_key_whose_request_could_not_begin_is_still_free(bank):
    key = str(uuid.uuid4())
    with pytest.raises(stripe.InvalidRequestError):
        intent_of(bank, amount=-1, key=key)

    assert intent_of(bank, key=key).status == "succeeded"


def test_a_key_is_one_merchants_own(bank, wallet_operator):
    key = str(uuid.uuid4())
    other = StripeBank(wallet_operator, bank.ear)

    first, second = intent_of(bank, key=key), intent_of(other, key=key, amount=160_000)

    assert not is_replayed(second)
    with pytest.raises(stripe.InvalidRequestError, match="No such payment_intent"):
        other.api.payment_intents.retrieve(first.id)


def test_one_key_at_the_same_moment_is_one_payment(bank):
    key = str(uuid.uuid4())

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: intent_of(bank, key=key), range(6)))

    assert len({answer.id for answer in answers}) == 1
    assert sorted(is_replayed(answer) for answer in answers) == [False, True, True, True, True, True]


def test_refunds_at_the_same_moment_stay_within_the_charge(bank):
    intent = intent_of(bank)

    def give_back(_: int) -> str:
        try:
            return bank.api.refunds.create({"payment_intent": intent.id, "amount": 40_000}).status
        except stripe.InvalidRequestError:
            return "refused"

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(give_back, range(6)))

    assert answers == ["refused", "refused", "refused", "succeeded", "succeeded", "succeeded"]
    charge = bank.api.charges.retrieve(intent.latest_charge)
    assert (charge.amount_refunded, charge.refunded) == (120_000, False)


def test_the_rest_is_what_is_left_and_then_there_is_nothing(bank):
    intent = intent_of(bank)
    bank.api.refunds.create({"charge": intent.latest_charge, "amount": 50_000})

    rest = bank.api.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        bank.api.refunds.create({"payment_intent": intent.id})

    assert rest.amount == 100_000
    assert refusal.value.code == "charge_already_refunded"


def test_a_bank_that_asks_is_answered_on_its_page(bank):
    intent = intent_of(
        bank,
        payment_method="pm_card_authenticationRequiredOnSetup",
        return_url="http://shop.test/back/",
    )

    answer = bank.post(httpx.URL(intent.next_action.redirect_to_url.url).path, {"answer": "pass"})

    assert intent.status == "requires_action"
    assert answer.headers["Location"] == "http://shop.test/back/"
    assert bank.api.payment_intents.retrieve(intent.id).status == "succeeded"


def test_an_intent_can_be_made_first_and_confirmed_later(bank):
    made = intent_of(bank, payment_method=None, confirm=None, capture_method="manual")
    confirmed = bank.api.payment_intents.confirm(made.id, {"payment_method": "pm_card_visa"})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        bank.api.payment_intents.confirm(made.id, {"payment_method": "pm_card_visa"})
    cancelled = bank.api.payment_intents.cancel(made.id, {"cancellation_reason": "abandoned"})

    assert [made.status, confirmed.status] == ["requires_payment_method", "requires_capture"]
    assert refusal.value.code == "payment_intent_unexpected_state"
    assert (cancelled.status, cancelled.amount_received) == ("canceled", 0)


@pytest.mark.parametrize(
    ("minutes", "is_allowed"), [(29, False), (31, True), (24 * 60 - 1, True), (24 * 60 + 2, False)]
)
def test_a_page_lives_half_an_hour_to_a_day(bank, minutes, is_allowed):
    expires_at = int((datetime.now(UTC) + timedelta(minutes=minutes)).timestamp())

    if is_allowed:
        assert session_of(bank, expires_at=expires_at).expires_at == expires_at
    else:
        with pytest.raises(stripe.InvalidRequestError, match="expires_at"):
            session_of(bank, expires_at=expires_at)


def test_a_session_has_no_intent_before_a_card_is_sent(bank):
    session = session_of(bank, locale="vi", metadata={"a": "b"})

    assert isinstance(session, stripe.checkout.Session)
    assert (session.amount_total, session.status, session.payment_status) == (150_000, "open", "unpaid")
    assert session.payment_intent is None
    assert session.metadata.to_dict() == {"a": "b"}


def test_a_session_is_closed_once(bank):
    session = session_of(bank)

    closed = bank.api.checkout.sessions.expire(session.id)
    with pytest.raises(stripe.InvalidRequestError, match="status of expired"):
        bank.api.checkout.sessions.expire(session.id)

    assert (closed.status, closed.url) == ("expired", None)


def test_lists_are_turned_page_by_page_newest_first(bank):
    made = [intent_of(bank, metadata={"number": str(number)}).id for number in range(5)]

    first = bank.api.payment_intents.list({"limit": 2})
    every = [intent.id for intent in first.auto_paging_iter()]

    assert (first.has_more, len(first.data)) == (True, 2)
    assert every == made[::-1]


def test_metadata_can_be_searched(bank):
    wanted = intent_of(bank, metadata={"order": "7"})
    intent_of(bank, metadata={"order": "8"})

    found = bank.api.payment_intents.search({"query": "metadata['order']:'7' AND status:'succeeded'"})

    assert [intent.id for intent in found.data] == [wanted.id]


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({}, "did not provide an API key"),
        ({"Authorization": "Bearer sk_test_nobodys"}, "Invalid API Key provided: sk_test_****"),
        ({"Authorization": "Basic !!!"}, "did not provide an API key"),
    ],
)
def test_strangers_are_not_let_in(bank, headers, words):
    answer = bank.operator.http.get("/stripe/v1/payment_intents", headers=headers)

    assert answer.status_code == 401
    assert words in answer.json()["error"]["message"]


def test_the_key_may_also_come_as_a_basic_user(bank):
    answer = bank.operator.http.get("/stripe/v1/payment_intents", auth=(bank.key, ""))

    assert answer.json() == {"object": "list", "data": [], "has_more": False, "url": "/v1/payment_intents"}


@pytest.mark.parametrize(
    "body",
    [b"a[b]=1&a=2", b"\xff=1", b"a" * 300_000, b"amount[]=1", b"metadata[a][b]=1", b"x\x00=1", b"expand=a"],
)
def test_nonsense_is_refused_and_changes_nothing(bank, body):
    answer = bank.operator.http.post("/stripe/v1/payment_intents", content=body, auth=(bank.key, ""))

    assert answer.status_code in (400, 413)
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_there_is_nothing_at_other_addresses(bank):
    answer = bank.operator.http.post("/stripe/v1/customers", auth=(bank.key, ""))

    assert answer.status_code == 404
    assert answer.json()["error"]["message"].startswith(
        "Unrecognized request URL (POST: /stripe/v1/customers)"
    )


# --- What shall go wrong ---------------------------------------------------------------------------


def events(bank, type):
    return list(bank.api.events.list({"limit": 100, "type": type}).data)


def deliveries(bank, event):
    answer = bank.operator.http.get("/sim/stripe/deliveries/", params={"event": event.id})
    return answer.json()["deliveries"]


def test_a_request_that_fails_before_it_is_written_down_is_forgotten(bank):
    key = str(uuid.uuid4())
    bank.operator.faults(operator="stripe", error_before_commit=1)
    with pytest.raises(stripe.APIError):
        intent_of(bank, key=key)
    bank.operator.no_faults()

    assert not bank.api.payment_intents.list().data
    assert not is_replayed(intent_of(bank, key=key))


def test_a_request_that_fails_after_it_was_written_down_is_remembered(bank):
    key = str(uuid.uuid4())
    bank.operator.faults(operator="stripe", error_after_commit=1)
    with pytest.raises(stripe.APIError):
        intent_of(bank, key=key)
    bank.operator.no_faults()

    again = intent_of(bank, key=key)

    assert is_replayed(again)
    assert again.status == "succeeded"
    assert len(bank.api.payment_intents.list().data) == 1


def test_an_answer_held_back_has_taken_the_money_all_the_same(bank):
    bank.operator.faults(operator="stripe", debit_then_timeout=1, answer_delay_s=1.5)
    hasty = stripe.StripeClient(
        bank.key,
        base_addresses={"api": bank.base},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=0.5),
    ).v1
    asked = {"amount": 150_000, "currency": "vnd", "payment_method": "pm_card_visa", "confirm": True}
    with pytest.raises(stripe.APIConnectionError):
        hasty.payment_intents.create(asked)
    bank.operator.no_faults()

    [event] = wait_until(lambda: events(bank, "payment_intent.succeeded"), "the money is taken")
    assert deliveries(bank, event) == [
        {
            "tries": 0,
            "last_answer": "dropped by the plan of faults",
            "is_delivered": False,
            "is_waiting": False,
        }
    ]


def test_an_event_can_be_dropped_or_sent_twice(bank):
    bank.operator.faults(operator="stripe", drop_callbacks=1)
    intent_of(bank)
    bank.operator.faults(operator="stripe", duplicate_callbacks=1)
    intent_of(bank)

    doubled, dropped = events(bank, "payment_intent.succeeded")

    assert [one["is_waiting"] for one in deliveries(bank, dropped)] == [False]
    wait_until(lambda: all(one["is_delivered"] for one in deliveries(bank, doubled)), "both are sent")
    assert len(deliveries(bank, doubled)) == 2


def test_a_falsified_event_is_signed_and_wrong_while_the_books_stay_right(bank):
    charge = bank.charge()
    bank.provider.authorize(charge)
    bank.operator.faults(operator="stripe", wrong_amount=1)
    bank.approve(charge.operation_id)

    body, _ = bank.wait_for(charge.operation_id, "checkout.session.completed")

    assert b'"amount_total": 120001' in body
    assert bank.provider.query(charge).amount_vnd == 120_000
