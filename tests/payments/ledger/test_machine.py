"""What must hold of the books after every sequence of calls."""

import uuid
from collections import defaultdict

import pytest
from django.test import TestCase
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from payments import ledger
from payments.ledger.models import Account, Entry, Transfer
from payments.ledger.selectors import accounts_out_of_balance, trial_balance

MAY_OVERDRAW = {"bank": True, "wallet:a": False, "wallet:b": False, "wallet:c": False}

pairs = st.permutations(sorted(MAY_OVERDRAW)).map(lambda codes: codes[:2])
amounts_vnd = st.integers(1, 1_000) | st.just(10**12)


class LedgerMachine(RuleBasedStateMachine):
    """Compares the ledger with a dict of balances and a dict of holds."""

    posted = Bundle("posted")
    held = Bundle("held")

    def __init__(self) -> None:
        super().__init__()
        self.atomics = TestCase._enter_atomics()
        for code, may_overdraw in MAY_OVERDRAW.items():
            ledger.open_account(code=code, kind=code.split(":")[0], may_overdraw=may_overdraw)
        self.balances = dict.fromkeys(MAY_OVERDRAW, 0)
        self.holds: dict[str, int] = defaultdict(int)
        self.resolved: dict[uuid.UUID, str] = {}

    def teardown(self) -> None:
        TestCase._rollback_atomics(self.atomics)

    def is_covered(self, debit: str, amount_vnd: int) -> bool:
        return MAY_OVERDRAW[debit] or self.balances[debit] - self.holds[debit] >= amount_vnd

    def describe(self, pair: list[str], amount_vnd: int) -> dict:
        return {
            "transfer_id": uuid.uuid4(),
            "debit": pair[0],
            "credit": pair[1],
            "amount_vnd": amount_vnd,
            "purpose": "test",
        }

    def move(self, call: dict) -> None:
        self.balances[call["debit"]] -= call["amount_vnd"]
        self.balances[call["credit"]] += call["amount_vnd"]

    @rule(target=posted, pair=pairs, amount_vnd=amounts_vnd)
    def post(self, pair, amount_vnd):
        call = self.describe(pair, amount_vnd)
        if not self.is_covered(pair[0], amount_vnd):
            with pytest.raises(ledger.Overdrawn):
                ledger.post(**call)
            return multiple()
        ledger.post(**call)
        self.move(call)
        return call

    @rule(target=held, pair=pairs, amount_vnd=amounts_vnd)
    def hold(self, pair, amount_vnd):
        call = self.describe(pair, amount_vnd)
        if not self.is_covered(pair[0], amount_vnd):
            with pytest.raises(ledger.Overdrawn):
                ledger.hold(**call)
            return multiple()
        ledger.hold(**call)
        self.holds[pair[0]] += amount_vnd
        return call

    @rule(call=posted)
    def post_again(self, call):
        ledger.post(**call)  # the model does not move

    @rule(call=held)
    def hold_again(self, call):
        ledger.hold(**call)  # whatever became of it

    @rule(call=posted | held)
    def use_the_id_for_something_else(self, call):
        other = call | {"amount_vnd": call["amount_vnd"] % 1_000 + 1_001}
        with pytest.raises(ledger.TransferConflict):
            ledger.post(**other)

    @rule(call=held)
    def settle(self, call):
        if self.resolved.get(call["transfer_id"]) == "voided":
            with pytest.raises(ledger.AlreadyResolved):
                ledger.settle(transfer_id=call["transfer_id"])
            return
        ledger.settle(transfer_id=call["transfer_id"])
        if call["transfer_id"] not in self.resolved:
            self.resolved[call["transfer_id"]] = "posted"
            self.holds[call["debit"]] -= call["amount_vnd"]
            self.move(call)

    @rule(call=held)
    def void(self, call):
        if self.resolved.get(call["transfer_id"]) == "posted":
            with pytest.raises(ledger.AlreadyResolved):
                ledger.void(transfer_id=call["transfer_id"])
            return
        ledger.void(transfer_id=call["transfer_id"])
        if call["transfer_id"] not in self.resolved:
            self.resolved[call["transfer_id"]] = "voided"
            self.holds[call["debit"]] -= call["amount_vnd"]

    @invariant()
    def books_match_the_model(self):
        rows = {account.code: account for account in Account.objects.all()}
        assert {code: row.balance_vnd for code, row in rows.items()} == self.balances
        assert {code: row.held_vnd for code, row in rows.items()} == {
            code: self.holds[code] for code in MAY_OVERDRAW
        }
        assert sum(trial_balance().values()) == 0
        assert not accounts_out_of_balance().exists()

    @invariant()
    def every_posted_transfer_has_two_entries(self):
        assert Entry.objects.count() == 2 * Transfer.objects.filter(state=Transfer.State.POSTED).count()


@pytest.mark.django_db
@pytest.mark.timeout(600)  # a failure takes a while to be made small
def test_the_books_match_a_model_after_any_sequence():
    run_state_machine_as_test(
        LedgerMachine, settings=settings(max_examples=30, stateful_step_count=20, deadline=None)
    )
