"""Stripe's provider against the Stripe-shaped sandbox, over HTTP, with stripe-python between them."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from payments.errors import AlreadySubmitted, ProviderRefused, ProviderUnavailable, UnknownToProvider
from payments.providers.base import Outcome
from tests.payments.conformance import Conformance
from tests.payments.stripe_bank import (
    DECLINED,
    GOOD,
    NEEDS_3DS,
    NO_MONEY,
    StripeBank,
    following,
    opened,
    reserved,
    told,
)
from tests.wallet_operator import WalletOperator


@pytest.fixture
def bank(wallet_operator: WalletOperator) -> Iterator[StripeBank]:
    with opened(wallet_operator) as account:
        yield account


class TestStripe(Conformance):
    knows_payers = False
    dates_callbacks = True

    @pytest.fixture(autouse=True)
    def _now(self, bank: StripeBank) -> None:
        self.charge_of: Callable = bank.charge

    def notice(self, operation_id, body, headers):
        return told(body, headers)


# --- The payer's page ------------------------------------------------------------------------------


def test_the_payer_is_sent_to_a_page_of_stripe_and_comes_back_to_the_shop(bank):
    charge = bank.charge()

    report = bank.provider.authorize(charge)
    answer = bank.send_card(charge.operation_id, GOOD)

    assert report.outcome is Outcome.REQUIRES_ACTION
    assert report.action == {"type": "redirect", "url": f"{bank.base}/pay/{report.provider_ref}/"}
    assert (answer.status_code, answer.headers["Location"]) == (302, "http://shop.test/payments/7/")


@pytest.mark.parametrize(
    ("number", "code"), [(DECLINED, "generic_decline"), (NO_MONEY, "insufficient_funds")]
)
def test_a_declined_card_leaves_the_page_open_for_another(bank, number, code):
    charge = bank.charge()
    bank.provider.authorize(charge)

    bank.send_card(charge.operation_id, number)
    after_the_first = bank.provider.query(charge)
    intent = bank.api.payment_intents.retrieve(bank.session_of(charge.operation_id).payment_intent)
    bank.send_card(charge.operation_id, GOOD)

    assert after_the_first.outcome is Outcome.REQUIRES_ACTION
    assert intent.last_payment_error.decline_code == code
    assert bank.provider.query(charge).outcome is Outcome.SUCCEEDED


def test_a_declined_card_is_no_news_by_webhook(bank):
    charge = bank.charge()
    bank.provider.authorize(charge)
    bank.send_card(charge.operation_id, DECLINED)

    body, headers = bank.wait_for(charge.operation_id, "payment_intent.payment_failed")

    assert bank.provider.parse_webhook(told(body, headers)) is None


@pytest.mark.parametrize(
    ("answer", "outcome"), [("pass", Outcome.SUCCEEDED), ("fail", Outcome.REQUIRES_ACTION)]
)
def test_the_banks_question_decides(bank, answer, outcome):
    charge = bank.charge()
    bank.provider.authorize(charge)
    asked = bank.send_card(charge.operation_id, NEEDS_3DS)
    before = bank.provider.query(charge).outcome

    bank.post(asked.headers["Location"], {"answer": answer})

    assert before is Outcome.REQUIRES_ACTION
    assert bank.provider.query(charge).outcome is outcome


def test_a_number_that_is_no_test_card_is_not_taken(bank):
    charge = bank.charge()
    bank.provider.authorize(charge)

    answer = bank.send_card(charge.operation_id, "4111111111111111")

    assert answer.status_code == 422
    assert bank.session_of(charge.operation_id).payment_intent is None


def test_the_page_outlives_the_hold_by_half_an_hour_because_stripe_wants_that_much(bank):
    charge = bank.charge()

    bank.provider.authorize(charge)

    ends_at = datetime.fromtimestamp(bank.session_of(charge.operation_id).expires_at, UTC)
    assert ends_at == (charge.expires_at + timedelta(minutes=31)).replace(microsecond=0)


def test_money_that_comes_after_the_hold_has_ended_is_reported_as_it_came(bank):
    charge = bank.charge(requested_at=datetime.now(UTC) - timedelta(minutes=15), expires_at=datetime.now(UTC))
    bank.provider.authorize(charge)

    bank.send_card(charge.operation_id, GOOD)

    report = bank.provider.query(charge)
    assert (report.outcome, report.amount_vnd) == (Outcome.SUCCEEDED, 120_000)


def test_nobody_pays_on_a_page_that_was_closed(bank):
    charge = bank.charge()
    report = bank.provider.authorize(charge)
    release = following(bank, charge, report.provider_ref)
    bank.provider.void(release)

    bank.post(f"/stripe/pay/{report.provider_ref}/", {"number": GOOD})

    paid, released = bank.provider.query(charge), bank.provider.query(release)
    assert (paid.outcome, paid.error_code) == (Outcome.FAILED, "session_expired")
    assert (released.outcome, released.amount_vnd) == (Outcome.SUCCEEDED, 120_000)


# --- Reserved, taken, released ---------------------------------------------------------------------


def test_what_is_reserved_is_not_taken_before_it_is_captured(bank):
    charge, _ = reserved(bank)

    report = bank.provider.query(charge)

    intent = bank.api.payment_intents.retrieve(bank.session_of(charge.operation_id).payment_intent)
    assert (report.outcome, report.amount_vnd) == (Outcome.SUCCEEDED, 120_000)
    assert (intent.status, intent.amount_capturable, intent.amount_received) == (
        "requires_capture",
        120_000,
        0,
    )


def test_a_part_is_captured_and_the_rest_goes_back_to_the_payer(bank):
    charge, session_ref = reserved(bank)
    capture = following(bank, charge, session_ref, amount_vnd=70_000)

    report = bank.provider.capture(capture)

    intent = bank.api.payment_intents.retrieve(report.provider_ref, {"expand": ["latest_charge"]})
    assert (report.outcome, report.amount_vnd) == (Outcome.SUCCEEDED, 70_000)
    assert (intent.amount_received, intent.amount_capturable) == (70_000, 0)
    assert (intent.latest_charge.amount_captured, intent.latest_charge.amount_refunded) == (70_000, 50_000)
    asked = bank.provider.query(capture)
    assert (asked.outcome, asked.amount_vnd, asked.provider_ref) == (
        Outcome.SUCCEEDED,
        70_000,
        report.provider_ref,
    )
    authorised = bank.provider.query(charge)
    assert (authorised.outcome, authorised.amount_vnd) == (Outcome.SUCCEEDED, 120_000)


def test_a_capture_is_told_by_webhook(bank):
    charge, session_ref = reserved(bank)
    capture = following(bank, charge, session_ref, amount_vnd=70_000)
    bank.provider.capture(capture)

    report = bank.provider.parse_webhook(
        told(*bank.wait_for(capture.operation_id, "payment_intent.succeeded"))
    )

    assert (report.operation_id, report.outcome, report.amount_vnd) == (
        capture.operation_id,
        Outcome.SUCCEEDED,
        70_000,
    )


def test_a_capture_is_done_once_and_never_above_what_was_reserved(bank):
    charge, session_ref = reserved(bank)
    with pytest.raises(ProviderRefused):
        bank.provider.capture(following(bank, charge, session_ref, amount_vnd=120_001))
    capture = following(bank, charge, session_ref)
    bank.provider.capture(capture)

    with pytest.raises(AlreadySubmitted):
        bank.provider.capture(capture)
    with pytest.raises(ProviderRefused) as refusal:
        bank.provider.capture(following(bank, charge, session_ref))

    assert refusal.value.reason == "payment_intent_unexpected_state"


def test_a_release_after_the_capture_is_refused_and_takes_nothing_back(bank):
    charge, session_ref = reserved(bank)
    bank.provider.capture(following(bank, charge, session_ref, amount_vnd=70_000))
    release = following(bank, charge, session_ref)

    with pytest.raises(ProviderRefused) as refusal:
        bank.provider.void(release)

    assert refusal.value.reason == "payment_intent_unexpected_state"
    with pytest.raises(UnknownToProvider):
        bank.provider.query(release)


def test_a_release_lets_the_reserved_money_go_once(bank):
    charge, session_ref = reserved(bank)
    release = following(bank, charge, session_ref)
    bank.fail_next(after=False)
    with pytest.raises(ProviderUnavailable):
        bank.provider.void(release)

    report = bank.provider.void(release)

    assert (report.outcome, report.amount_vnd) == (Outcome.SUCCEEDED, 120_000)
    with pytest.raises(AlreadySubmitted):
        bank.provider.void(release)
    assert bank.provider.query(release).outcome is Outcome.SUCCEEDED
    assert bank.provider.query(charge).outcome is Outcome.FAILED


def test_an_authorisation_that_was_let_go_cannot_be_captured_any_more(bank):
    charge, session_ref = reserved(bank)
    bank.api.payment_intents.cancel(bank.session_of(charge.operation_id).payment_intent)

    capture = following(bank, charge, session_ref)
    with pytest.raises(ProviderRefused):
        bank.provider.capture(capture)

    with pytest.raises(UnknownToProvider):
        bank.provider.query(capture)


def test_nothing_is_captured_or_refunded_of_what_nobody_paid(bank):
    charge = bank.charge()
    report = bank.provider.authorize(charge)

    for verb in (bank.provider.capture, bank.provider.refund):
        with pytest.raises(ProviderRefused, match="nobody has paid"):
            verb(following(bank, charge, report.provider_ref))


# --- Asked for once, whatever happens --------------------------------------------------------------


def test_the_same_operation_with_another_amount_is_not_a_second_payment(bank):
    charge = bank.charge()
    bank.provider.authorize(charge)

    with pytest.raises(AlreadySubmitted, match="another request"):
        bank.provider.authorize(replace(charge, amount_vnd=130_000))

    assert bank.payments_made() == 1
    assert bank.session_of(charge.operation_id).amount_total == 120_000


def test_requests_at_the_same_moment_make_one_payment(bank):
    charge = bank.charge()

    def ask(_: int) -> str:
        try:
            return bank.provider.authorize(charge).outcome
        except AlreadySubmitted:
            return "again"

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(ask, range(4)))

    assert answers == ["again", "again", "again", "requires_action"]
    assert bank.payments_made() == 1


def test_a_refund_whose_answer_was_lost_is_found_by_asking(bank):
    charge = bank.charge()
    report = bank.provider.authorize(charge)
    bank.approve(charge.operation_id)
    refund = following(bank, charge, report.provider_ref, amount_vnd=50_000)
    with pytest.raises(UnknownToProvider):
        bank.provider.query(refund)
    bank.provider.refund(refund)

    found = bank.provider.query(refund)
    by_reference = bank.provider.query(replace(refund, provider_ref=found.provider_ref))

    assert found.provider_ref.startswith("re_")
    assert (found.outcome, found.amount_vnd) == (Outcome.SUCCEEDED, 50_000)
    assert by_reference == found


def test_a_refund_is_told_by_webhook(bank):
    charge = bank.charge()
    report = bank.provider.authorize(charge)
    bank.approve(charge.operation_id)
    refund = following(bank, charge, report.provider_ref, amount_vnd=50_000)
    made = bank.provider.refund(refund)

    heard = bank.provider.parse_webhook(told(*bank.wait_for(refund.operation_id, "refund.created")))

    assert (heard.operation_id, heard.provider_ref) == (refund.operation_id, made.provider_ref)
    assert (heard.outcome, heard.amount_vnd, heard.reference) == (Outcome.SUCCEEDED, 50_000, "ORDER-7")


def test_what_never_arrived_cannot_be_released_or_given_back(bank):
    never = bank.charge()

    for verb in (bank.provider.void, bank.provider.capture, bank.provider.refund):
        with pytest.raises(ProviderRefused) as refusal:
            verb(following(bank, never, ""))
        assert refusal.value.reason == "resource_missing"
    with pytest.raises(UnknownToProvider):
        bank.provider.query(following(bank, never, ""))


@pytest.mark.parametrize("after", [False, True])
def test_a_release_is_found_by_asking_when_its_answer_was_lost(bank, after):
    charge, session_ref = reserved(bank)
    release = following(bank, charge, session_ref)
    bank.line.fail_at = ("/cancel", "after" if after else "before")

    with pytest.raises(ProviderUnavailable):
        bank.provider.void(release)

    if after:
        assert bank.provider.query(release).outcome is Outcome.SUCCEEDED
    else:
        with pytest.raises(UnknownToProvider):
            bank.provider.query(release)
        assert bank.provider.void(release).outcome is Outcome.SUCCEEDED
