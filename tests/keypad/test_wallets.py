"""A farmer names the wallet by the phone alone; its operator says whose it is, and payouts are told."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import pytest
from django.utils import timezone

from marketplace.keypad import services as keypad
from marketplace.keypad.models import WalletQuestion
from marketplace.messaging.models import Message
from marketplace.sellers.models import Act, Seller
from marketplace.settlement import services as settlement
from payments import services as payments
from payments.errors import ProviderUnavailable
from payments.models import Payout
from payments.providers.base import Capability, Outcome
from tests.factories import SellerFactory
from tests.keypad.conftest import Dialled, text
from tests.settlement.conftest import release
from tests.settlement.paying import PayingProvider, end_payouts

pytestmark = pytest.mark.django_db(transaction=True)


class KnowingProvider(PayingProvider):
    """An operator that says whose a wallet is; one that is silent does not answer."""

    capabilities = PayingProvider.capabilities | {Capability.HOLDER}
    holders: ClassVar[dict[tuple[str, str], str]] = {}
    silent: ClassVar[set[str]] = set()

    def holder(self, number: str) -> str | None:
        if self.code in self.silent:
            raise ProviderUnavailable("no answer")
        return self.holders.get((self.code, number))


@pytest.fixture(autouse=True)
def operators(settings, _paying_wallet):
    settings.PAYMENT_PROVIDERS = {
        code: {"class": "tests.keypad.test_wallets.KnowingProvider", "label": f"{code.title()} Money"}
        for code in ("viettel", "vnpt")
    }
    yield KnowingProvider
    KnowingProvider.holders.clear()
    KnowingProvider.silent.clear()


@pytest.fixture
def household(household):
    """The household, without a wallet yet."""
    Seller.objects.filter(pk=household.pk).update(wallet_provider="", wallet_msisdn="")
    household.refresh_from_db()
    return household


def answers(minutes: int = 0) -> list[str]:
    """Ask the operators as the scheduler does; return what phones were told of wallets."""
    keypad.answer_wallets(now=timezone.now() + timedelta(minutes=minutes))
    told = Message.objects.filter(key__startswith="wallet-answer/").order_by("pk")
    return list(told.values_list("text", flat=True))


def wallet_of(seller: Seller) -> tuple[str, str]:
    seller.refresh_from_db()
    return seller.wallet_provider, str(seller.wallet_msisdn)


def test_the_one_wallet_of_the_number_is_named_with_its_holder(operators, farmer, household):
    operators.holders["viettel", str(farmer.phone)] = "Lò Thị Pản"

    said = [text(farmer, "VI", message_id="m-wallet") for _ in range(2)]

    assert said[0].startswith("We ask the operator for the wallet of 0")
    assert answers() == [
        "Your money goes to your wallet at Viettel Money, in the name of Lo Thi Pan. To see it: TIEN"
    ]
    assert answers(minutes=60) == answers()
    assert wallet_of(household) == ("viettel", str(farmer.phone))
    assert WalletQuestion.objects.count() == 1
    assert Act.objects.filter(seller=household, what="Changed the wallet").count() == 1
    assert text(farmer, "VI").startswith("Your money goes to Viettel Money, number 0")


def test_of_two_wallets_the_farmer_chooses_one(operators, farmer, household):
    operators.holders |= {(code, str(farmer.phone)): "Lò Thị Pản" for code in ("viettel", "vnpt")}

    text(farmer, "VI")
    asked = answers()
    text(farmer, "VI VNPT")

    assert asked == ["Where shall your money go? Write VI VIETTEL or VI VNPT"]
    assert answers()[1:] == [
        "Your money goes to your wallet at Vnpt Money, in the name of Lo Thi Pan. To see it: TIEN"
    ]
    assert wallet_of(household) == ("vnpt", str(farmer.phone))


def test_a_number_without_a_wallet_is_told_where_to_open_one(farmer, household):
    text(farmer, "VI")

    assert answers()[0].endswith(
        "has no wallet. Open one at a shop of Viettel, VNPT or MobiFone, then write VI."
    )
    assert wallet_of(household) == ("", "")
    assert text(farmer, "TIEN").endswith("To be paid write: VI")


def test_a_silent_operator_is_asked_again_and_in_the_end_the_farmer_hears(operators, farmer, household):
    operators.silent.add("viettel")
    text(farmer, "VI VIETTEL")

    heard = [answers(minutes=minutes) for minutes in (0, 1, 3, 6, 12)]

    assert heard[:4] == [[], [], [], []]
    assert heard[4] == ["The operator does not answer now. Nothing was changed. Write VI again tomorrow."]
    assert wallet_of(household) == ("", "")


def test_an_unknown_operator_and_a_co_operative_are_refused_in_words(farmer, household):
    unknown = text(farmer, "VI MOMO")
    Seller.objects.filter(pk=household.pk).update(kind=Seller.Kind.COOPERATIVE)
    shared = text(farmer, "VI")

    assert unknown == "We know no wallet MOMO. Write VI VIETTEL, VI VNPT or VI MOBI"
    assert shared.endswith("is changed on its page, by a member.")
    assert not WalletQuestion.objects.exists()


def test_the_wallet_is_named_by_dialling_while_there_is_none(operators, farmer, household):
    operators.holders["viettel", str(farmer.phone)] = "Lò Thị Pản"
    before = Dialled(farmer).press("4")

    asked = Dialled(farmer).press("4", "1")

    assert before.endswith("1 Send it to my wallet\n0 Back")
    assert asked.startswith("We ask the operator")
    assert len(answers()) == 1
    assert "1 Send" not in Dialled(farmer).press("4")


def test_a_payout_is_told_once_when_it_arrives_or_comes_back(paid, farmer, household):
    Seller.objects.filter(pk=household.pk).update(
        wallet_provider="viettel", wallet_msisdn=str(farmer.phone), phone=str(farmer.phone)
    )
    SellerFactory(name="Nobody is told of others")
    release(paid.goods)
    now = timezone.now() + timedelta(days=4)
    settlement.pay_out(run_id=settlement.run_id_of(now.date()), now=now, by="schedule")
    payout = Payout.objects.get(payee=household.payee)

    end_payouts(Outcome.SUCCEEDED)
    for _ in range(2):
        payments.deliver_due(now=now)

    message = Message.objects.get(purpose="payout")
    amount = f"{payout.amount_vnd:,}d".replace(",", ".")
    assert str(message.to) == str(farmer.phone)
    assert message.text.startswith(f"Paid: {amount} for Ho ba Lo Thi Pan is in the wallet 0")
