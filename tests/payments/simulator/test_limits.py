"""The decree's monthly limit: to the đồng, for each customer, also under races."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.payments.simulator.merchant import Merchant
from tests.wallet_operator import WalletOperator

LIMIT_VND = 100_000_000
MUONGTHEN = {"organisationid": "muongthen"}
ELECTRICITY = {"organisationid": "evn-dienbien"}

# What a wallet pays in the last two months of the pilot, and on the first day of the decree.
PILOT = """
import uuid
from datetime import datetime
from django.utils import timezone
from payments.simulator import parties, transfers
from payments.simulator.errors import MonthlyLimitExceeded
from payments.simulator.models import Merchant, Transaction, Wallet
from payments.simulator.records import Request

shop = Merchant.objects.get(operator="viettel", identifier="muongthen")
wallet = Wallet.objects.get(operator="viettel", msisdn="{msisdn}")
for type, amount_vnd, day in (
    ("transfer", 1, "2025-11-30T23:59:59"),
    ("transfer", 4_000_000, "2025-12-01T00:00:00"),
    ("withdrawal", 6_000_000, "2025-12-31T12:00:00"),
    ("merchantpay", 1, "2025-12-31T23:59:59"),
    ("merchantpay", 1, "2026-01-01T00:00:00"),
):
    try:
        transfers.carry_out(
            request=Request(merchant=shop, correlation_id=uuid.uuid4(), amount_vnd=amount_vnd),
            type=Transaction.Type(type),
            debit=parties.of_wallet(wallet),
            credit=parties.of_merchant(shop),
            now=timezone.make_aware(datetime.fromisoformat(day)),
        )
    except MonthlyLimitExceeded as error:
        print(error.code)
    else:
        print("moved")
"""


def test_a_month_allows_one_hundred_million_and_not_a_dong_more(
    operator: WalletOperator, merchant: Merchant
) -> None:
    rich = {"msisdn": _rich(operator, "+84395000001")}

    answers = [
        merchant.move("transfer", rich, MUONGTHEN, str(LIMIT_VND + 1)),
        merchant.move("transfer", rich, MUONGTHEN, str(LIMIT_VND)),
        merchant.move("transfer", rich, MUONGTHEN, "1"),
        merchant.move("billpay", rich, ELECTRICITY, str(LIMIT_VND)),
        merchant.move("withdrawal", rich, MUONGTHEN, "1"),
    ]

    assert [answer.json().get("errorCode", answer.status_code) for answer in answers] == [
        "monthlyValueLimitExceeded", 201, "monthlyValueLimitExceeded", 201, 201,
    ]  # fmt: skip


def test_each_day_has_the_rule_of_its_time(operator: WalletOperator) -> None:
    ask = (
        "from datetime import date; from payments.simulator.limits import rule_on; "
        "rules = [rule_on(date.fromisoformat(day)) for day in ('2021-03-08', '2025-12-31', '2026-01-01')]; "
        "print([rule and rule.monthly_vnd for rule in rules])"
    )

    said = operator.manage("shell", "-v", "0", "-c", ask)

    assert said.strip().endswith("[None, 10000000, 100000000]")


def test_the_pilot_allowed_ten_million_a_month_cash_out_included(
    operator: WalletOperator, merchant: Merchant
) -> None:
    msisdn = _rich(operator, "+84395000005")

    said = operator.manage("shell", "-v", "0", "-c", PILOT.format(msisdn=msisdn))

    assert said.split() == ["moved", "moved", "moved", "monthlyValueLimitExceeded", "moved"]
    assert operator.balance_vnd(msisdn) == 300_000_000 - 10_000_000 - 1 - 1


def test_merchants_have_no_limit(operator: WalletOperator, merchant: Merchant) -> None:
    for number in range(6, 10):
        merchant.move(
            "withdrawal", {"msisdn": _rich(operator, f"+8439500000{number}")}, MUONGTHEN, "30000000"
        )

    paid = merchant.move("transfer", MUONGTHEN, ELECTRICITY, str(LIMIT_VND + 1))

    assert paid.status_code == 201


def test_a_refund_gives_allowance_back(operator: WalletOperator, merchant: Merchant) -> None:
    rich = {"msisdn": _rich(operator, "+84395000004")}
    paid = merchant.move("transfer", rich, MUONGTHEN, str(LIMIT_VND)).json()["transactionReference"]

    merchant.send("POST", f"/transactions/{paid}/reversals", {"type": "reversal"})
    again = merchant.move("transfer", rich, MUONGTHEN, str(LIMIT_VND))

    assert again.status_code == 201


@pytest.mark.parametrize(("number", "each_vnd", "passing"), [(1, 12_500_000, 8), (2, 12_500_001, 7)])
def test_eight_payers_at_once_reach_the_limit_to_the_dong(
    operator: WalletOperator, merchant: Merchant, number: int, each_vnd: int, passing: int
) -> None:
    msisdn = _rich(operator, f"+8439500001{number}")
    asked = [merchant.pay(msisdn, str(each_vnd)).json()["objectReference"] for _ in range(8)]
    prompts = [prompt["id"] for prompt in operator.prompts(msisdn)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda prompt: operator.answer(prompt, accept=True).status_code, prompts))

    states = [merchant.transaction(reference)["transactionStatus"] for reference in asked]
    assert sorted(answers) == [200] * passing + [409] * (8 - passing)
    assert sorted(states) == ["completed"] * passing + ["failed"] * (8 - passing)
    assert operator.balance_vnd(msisdn) == 300_000_000 - passing * each_vnd


def test_eight_at_once_spend_no_more_than_the_month_allows(
    operator: WalletOperator, merchant: Merchant
) -> None:
    msisdn = _rich(operator, "+84395000002")

    def spend(_: int) -> int:
        return merchant.move("transfer", {"msisdn": msisdn}, MUONGTHEN, "30000000").status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(spend, range(8)))

    assert sorted(statuses) == [201] * 3 + [400] * 5
    assert operator.balance_vnd(msisdn) == 300_000_000 - 90_000_000


def test_a_payer_above_the_limit_is_not_charged_when_accepting(
    operator: WalletOperator, merchant: Merchant
) -> None:
    msisdn = _rich(operator, "+84395000003")
    asked = merchant.pay(msisdn, str(LIMIT_VND + 1)).json()

    refused = operator.answer(operator.wait_for_prompt(msisdn)["id"], accept=True)

    state = merchant.get(f"/requeststates/{asked['serverCorrelationId']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "limit_exceeded")
    assert state["error"]["errorCode"] == "monthlyValueLimitExceeded"
    assert operator.balance_vnd(msisdn) == 300_000_000


def _rich(operator: WalletOperator, msisdn: str) -> str:
    operator.open_wallet(msisdn, balance_vnd=300_000_000, name="Lò Văn Giàu")
    return msisdn
