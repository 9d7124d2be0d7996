"""The same tests for all providers."""

import json
from pathlib import Path

import pytest

from payments.errors import ProviderRefused, ProviderUnavailable
from payments.providers.base import Outcome
from tests.payments.conformance import Alone, Conformance
from tests.payments.conformance.base import provider_classes
from tests.payments.conformance.failures import FAILURES, shown_by
from tests.payments.fakes import SIGNATURE, FakeProvider, nothing
from tests.payments.mock_operator import Operator, sign


class FakeBank:
    unreachable_payer = "+84000000000"

    def __init__(self):
        self.provider = FakeProvider(code="fake", label="Fake")
        self.provider.script.before = self.refuse_strangers

    def refuse_strangers(self, charge):
        if charge.payer == self.unreachable_payer:
            raise ProviderRefused("There is no such wallet.", reason="identifierError")

    def approve(self, operation_id):
        self.provider.decide(operation_id, Outcome.SUCCEEDED)

    def decline(self, operation_id):
        self.provider.decide(operation_id, Outcome.FAILED, "requestDeclined")

    def fail_next(self, *, after):
        script = self.provider.script

        def time_out(charge):
            script.after = nothing
            raise ProviderUnavailable("ReadTimeout")

        if after:
            script.after = time_out
        else:
            script.failures = 1

    def break_next(self):
        self.fail_next(after=True)

    def mend(self):
        """Have nothing go wrong any more: it went wrong once."""

    def silence(self, is_silent):
        self.provider.script.is_silent = is_silent

    def skew(self, seconds):
        """Have no clock."""

    def callback(self, operation_id):
        report = self.provider.known[operation_id].report()
        said = {
            "ref": report.provider_ref,
            "outcome": report.outcome,
            "amount_vnd": report.amount_vnd,
            "error_code": report.error_code,
        }
        return self.signed(json.dumps(said).encode(), operation_id)

    def signed(self, body, operation_id, *, age_s=0):
        return body, {"X-Signature": SIGNATURE + body.decode(errors="replace")}

    def payments_made(self):
        return len(self.provider.known)


class TestFake(Conformance):
    """The fake of the other tests is a provider as good as any."""

    @pytest.fixture
    def bank(self):
        return FakeBank()


class WalletBank(Operator):
    unreachable_payer = "+84000000000"

    def fail_next(self, *, after):
        self.fail = "after" if after else "before"

    def signed(self, body, operation_id, *, age_s=0):
        return sign(body, operation_id)

    def payments_made(self):
        return len(self.transactions)


class TestWallet(Alone):
    """What the small operator can be made to do; the real one's tests are the simulator's."""

    @pytest.fixture
    def bank(self):
        return WalletBank()


def test_every_provider_is_one_module_and_one_entry_of_the_settings():
    settings = (Path(__file__).parents[2] / "marketplace/settings/payments.py").read_text()
    classes = list(provider_classes())

    assert [one.__name__ for one in classes] == [
        "CashProvider", "StripeProvider", "VietQRProvider", "VnpayProvider", "WalletProvider",
    ]  # fmt: skip
    for one in classes:
        assert settings.count(f'"{one.__module__}.{one.__name__}"') == 1


def test_every_failure_has_tests_that_show_what_is_done_about_it():
    shown = [number for number, _ in shown_by(Conformance)]

    assert list(FAILURES) == list(range(1, 21))
    assert set(shown) == set(FAILURES)
