"""The provider alone: what it makes of answers, callbacks and repeats."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from payments.errors import (
    AlreadySubmitted,
    BadSignature,
    NotSupported,
    ProviderRefused,
    ProviderUnavailable,
    UnknownToProvider,
    UnreadableReport,
)
from payments.providers.base import Capability, Outcome
from tests.payments.conformance.base import Base


class Alone(Base):
    """Requests, questions, callbacks and refunds, without the shop."""

    def test_a_request_is_accepted_before_the_payer_decides(self, bank):
        charge = self.charge_of()

        report = bank.provider.authorize(charge)

        assert report.operation_id == charge.operation_id
        assert report.outcome in (Outcome.PENDING, Outcome.REQUIRES_ACTION)
        assert bank.provider.query(charge).outcome in (Outcome.PENDING, Outcome.REQUIRES_ACTION)

    def test_what_the_payer_approved_has_succeeded_and_says_how_much_for_what(self, bank):
        charge = self.pay(bank)

        report = bank.provider.query(charge)

        assert (report.outcome, report.amount_vnd) == (Outcome.SUCCEEDED, 120_000)
        assert report.reference in ("", "ORDER-7")
        assert report.provider_ref

    def test_what_the_payer_declined_has_failed_and_says_why(self, bank):
        self.skip_unless_payer_can_decline()
        charge = self.charge_of()
        bank.provider.authorize(charge)
        bank.decline(charge.operation_id)

        report = bank.provider.query(charge)

        assert report.outcome is Outcome.FAILED
        assert report.error_code

    def test_a_request_sent_twice_is_one_payment(self, bank):
        """Failure 13: the same request again."""
        self.skip_unless_asked_at_once()
        charge = self.charge_of()
        bank.provider.authorize(charge)

        with pytest.raises(AlreadySubmitted):
            bank.provider.authorize(charge)

        assert bank.payments_made() == 1

    def test_no_answer_before_the_request_arrived_means_that_nobody_knows_it(self, bank):
        """Failure 5: the time-out before the debit."""
        self.skip_unless_asked_at_once()
        charge = self.charge_of()
        bank.fail_next(after=False)
        with pytest.raises(ProviderUnavailable):
            bank.provider.authorize(charge)

        with pytest.raises(UnknownToProvider):
            bank.provider.query(charge)

    def test_no_answer_after_the_request_arrived_is_made_good_by_asking(self, bank):
        """Failure 5: the time-out after the debit."""
        self.skip_unless_asked_at_once()
        charge = self.charge_of()
        bank.fail_next(after=True)
        with pytest.raises(ProviderUnavailable):
            bank.provider.authorize(charge)

        bank.approve(charge.operation_id)

        assert bank.provider.query(charge).outcome is Outcome.SUCCEEDED
        assert bank.payments_made() == 1

    def test_no_answer_to_a_question_is_not_an_outcome(self, bank):
        """Failure 16: nobody there."""
        charge = self.pay(bank)
        bank.fail_next(after=False)

        with pytest.raises(ProviderUnavailable):
            bank.provider.query(charge)

    def test_a_payer_who_cannot_be_asked_is_a_refusal_with_a_reason(self, bank):
        self.skip_unless_asked_at_once()
        if not self.knows_payers:
            pytest.skip("whoever opens the page may pay")
        with pytest.raises(ProviderRefused) as refusal:
            bank.provider.authorize(self.charge_of(payer=bank.unreachable_payer))

        assert refusal.value.reason
        assert str(refusal.value)

    @pytest.mark.parametrize("decide", ["approve", "decline"])
    def test_a_callback_says_what_asking_says(self, bank, decide):
        self.skip_unless_called_back()
        if decide == "decline":
            self.skip_unless_payer_can_decline()
        charge = self.charge_of()
        bank.provider.authorize(charge)
        getattr(bank, decide)(charge.operation_id)

        body, headers = bank.callback(charge.operation_id)
        pushed = bank.provider.parse_webhook(self.notice(charge.operation_id, body, headers))

        asked = bank.provider.query(charge)
        assert (pushed.operation_id, pushed.outcome) == (asked.operation_id, asked.outcome)
        assert pushed.provider_ref == asked.provider_ref
        assert pushed.amount_vnd in (None, asked.amount_vnd)
        assert bool(pushed.error_code) is bool(asked.error_code)

    def test_a_callback_changed_on_its_way_is_refused(self, bank):
        """Failure 11: forged."""
        charge = self.pay(bank)
        body, headers = bank.callback(charge.operation_id)

        with pytest.raises(BadSignature):
            bank.provider.parse_webhook(
                self.notice(charge.operation_id, body.replace(b"120000", b"920000"), headers)
            )

    def test_a_callback_signed_for_another_body_is_refused(self, bank):
        """Failure 11: replayed."""
        first, second = self.pay(bank), self.pay(bank)
        body, _ = bank.callback(first.operation_id)
        _, headers = bank.callback(second.operation_id)

        with pytest.raises(BadSignature):
            bank.provider.parse_webhook(self.notice(first.operation_id, body, headers))

    @pytest.mark.parametrize("headers", [{}, {"X-Signature": ""}, {"X-JWS-Signature": "a.b.c"}])
    def test_a_callback_nobody_signed_is_refused(self, bank, headers):
        """Failure 11: forged."""
        charge = self.pay(bank)
        body, _ = bank.callback(charge.operation_id)

        with pytest.raises(BadSignature):
            bank.provider.parse_webhook(self.notice(charge.operation_id, body, headers))

    @pytest.mark.parametrize(
        "body", [b"", b"nonsense", b"[]", b"{}", b"\xff\xfe", b"null", b'{"amount": 1e999}']
    )
    def test_a_signed_callback_that_makes_no_sense_is_unreadable(self, bank, body):
        charge = self.pay(bank)
        body, headers = bank.signed(body, charge.operation_id)

        with pytest.raises(UnreadableReport):
            bank.provider.parse_webhook(self.notice(charge.operation_id, body, headers))

    def test_a_refund_succeeds_with_its_own_transaction(self, bank):
        paid = self.pay(bank)
        refund = self.refund_of(bank, paid, 50_000)

        assert bank.provider.refund(refund).outcome in (Outcome.PENDING, Outcome.SUCCEEDED)
        bank.approve(refund.operation_id)

        report = bank.provider.query(refund)
        assert (report.outcome, report.amount_vnd) == (Outcome.SUCCEEDED, 50_000)
        assert report.provider_ref not in ("", refund.original_ref)

    def test_a_refund_sent_twice_is_one_refund(self, bank):
        """Failure 13: the same request again."""
        refund = self.refund_of(bank, self.pay(bank), 50_000)
        bank.provider.refund(refund)

        with pytest.raises(AlreadySubmitted):
            bank.provider.refund(refund)

    def test_refunds_above_what_was_paid_are_refused(self, bank):
        """Failure 8: more than was paid."""
        paid = self.pay(bank)
        first = self.refund_of(bank, paid, 80_000)
        bank.provider.refund(first)
        bank.approve(first.operation_id)

        with pytest.raises(ProviderRefused):
            bank.provider.refund(self.refund_of(bank, paid, 40_001))

    def test_refunds_at_the_same_moment_never_give_back_more_than_was_paid(self, bank):
        """Failure 8: the race for the last đồng, at the provider's."""
        paid = self.pay(bank)
        refunds = [self.refund_of(bank, paid, 30_000) for _ in range(8)]

        def ask(refund):
            try:
                return bank.provider.refund(refund).outcome not in (Outcome.FAILED, Outcome.UNKNOWN)
            except ProviderRefused:
                return False

        with ThreadPoolExecutor(8) as pool:
            made = list(pool.map(ask, refunds))

        assert sum(made) == 4

    @pytest.mark.parametrize("verb", ["authorize", "refund"])
    def test_the_same_operation_with_another_amount_is_not_done_a_second_time(self, bank, verb):
        """Failure 13: the same key, another body."""
        if verb == "authorize":
            self.skip_unless_asked_at_once()
        charge = self.charge_of() if verb == "authorize" else self.refund_of(bank, self.pay(bank), 50_000)
        getattr(bank.provider, verb)(charge)

        with pytest.raises(AlreadySubmitted):
            getattr(bank.provider, verb)(replace(charge, amount_vnd=charge.amount_vnd - 10_000))

        bank.approve(charge.operation_id)
        assert bank.provider.query(charge).amount_vnd == charge.amount_vnd

    @pytest.mark.parametrize("age_s", [-400, 400, 86_400])
    def test_a_callback_of_another_time_is_refused(self, bank, age_s):
        """Failures 11 and 16: stale, or from a clock that is wrong."""
        self.skip_unless_callbacks_are_dated()
        charge = self.pay(bank)
        body, _ = bank.callback(charge.operation_id)
        body, headers = bank.signed(body, charge.operation_id, age_s=age_s)

        with pytest.raises(BadSignature):
            bank.provider.parse_webhook(self.notice(charge.operation_id, body, headers))

    def test_a_callback_in_another_currency_is_unreadable(self, bank):
        """Failure 11: the right signature, another currency."""
        charge = self.pay(bank)
        body, _ = bank.callback(charge.operation_id)
        if b'"currency"' not in body:
            pytest.skip("callbacks name no currency: there is one only")
        changed = body.replace(b'"VND"', b'"USD"').replace(b'"vnd"', b'"usd"')
        body, headers = bank.signed(changed, charge.operation_id)

        with pytest.raises(UnreadableReport, match=r"currency is '(USD|usd)'"):
            bank.provider.parse_webhook(self.notice(charge.operation_id, body, headers))

    def test_what_never_arrived_is_unknown(self, bank):
        self.skip_unless_asked_at_once()
        with pytest.raises(UnknownToProvider):
            bank.provider.query(self.charge_of())

    @pytest.mark.parametrize(
        ("capability", "verb"),
        [
            (Capability.CAPTURE, "capture"),
            (Capability.VOID, "void"),
            (Capability.PAYOUT, "payout"),
            (Capability.HOLDER, "holder"),
        ],
    )
    def test_a_verb_beyond_its_capabilities_is_refused_by_name(self, bank, capability, verb):
        if capability in bank.provider.capabilities:
            pytest.skip(f"{bank.provider.code} can {verb}")

        with pytest.raises(NotSupported, match=f"{bank.provider.code} cannot"):
            getattr(bank.provider, verb)(self.charge_of())

    def test_a_statement_is_given_or_refused_by_name(self, bank):
        if Capability.STATEMENT in bank.provider.capabilities:
            pytest.skip(f"{bank.provider.code} gives statements")

        with pytest.raises(NotSupported, match="cannot give a statement"):
            bank.provider.statement(date(2026, 3, 2))
