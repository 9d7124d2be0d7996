"""The control panel, the commands and the settings."""

import csv
import io
import json
import os
import subprocess
import sys
import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.payments.simulator.conftest import Payer
from tests.payments.simulator.merchant import Merchant
from tests.wallet_operator import BASE_DIR, SETTINGS, WalletOperator, wait_until

HOME = ZoneInfo("Asia/Ho_Chi_Minh")
NO_PROMPT = "6f1c3a52-4f0e-4b8e-9a39-0d6a3c1e7b10"


def test_cash_with_an_id_is_put_in_once(operator: WalletOperator, payer: Payer) -> None:
    body = {"amount_vnd": 70_000, "id": str(uuid.uuid4())}
    path = f"/sim/wallets/{payer.msisdn}/cash-in/"

    first = operator.http.post(path, json=body)
    second = operator.http.post(path, json=body)
    other = operator.http.post(path, json=body | {"amount_vnd": 80_000})

    assert first.json()["balance_vnd"] == second.json()["balance_vnd"] == 570_000
    assert (other.status_code, other.json()["code"]) == (409, "transfer_conflict")


def test_opening_a_wallet_again_keeps_its_money_and_unlocks_it(
    operator: WalletOperator, merchant: Merchant, payer: Payer
) -> None:
    merchant.pay(payer.msisdn)
    prompt = operator.wait_for_prompt(payer.msisdn)["id"]
    for _ in range(3):
        operator.answer(prompt, accept=True, pin="999999")

    again = operator.open_wallet(payer.msisdn, balance_vnd=9_000_000)

    assert (again["balance_vnd"], again["locked_until"]) == (500_000, None)


def test_a_number_with_two_wallets_needs_the_operators_name(operator: WalletOperator, payer: Payer) -> None:
    operator.open_wallet(payer.msisdn, operator="vnpt")
    path = f"/sim/wallets/{payer.msisdn}/cash-in/"

    unclear = operator.http.post(path, json={"amount_vnd": 1_000})
    operator.cash_in(payer.msisdn, 1_000, operator="vnpt")

    assert (unclear.status_code, unclear.json()["code"]) == (409, "wallet_ambiguous")
    assert operator.balance_vnd(payer.msisdn, operator="vnpt") == 1_000
    assert operator.balance_vnd(payer.msisdn, operator="viettel") == 500_000


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/sim/wallets/", {"operator": "x", "msisdn": "0399000001", "pin": "135790"}, 400, "invalid"),
        ("/sim/wallets/", {"operator": "vnpt", "msisdn": "12", "pin": "135790"}, 400, "not_a_phone_number"),
        ("/sim/wallets/", {"operator": "vnpt", "msisdn": "0399000001", "pin": "1"}, 400, "invalid"),
        ("/sim/wallets/0399999999/cash-in/", {"amount_vnd": 1}, 404, "wallet_not_found"),
        ("/sim/wallets/0399000001/cash-in/", {"amount_vnd": 0}, 400, "invalid"),
        ("/sim/wallets/0399000001/cash-in/", {"amount_vnd": 1.5}, 400, "invalid"),
        ("/sim/wallets/0399000001/cash-in/", {"amount_vnd": 1, "id": "7"}, 400, "invalid"),
        (f"/sim/prompts/{NO_PROMPT}/", {"pin": "135790", "accept": True}, 404, "prompt_not_found"),
        (f"/sim/prompts/{NO_PROMPT}/", {"accept": "yes"}, 400, "invalid"),
        (f"/sim/prompts/{NO_PROMPT}/", {"accept": True}, 400, "invalid"),
        (f"/sim/prompts/{NO_PROMPT}/", [], 400, "invalid"),
    ],
)
def test_what_the_panel_cannot_do_it_refuses_in_words(
    operator: WalletOperator, path: str, body: object, status: int, code: str
) -> None:
    answer = operator.http.post(path, json=body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["message"].endswith(".")


def test_a_days_statement_lists_what_was_completed_that_day(
    operator: WalletOperator, merchant: Merchant, payer: Payer, correlation_id: str
) -> None:
    today = datetime.now(HOME).date()
    refund_id = str(uuid.uuid4())
    paid = merchant.pay(payer.msisdn, correlation_id=correlation_id).json()["objectReference"]
    operator.accept(operator.wait_for_prompt(payer.msisdn)["id"])
    refund = merchant.refund(paid, "20000", correlation_id=refund_id).json()["objectReference"]
    wait_until(lambda: merchant.found_by(refund_id)["transactionStatus"] == "completed", "it is refunded")
    merchant.pay(payer.msisdn, "7")  # still open: in no statement

    rows = list(csv.DictReader(io.StringIO(operator.statement("viettel", today.isoformat()))))
    mine = [row for row in rows if row["msisdn"] == payer.msisdn]
    jsonl = operator.http.get(f"/sim/statements/viettel/{today}/?format=jsonl").text
    yesterday = operator.statement("viettel", (today - timedelta(days=1)).isoformat())

    assert [(row["reference"], row["type"], row["amount_vnd"]) for row in mine] == [
        (paid, "merchantpay", "120000"),
        (refund, "adjustment", "20000"),
    ]
    assert (mine[0]["correlation_id"], mine[1]["original_reference"]) == (correlation_id, paid)
    assert (mine[0]["merchant"], mine[0]["merchant_reference"]) == ("muongthen", "ORDER-7")
    assert [json.loads(line)["reference"] for line in jsonl.splitlines()] == [
        row["reference"] for row in rows
    ]
    assert yesterday.count("\n") == 1


@pytest.mark.parametrize("path", ["/sim/statements/x/2026-11-23/", "/sim/statements/viettel/today/"])
def test_a_statement_of_no_operator_or_no_day_is_refused(operator: WalletOperator, path: str) -> None:
    answer = operator.http.get(path)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_the_demo_wallets_are_loaded_once(operator: WalletOperator) -> None:
    before_vnd = operator.balance_vnd("0399000001")

    printed = operator.manage("load_demo_wallets")

    assert printed.startswith("6 wallets, 0 new, and 3 merchant accounts are open, and 6 agents.")
    assert operator.balance_vnd("0399000001") == before_vnd
    assert operator.balance_vnd("0889000003", operator="vnpt") == 2_000_000


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"WALLET_DATABASE_URL": ""}, "WALLET_DATABASE_URL is not set."),
        ({"SIMULATOR_DEBUG": "0"}, "also set SIMULATOR_ALLOWED=1"),
        ({"SIMULATOR_DEBUG": "0", "SIMULATOR_ALLOWED": "1", "SECRET_KEY": ""}, "SECRET_KEY is not set."),
        ({"SIMULATOR_DEBUG": "0", "SIMULATOR_ALLOWED": "1", "SECRET_KEY": "x"}, ""),
        ({}, ""),
    ],
)
def test_the_settings_refuse_what_would_not_be_safe(environment: dict[str, str], message: str) -> None:
    base = os.environ | {
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "WALLET_DATABASE_URL": "postgres://unused@/unused",
    }
    command = [sys.executable, "-m", "django", "check"]

    ran = subprocess.run(
        command, check=False, cwd=BASE_DIR, env=base | environment, capture_output=True, text=True
    )

    assert (ran.returncode == 0) is (message == "")
    assert message in ran.stderr
