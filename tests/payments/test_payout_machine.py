"""Releases, take-backs, payouts, bounces and settling by hand, in any order: no đồng is lost."""

import uuid
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import TestCase
from hypothesis import settings as run_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from payments import providers, services, settled
from payments.errors import DebtLimitReached, NotInEscrow, NotPayable, ProviderUnavailable
from payments.ledger.selectors import accounts_out_of_balance, trial_balance
from payments.models import Claim, Event, Payout, PayoutBatch
from payments.providers.base import Outcome
from payments.services import Portion
from tests.payments.fakes import nothing
from tests.payments.making import NOW
from tests.payments.paying import CHU, MAI, PayingProvider, balance, in_escrow, install, run

PAYEES = {payee.reference: payee for payee in (CHU, MAI)}
DEBT_LIMIT_VND = 50
AMOUNTS = [1, 7, 40, 100]

payees = st.sampled_from(sorted(PAYEES))
amounts = st.sampled_from(AMOUNTS)


def time_out(batch):
    raise ProviderUnavailable("ReadTimeout")


class PayoutMachine(RuleBasedStateMachine):
    """Compares the books with what went in, what each payee really got and what they may keep."""

    parts = Bundle("parts")
    releases = Bundle("releases")
    take_backs = Bundle("take_backs")

    def __init__(self) -> None:
        super().__init__()
        self.atomics = TestCase._enter_atomics()
        provider = providers.get("fake")
        assert isinstance(provider, PayingProvider)
        provider.__init__(code="fake", label="Fake")
        self.provider = provider
        self.now = NOW
        self.bought_vnd = 0
        self.escrow: Counter[str] = Counter()  # part -> đồng
        self.earned: Counter[str] = Counter()  # payee -> đồng released to them, less what was taken back
        self.fee_vnd = 0
        self.by_hand: Counter[str] = Counter()

    def teardown(self) -> None:
        """When everything is known, what the operator really paid is what the books say."""
        try:
            for payout in Payout.objects.exclude(state="succeeded").order_by("created_at", "pk"):
                if self.provider.verdicts.get(payout.pk) is Outcome.SUCCEEDED:
                    self.tell(payout)
            assert self.arrived() == Counter(self.provider.paid_vnd)
            self.every_dong_is_with_somebody()
        finally:
            TestCase._rollback_atomics(self.atomics)

    def tell(self, payout: Payout) -> None:
        """Let what the operator's statement says of one payout get through."""
        report = self.provider.report(payout.pk, payout.amount_vnd)
        services.record_payout_report(
            provider="fake", report=report, source=Claim.Source.STATEMENT, now=self.now
        )

    def in_order(self) -> list[Payout]:
        """Return all payouts in the order in which they were made; their ids are not the same every time."""
        return list(Payout.objects.order_by("created_at", "payee", "batch__run__created_at"))

    def arrived(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for payout in Payout.objects.filter(state="succeeded"):
            found[payout.payee] += payout.amount_vnd
        return found

    # --- escrow ------------------------------------------------------------------------------

    @rule(target=parts, amount_vnd=amounts)
    def buy(self, amount_vnd):
        part = f"ORDER-{uuid.uuid4()}"[:20]
        in_escrow(part, amount_vnd)
        self.bought_vnd += amount_vnd
        self.escrow[part] += amount_vnd
        return part

    @rule(target=releases, part=parts, payee=payees, amount_vnd=amounts, fee_vnd=st.sampled_from([0, 1]))
    def release(self, part, payee, amount_vnd, fee_vnd):
        portions = [Portion(f"payable:{payee}", amount_vnd)]
        portions += [Portion("revenue:commission", fee_vnd)] if fee_vnd else []
        call = {"part": part, "portions": portions, "release_id": uuid.uuid4(), "now": self.now}
        if amount_vnd + fee_vnd > self.escrow[part]:
            with pytest.raises(NotInEscrow):
                services.release(**call)
            return multiple()
        services.release(**call)
        self.escrow[part] -= amount_vnd + fee_vnd
        self.earned[payee] += amount_vnd
        self.fee_vnd += fee_vnd
        return call

    @rule(call=releases)
    def release_again(self, call):
        services.release(**call)

    @rule(target=take_backs, call=releases)
    def take_back(self, call):
        portion = call["portions"][0]
        payee = portion.account.removeprefix("payable:")
        money = settled.money_of(payee)
        wanted = {
            "part": call["part"],
            "portions": [portion],
            "take_back_id": uuid.uuid4(),
            "debt_limit_vnd": DEBT_LIMIT_VND,
            "now": self.now,
        }
        missing_vnd = max(0, portion.amount_vnd - money.payable_vnd)
        if missing_vnd and money.debt_vnd + missing_vnd > DEBT_LIMIT_VND:
            with pytest.raises(DebtLimitReached):
                services.take_back(**wanted)
            return multiple()
        services.take_back(**wanted)
        self.escrow[call["part"]] += portion.amount_vnd
        self.earned[payee] -= portion.amount_vnd
        return wanted

    @rule(call=take_backs)
    def take_back_again(self, call):
        services.take_back(**call)

    # --- payouts -----------------------------------------------------------------------------

    @rule(new_wallet=st.booleans())
    def pay_out(self, new_wallet):
        wallet = f"+84398{uuid.uuid4().int % 10**6:06}" if new_wallet else ""
        chosen = [replace(payee, wallet=wallet or payee.wallet) for payee in PAYEES.values()]
        run(chosen, minimum_vnd=2, now=self.now)

    @rule(fault=st.sampled_from(["nothing", "before", "after"]))
    def send(self, fault):
        if fault != "nothing":
            setattr(self.provider.script, fault, time_out)
        for batch in PayoutBatch.objects.filter(state="created"):
            services.submit_batch(batch_id=batch.pk, now=self.now)
        self.provider.script.before = self.provider.script.after = nothing

    @rule(data=st.data(), outcome=st.sampled_from([Outcome.SUCCEEDED, Outcome.FAILED]))
    def decide(self, data, outcome):
        """The operator ends one payout it has; what it paid it has paid, what it refused it may yet pay."""
        known = [
            payout
            for payout in self.in_order()
            if payout.batch_id in self.provider.batches
            and self.provider.verdicts.get(payout.pk) is not Outcome.SUCCEEDED
        ]
        if known:
            self.provider.end(data.draw(st.sampled_from(known)), outcome)

    @rule(seconds=st.sampled_from([5, 60, 1_000]), is_silent=st.booleans())
    def ask(self, seconds, is_silent):
        self.now += timedelta(seconds=seconds)
        self.provider.script.is_silent = is_silent
        services.ask_due_batches(now=self.now)
        self.provider.script.is_silent = False

    @rule(data=st.data())
    def hear(self, data):
        """News of one payout gets through: late, twice, after all."""
        decided = [payout for payout in self.in_order() if payout.pk in self.provider.verdicts]
        if decided:
            self.tell(data.draw(st.sampled_from(decided)))

    @rule(data=st.data())
    def settle_by_hand(self, data):
        failed = [payout for payout in self.in_order() if payout.state == "failed"]
        if not failed:
            return
        payout = data.draw(st.sampled_from(failed))
        call = {"payout_id": payout.pk, "evidence": "slip", "by": "test", "now": self.now}
        if settled.payable_vnd(payout.payee) < payout.amount_vnd:
            with pytest.raises(NotPayable):
                services.settle_by_hand(**call)
            return
        for _ in range(2):
            services.settle_by_hand(**call)
        self.by_hand[payout.payee] += payout.amount_vnd

    # --- what must hold ----------------------------------------------------------------------

    @invariant()
    def every_dong_is_with_somebody(self):
        assert sum(trial_balance().values()) == 0
        assert not accounts_out_of_balance().exists()
        for part, left_vnd in self.escrow.items():
            assert balance(f"escrow:{part}") == left_vnd
        assert balance("revenue:commission") == self.fee_vnd
        arrived = self.arrived()
        assert balance("clearing:fake") == sum(arrived.values()) - self.bought_vnd
        assert balance("bank:settlement") == sum(self.by_hand.values())
        for payee in PAYEES:
            money = settled.money_of(payee)
            standing_vnd = money.payable_vnd + money.on_the_way_vnd - money.debt_vnd
            assert standing_vnd == self.earned[payee] - arrived[payee] - self.by_hand[payee]

    @invariant()
    def nobody_has_money_to_come_and_owes_us(self):
        for money in settled.money_of_all():
            assert not (money.payable_vnd and money.debt_vnd), money

    @invariant()
    def what_is_on_the_way_is_reserved_and_nothing_else(self):
        on_the_way = Counter()
        for payout in Payout.objects.filter(state="on_the_way"):
            on_the_way[payout.payee] += payout.amount_vnd
        held = {money.payee: money.on_the_way_vnd for money in settled.money_of_all() if money.on_the_way_vnd}
        assert held == dict(on_the_way)

    @invariant()
    def a_payout_that_arrived_did_arrive(self):
        for payout in Payout.objects.filter(state="succeeded"):
            assert self.provider.verdicts[payout.pk] is Outcome.SUCCEEDED

    @invariant()
    def every_end_is_told_once(self):
        told = Counter(Event.objects.values_list("payout", "kind"))
        assert set(told.values()) <= {1}
        ended = set(Payout.objects.exclude(state="on_the_way").values_list("pk", flat=True))
        assert {payout for payout, _ in told} == ended


@pytest.mark.django_db
@pytest.mark.timeout(600)  # a failure takes a while to be made small
def test_whatever_happens_to_payouts_every_dong_is_accounted_for(settings, caplog):
    caplog.set_level("CRITICAL")
    install(settings)

    run_state_machine_as_test(
        PayoutMachine, settings=run_settings(max_examples=40, stateful_step_count=30, deadline=None)
    )
