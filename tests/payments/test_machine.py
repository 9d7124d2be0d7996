"""What must hold of payments after every sequence of starts, reports, losses, refunds and expiries."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db.models import Sum
from django.test import TestCase
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from payments import providers
from payments.errors import AmountMismatch, ProviderUnavailable, RefundTooLarge
from payments.ledger.models import Transfer
from payments.ledger.selectors import accounts_out_of_balance, trial_balance
from payments.models import Event, Intent, Operation, Share
from payments.providers.base import Outcome, Report
from payments.services import ask_due, deliver_due, expire, refund, submit
from payments.signals import payment_event
from payments.states import LEASE, OperationFacts, intent_state
from tests.payments.fakes import FakeProvider, nothing
from tests.payments.making import HOLD, NOW, start, tell

AMOUNT_VND = 9
FINAL = (Outcome.SUCCEEDED, Outcome.FAILED)


@dataclass
class Model:
    """What we should believe of one operation, having heard what we heard."""

    amount_vnd: int
    kind: str
    intent_id: uuid.UUID
    expires_at: datetime
    state: str = "open"
    reports: list[Report] = field(default_factory=list)


def time_out(charge) -> None:
    raise ProviderUnavailable("ReadTimeout")


class IntentMachine(RuleBasedStateMachine):
    """Compares payments with what follows from the reports that got through."""

    intents = Bundle("intents")
    refunds = Bundle("refunds")

    def __init__(self) -> None:
        super().__init__()
        self.atomics = TestCase._enter_atomics()
        provider = providers.get("fake")
        assert isinstance(provider, FakeProvider)
        self.fake = provider
        self.fake.known.clear()
        self.fake.script.__init__()
        self.now = NOW
        self.models: dict[uuid.UUID, Model] = {}
        self.events: dict[uuid.UUID, list[tuple[str, bool | None]]] = {}
        self.heard: list[int] = []
        self.is_deaf = False
        payment_event.connect(self.listen)

    def teardown(self) -> None:
        try:
            self.is_deaf = False
            deliver_due(now=self.now + timedelta(days=1))
            assert sorted(self.heard) == list(Event.objects.order_by("pk").values_list("pk", flat=True))
        finally:
            payment_event.disconnect(self.listen)
            TestCase._rollback_atomics(self.atomics)

    def listen(self, event, **kwargs) -> None:
        if self.is_deaf:
            raise RuntimeError("not now")
        self.heard.append(event.pk)

    # --- The model ---------------------------------------------------------------------------

    def hear(self, operation_id: uuid.UUID, outcome: Outcome) -> None:
        """Let the model draw its conclusions from one believed report."""
        model = self.models[operation_id]
        told = self.events[model.intent_id]
        if model.state == "succeeded" or outcome not in FINAL:
            return
        if outcome is Outcome.SUCCEEDED:
            late = model.state != "open" if model.kind == "payment" else None
            told.append((f"{model.kind}.succeeded", late))
            model.state = "succeeded"
        elif model.state == "open":
            told.append((f"{model.kind}.failed", None))
            model.state = "failed"

    def hear_calls(self, since: int) -> None:
        """Let the model hear what the fake answered to the questions it was asked."""
        for verb, operation_id in self.fake.script.calls[since:]:
            if verb != "query" or self.fake.script.is_silent:
                continue
            known = self.fake.known.get(operation_id)
            model = self.models[operation_id]
            if known is not None:
                self.hear(operation_id, known.outcome)
            elif model.kind == "payment" and self.now >= model.expires_at + LEASE:
                self.hear(operation_id, Outcome.FAILED)

    def left_vnd(self, intent: Intent, part: str) -> int:
        share = Share.objects.get(intent=intent, reference=part)
        if self.state_of(intent) != "succeeded":
            return 0
        taken = sum(
            model.amount_vnd
            for model in self.models.values()
            if (model.intent_id, model.kind) == (intent.pk, "refund") and model.state != "failed"
        )
        return share.amount_vnd - taken

    def state_of(self, intent: Intent) -> str:
        return next(
            model.state
            for model in self.models.values()
            if (model.intent_id, model.kind) == (intent.pk, "payment")
        )

    def operations(self, intent: Intent) -> Iterator[uuid.UUID]:
        return (pk for pk, model in self.models.items() if model.intent_id == intent.pk)

    # --- What may happen ---------------------------------------------------------------------

    @initialize(target=intents)
    def start_two(self):
        """One is paid, one is waited for."""
        first, second = self.open("nothing"), self.open("nothing")
        self.pay(first)
        return multiple(first, second)

    @precondition(lambda self: len(self.events) < 4)
    @rule(target=intents, fault=st.sampled_from(["nothing", "before", "after"]))
    def start(self, fault):
        return self.open(fault)

    def open(self, fault: str) -> Intent:
        reference = f"ORDER-{len(self.events)}"
        if fault != "nothing":
            setattr(self.fake.script, fault, time_out)
        intent = start(
            reference=reference,
            shares={f"{reference}-1": AMOUNT_VND},
            expires_at=self.now + HOLD,
            now=self.now,
        )
        self.fake.script.before = self.fake.script.after = nothing
        operation = intent.operations.get()
        self.models[operation.pk] = Model(AMOUNT_VND, "payment", intent.pk, self.now + HOLD)
        self.events[intent.pk] = []
        return intent

    @rule(intent=intents)
    def start_again(self, intent):
        if self.state_of(intent) == "open" and self.now < intent.expires_at:
            shares = dict(intent.shares.values_list("reference", "amount_vnd"))
            assert start(reference=intent.reference, shares=shares, now=self.now) == intent

    @rule(intent=intents, outcome=st.sampled_from(FINAL))
    def decide(self, intent, outcome):
        """The payer or the operator decides; a refusal of a payment may yet be followed by a debit."""
        for operation_id in self.operations(intent):
            known = self.fake.known.get(operation_id)
            if known is None or known.outcome is Outcome.SUCCEEDED:
                continue
            if known.outcome is Outcome.FAILED and self.models[operation_id].kind == "refund":
                continue
            self.models[operation_id].reports.append(self.fake.decide(operation_id, outcome))

    def decide_and_call_back(self, operation_id: uuid.UUID, outcome: Outcome) -> None:
        """Let the provider decide and tell it at once, unless it had told an end already."""
        known = self.fake.known.get(operation_id)
        if known is None or known.outcome in FINAL:
            return
        report = self.fake.decide(operation_id, outcome)
        self.models[operation_id].reports.append(report)
        tell(report, now=self.now)
        self.hear(operation_id, outcome)

    @rule(intent=intents)
    def pay(self, intent):
        """Everything goes as it should."""
        self.decide_and_call_back(next(self.operations(intent)), Outcome.SUCCEEDED)

    @rule(order=refunds, outcome=st.sampled_from(FINAL))
    def end_refund(self, order, outcome):
        submit(operation_id=order["operation_id"], now=self.now)
        self.decide_and_call_back(order["operation_id"], outcome)

    @rule(intent=intents, data=st.data())
    def call_back(self, intent, data):
        """Any report ever made gets through now: late, twice or out of order."""
        for operation_id in self.operations(intent):
            if reports := self.models[operation_id].reports:
                report = data.draw(st.sampled_from(reports))
                tell(report, now=self.now)
                self.hear(operation_id, report.outcome)

    @rule(intent=intents)
    def misreport(self, intent):
        operation = Operation.objects.filter(intent=intent).latest("created_at")
        wrong = Report(operation.pk, "F-x", Outcome.SUCCEEDED, amount_vnd=operation.amount_vnd + 1)
        with pytest.raises(AmountMismatch):
            tell(wrong, now=self.now)

    @rule(intent=intents)
    def expire(self, intent):
        expire(intent_id=intent.pk, now=self.now)
        for operation_id in self.operations(intent):
            model = self.models[operation_id]
            if (model.kind, model.state) == ("payment", "open"):
                model.state = "expired"
                self.events[intent.pk].append(("payment.expired", None))

    @rule(target=refunds, intent=intents, amount_vnd=st.sampled_from([1, 4, AMOUNT_VND]))
    def refund(self, intent, amount_vnd):
        part = f"{intent.reference}-1"
        order = {
            "intent_id": intent.pk,
            "shares": {part: amount_vnd},
            "reason": "test",
            "operation_id": uuid.uuid4(),
            "now": self.now,
        }
        if amount_vnd > self.left_vnd(intent, part):
            with pytest.raises(RefundTooLarge):
                refund(**order)
            return multiple()
        refund(**order)
        self.models[order["operation_id"]] = Model(amount_vnd, "refund", intent.pk, intent.expires_at)
        return order

    @rule(order=refunds)
    def refund_again(self, order):
        refund(**order)

    @rule(order=refunds, fault=st.sampled_from(["nothing", "before", "after"]))
    def send_refund(self, order, fault):
        if fault != "nothing":
            setattr(self.fake.script, fault, time_out)
        submit(operation_id=order["operation_id"], now=self.now)
        self.fake.script.before = self.fake.script.after = nothing

    @rule(seconds=st.sampled_from([1, 5, 15, 60, 600, 1_000]))
    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule(is_silent=st.booleans())
    def ask(self, is_silent):
        since = len(self.fake.script.calls)
        self.fake.script.is_silent = is_silent
        ask_due(now=self.now)
        self.hear_calls(since)
        self.fake.script.is_silent = False

    @rule(is_deaf=st.booleans())
    @precondition(lambda self: self.events)
    def deliver(self, is_deaf):
        self.is_deaf = is_deaf
        deliver_due(now=self.now)
        self.is_deaf = False

    # --- What must hold ----------------------------------------------------------------------

    @invariant()
    def operations_are_where_the_reports_lead(self):
        for operation in Operation.objects.all():
            believed = "open" if operation.is_open else operation.state
            assert believed == self.models[operation.pk].state

    @invariant()
    def intents_are_what_follows_from_their_operations(self):
        for intent in Intent.objects.all():
            rows = intent.operations.order_by("created_at", "pk")
            facts = rows.values_list("kind", "is_capturing", "state", "amount_vnd")
            assert intent.state == intent_state([OperationFacts(*row) for row in facts])

    @invariant()
    def nobody_gets_back_more_than_was_paid(self):
        for intent in Intent.objects.all():
            parts = [f"{intent.reference}-1"]
            captured_vnd = _sum(purpose="capture", state="posted", reference__in=parts)
            going_back_vnd = _sum(purpose="refund", state__in=["posted", "pending"], reference__in=parts)
            assert captured_vnd in (0, intent.amount_vnd)
            assert captured_vnd == (intent.amount_vnd if self.state_of(intent) == "succeeded" else 0)
            assert going_back_vnd <= captured_vnd
            assert going_back_vnd == sum(intent.shares.values_list("refunded_vnd", flat=True))

    @invariant()
    def the_books_balance(self):
        assert sum(trial_balance().values()) == 0
        assert not accounts_out_of_balance().exists()

    @invariant()
    def everything_that_happened_is_told_once_and_in_order(self):
        for intent_id, expected in self.events.items():
            rows = Event.objects.filter(intent=intent_id).order_by("pk")
            assert [(event.kind, event.payload.get("late")) for event in rows] == expected
            heard = [pk for pk in self.heard if pk in {event.pk for event in rows}]
            assert heard == [event.pk for event in rows][: len(heard)]


def _sum(**facts) -> int:
    return Transfer.objects.filter(**facts).aggregate(total=Sum("amount_vnd"))["total"] or 0


@pytest.mark.django_db
@pytest.mark.timeout(600)  # a failure takes a while to be made small
@pytest.mark.usefixtures("fake")
def test_payments_are_what_follows_from_the_reports_that_got_through(caplog):
    caplog.set_level("CRITICAL")

    run_state_machine_as_test(
        IntentMachine, settings=settings(max_examples=40, stateful_step_count=30, deadline=None)
    )
