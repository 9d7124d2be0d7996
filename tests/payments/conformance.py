"""What every provider must do, whoever it speaks to. A provider's test class inherits from Conformance."""

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Protocol

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
from payments.providers.base import Capability, Charge, Notice, Outcome, Provider

EXPIRES_AT = datetime(2026, 3, 2, 3, 15, tzinfo=UTC)


class Bank(Protocol):
    """The other side of the conversation, as far as a test must be able to move it."""

    provider: Provider
    unreachable_payer: str

    def approve(self, operation_id: uuid.UUID) -> None: ...
    def decline(self, operation_id: uuid.UUID) -> None: ...
    def fail_next(self, *, after: bool) -> None: ...
    def callback(self, operation_id: uuid.UUID) -> tuple[bytes, Mapping[str, str]]: ...
    def signed(self, body: bytes, operation_id: uuid.UUID) -> tuple[bytes, Mapping[str, str]]: ...
    def payments_made(self) -> int: ...


def notice(operation_id: uuid.UUID | None, body: bytes, headers: Mapping[str, str]) -> Notice:
    """Return the request that brings ``body`` to the callback URL of an operation."""
    return Notice(operation_id=operation_id, method="PUT", query={}, headers=headers, body=body)


def charge_of(**changes) -> Charge:
    return Charge(
        **{
            "operation_id": uuid.uuid4(),
            "reference": "ORDER-7",
            "amount_vnd": 120_000,
            "requested_at": datetime(2026, 3, 2, 3, 0, tzinfo=UTC),
            "expires_at": EXPIRES_AT,
            "payer": "+84399000001",
            "description": "ORDER-7 at Mường Then",
            "callback_url": "http://shop.test/payments/callbacks/x/y/",
        }
        | changes
    )


class Conformance:
    """Needs a fixture ``bank``. A class says by these what its provider cannot do by nature."""

    asks_at_once = True  # authorize() reaches the provider; False where it waits for the payer to come
    knows_payers = True  # False where whoever opens the provider's page may pay
    payer_can_decline = True  # False where who does not want to pay just does nothing

    def charge_of(self, **changes) -> Charge:
        return charge_of(**changes)

    def notice(self, operation_id: uuid.UUID, body: bytes, headers: Mapping[str, str]) -> Notice:
        return notice(operation_id, body, headers)

    def skip_unless_asked_at_once(self) -> None:
        if not self.asks_at_once:
            pytest.skip("nobody is asked before the payer comes")

    def skip_unless_payer_can_decline(self) -> None:
        if not self.payer_can_decline:
            pytest.skip("a payer who does not want to pay does nothing")

    def pay(self, bank: Bank) -> Charge:
        charge = self.charge_of()
        bank.provider.authorize(charge)
        bank.approve(charge.operation_id)
        return charge

    def refund_of(self, bank: Bank, paid: Charge, amount_vnd: int) -> Charge:
        return self.charge_of(
            amount_vnd=amount_vnd,
            original_id=paid.operation_id,
            original_ref=bank.provider.query(paid).provider_ref,
            original_requested_at=paid.requested_at,
            original_amount_vnd=paid.amount_vnd,
        )

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
        self.skip_unless_asked_at_once()
        charge = self.charge_of()
        bank.provider.authorize(charge)

        with pytest.raises(AlreadySubmitted):
            bank.provider.authorize(charge)

        assert bank.payments_made() == 1

    def test_no_answer_before_the_request_arrived_means_that_nobody_knows_it(self, bank):
        self.skip_unless_asked_at_once()
        charge = self.charge_of()
        bank.fail_next(after=False)
        with pytest.raises(ProviderUnavailable):
            bank.provider.authorize(charge)

        with pytest.raises(UnknownToProvider):
            bank.provider.query(charge)

    def test_no_answer_after_the_request_arrived_is_made_good_by_asking(self, bank):
        self.skip_unless_asked_at_once()
        charge = self.charge_of()
        bank.fail_next(after=True)
        with pytest.raises(ProviderUnavailable):
            bank.provider.authorize(charge)

        bank.approve(charge.operation_id)

        assert bank.provider.query(charge).outcome is Outcome.SUCCEEDED
        assert bank.payments_made() == 1

    def test_no_answer_to_a_question_is_not_an_outcome(self, bank):
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
        charge = self.pay(bank)
        body, headers = bank.callback(charge.operation_id)

        with pytest.raises(BadSignature):
            bank.provider.parse_webhook(
                self.notice(charge.operation_id, body.replace(b"120000", b"920000"), headers)
            )

    def test_a_callback_signed_for_another_body_is_refused(self, bank):
        first, second = self.pay(bank), self.pay(bank)
        body, _ = bank.callback(first.operation_id)
        _, headers = bank.callback(second.operation_id)

        with pytest.raises(BadSignature):
            bank.provider.parse_webhook(self.notice(first.operation_id, body, headers))

    @pytest.mark.parametrize("headers", [{}, {"X-Signature": ""}, {"X-JWS-Signature": "a.b.c"}])
    def test_a_callback_nobody_signed_is_refused(self, bank, headers):
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
        refund = self.refund_of(bank, self.pay(bank), 50_000)
        bank.provider.refund(refund)

        with pytest.raises(AlreadySubmitted):
            bank.provider.refund(refund)

    def test_refunds_above_what_was_paid_are_refused(self, bank):
        paid = self.pay(bank)
        first = self.refund_of(bank, paid, 80_000)
        bank.provider.refund(first)
        bank.approve(first.operation_id)

        with pytest.raises(ProviderRefused):
            bank.provider.refund(self.refund_of(bank, paid, 40_001))

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
