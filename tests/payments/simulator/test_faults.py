"""What goes wrong on purpose and by accident: callbacks lost, late and doubled, answers lost, power cut."""

import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest

from tests.payments.simulator.conftest import Payer
from tests.payments.simulator.merchant import Merchant
from tests.payments.simulator.receiver import Receiver
from tests.wallet_operator import WalletOperator

HOME = ZoneInfo("Asia/Ho_Chi_Minh")


def test_a_merchant_that_does_not_take_a_callback_gets_it_again(
    operator: WalletOperator, merchant: Merchant, payer: Payer, receiver: Receiver, correlation_id: str
) -> None:
    receiver.answers += [500, 404]
    merchant.pay(payer.msisdn, correlation_id=correlation_id, callback_url=receiver.url)

    operator.decline(operator.wait_for_prompt(payer.msisdn)["id"])
    third = receiver.wait_for(correlation_id, count=3)

    assert [item.raw for item in receiver.of(correlation_id)] == [third.raw] * 3


def test_a_dropped_callback_leaves_the_outcome_to_be_asked_for(
    operator: WalletOperator, merchant: Merchant, payer: Payer, receiver: Receiver, correlation_id: str
) -> None:
    operator.faults(drop_callbacks=1)
    merchant.pay(payer.msisdn, correlation_id=correlation_id, callback_url=receiver.url)

    operator.accept(operator.wait_for_prompt(payer.msisdn)["id"])

    owed = operator.callbacks(correlation_id)
    assert [(row["last_answer"], row["next_try_at"]) for row in owed] == [
        ("dropped by the plan of faults", None)
    ]
    assert merchant.found_by(correlation_id)["transactionStatus"] == "completed"


def test_a_doubled_callback_says_the_same_twice(
    operator: WalletOperator, merchant: Merchant, payer: Payer, receiver: Receiver, correlation_id: str
) -> None:
    operator.faults(duplicate_callbacks=1)
    merchant.pay(payer.msisdn, correlation_id=correlation_id, callback_url=receiver.url)

    operator.accept(operator.wait_for_prompt(payer.msisdn)["id"])
    second = receiver.wait_for(correlation_id, count=2)

    assert receiver.of(correlation_id)[0].raw == second.raw
    assert operator.balance_vnd(payer.msisdn) == 380_000


def test_the_same_seed_gives_the_same_run_and_another_seed_another(
    operator: WalletOperator, merchant: Merchant, payer: Payer, receiver: Receiver
) -> None:
    runs = {}
    for run, seed in (("first", "dien-bien"), ("again", "dien-bien"), ("other", "lai-chau")):
        operator.faults(seed=seed, drop_callbacks=0.5, duplicate_callbacks=0.3)
        runs[run] = [_fate(operator, merchant, payer, receiver) for _ in range(12)]

    assert runs["first"] == runs["again"]
    assert runs["first"] != runs["other"]
    assert {"dropped", "once"} <= set(runs["first"])


def test_a_callback_can_report_another_amount_than_was_moved(
    operator: WalletOperator, merchant: Merchant, payer: Payer, receiver: Receiver, correlation_id: str
) -> None:
    operator.faults(wrong_amount=1)
    merchant.pay(payer.msisdn, correlation_id=correlation_id, callback_url=receiver.url)

    operator.accept(operator.wait_for_prompt(payer.msisdn)["id"])
    told = receiver.wait_for(correlation_id)

    assert (told.body["amount"], told.is_signed_with(merchant.secret)) == ("120001", True)
    assert merchant.found_by(correlation_id)["amount"] == "120000"
    assert operator.balance_vnd(payer.msisdn) == 380_000


def test_an_error_before_the_commit_leaves_nothing_and_the_same_id_may_be_used_again(
    operator: WalletOperator, merchant: Merchant, payer: Payer, correlation_id: str
) -> None:
    operator.faults(error_before_commit=1)
    refused = merchant.pay(payer.msisdn, correlation_id=correlation_id)
    unknown = merchant.call("GET", f"/responses/{correlation_id}")
    operator.no_faults()

    again = merchant.pay(payer.msisdn, correlation_id=correlation_id)

    assert (refused.status_code, refused.json()["errorCategory"]) == (500, "internal")
    assert unknown.status_code == 404
    assert again.status_code == 202


def test_an_error_after_the_commit_leaves_a_request_that_can_be_found(
    operator: WalletOperator, merchant: Merchant, payer: Payer, correlation_id: str
) -> None:
    operator.faults(error_after_commit=1)

    refused = merchant.pay(payer.msisdn, correlation_id=correlation_id)

    assert (refused.status_code, refused.json()["errorCategory"]) == (500, "internal")
    assert merchant.found_by(correlation_id)["transactionStatus"] == "pending"
    assert len(operator.prompts(payer.msisdn)) == 1


def test_a_debit_whose_answer_comes_too_late_is_found_by_asking(
    operator: WalletOperator, merchant: Merchant, payer: Payer, receiver: Receiver, correlation_id: str
) -> None:
    operator.faults(debit_then_timeout=1, answer_delay_s=0.2)

    late = merchant.pay(payer.msisdn, correlation_id=correlation_id, callback_url=receiver.url)
    operator.accept(operator.wait_for_prompt(payer.msisdn)["id"])

    assert (late.status_code, late.json()["errorCategory"]) == (503, "serviceUnavailable")
    assert merchant.found_by(correlation_id)["transactionStatus"] == "completed"
    assert operator.callbacks(correlation_id)[0]["last_answer"] == "dropped by the plan of faults"
    assert operator.balance_vnd(payer.msisdn) == 380_000


def test_a_reordered_callback_is_overtaken_by_a_later_one(
    operator: WalletOperator, merchant: Merchant, payer: Payer, receiver: Receiver
) -> None:
    early, later = str(uuid.uuid4()), str(uuid.uuid4())
    operator.faults(reorder=1)
    merchant.pay(payer.msisdn, correlation_id=early, callback_url=receiver.url)
    operator.decline(operator.wait_for_prompt(payer.msisdn)["id"])
    operator.no_faults()

    merchant.pay(payer.msisdn, correlation_id=later, callback_url=receiver.url)
    operator.decline(operator.wait_for_prompt(payer.msisdn)["id"])
    receiver.wait_for(early)

    arrived = [item.correlation_id for item in receiver.received if item.correlation_id in (early, later)]
    assert arrived == [later, early]


def test_a_callback_can_name_another_transaction(
    operator: WalletOperator, merchant: Merchant, payer: Payer, receiver: Receiver, correlation_id: str
) -> None:
    operator.faults(foreign_callbacks=1)
    asked = merchant.pay(payer.msisdn, correlation_id=correlation_id, callback_url=receiver.url).json()

    operator.accept(operator.wait_for_prompt(payer.msisdn)["id"])
    told = receiver.wait_for(correlation_id)

    assert told.is_signed_with(merchant.secret)
    assert told.body["transactionReference"] != asked["objectReference"]
    assert told.body["requestingOrganisationTransactionReference"] != "ORDER-7"
    assert merchant.call("GET", f"/transactions/{told.body['transactionReference']}").status_code == 404


def test_a_strangers_payment_is_in_the_balance_and_in_every_statement(
    operator: WalletOperator, merchant: Merchant, payer: Payer, correlation_id: str
) -> None:
    before_vnd = merchant.balance_vnd()
    operator.faults(seed="nham", foreign_payments=1)

    merchant.pay(payer.msisdn, correlation_id=correlation_id)

    found_vnd = merchant.balance_vnd() - before_vnd
    path = "/accounts/organisationid/muongthen/statemententries?limit=1&transactionStatus=completed"
    entry = merchant.call("GET", path).json()[0]
    file = operator.statement("viettel", f"{datetime.now(HOME).date()}", merchant="muongthen")
    assert found_vnd >= 1_000
    assert (entry["displayType"], entry["amount"]) == ("credit", str(found_vnd))
    assert entry["customData"] == [{"key": "type", "value": "transfer"}]
    assert entry["transactionReference"] in file
    assert merchant.call("GET", f"/transactions/{entry['transactionReference']}").status_code == 404


@pytest.mark.parametrize("skew_s", [86_400, -86_400])
def test_a_clock_that_is_wrong_dates_all_it_says(
    operator: WalletOperator,
    merchant: Merchant,
    payer: Payer,
    receiver: Receiver,
    correlation_id: str,
    skew_s: int,
) -> None:
    operator.faults(clock_skew_s=skew_s)
    wrong = datetime.now(UTC) + timedelta(seconds=skew_s)
    merchant.pay(payer.msisdn, correlation_id=correlation_id, callback_url=receiver.url)
    operator.accept(operator.wait_for_prompt(payer.msisdn)["id"])

    told = receiver.wait_for(correlation_id)
    paid = merchant.found_by(correlation_id)
    file = operator.statement("viettel", f"{wrong.astimezone(HOME).date()}", merchant="muongthen")
    since = f"?{urlencode({'fromDateTime': wrong.isoformat()})}"
    entries = merchant.call("GET", f"/accounts/msisdn/{payer.msisdn}/statemententries{since}").json()

    dates = [
        told.headers["x-date"],
        told.body["creationDate"],
        paid["modificationDate"],
        entries[0]["creationDate"],
        merchant.call("GET", "/heartbeat").headers["X-Date"],
    ]
    assert all(abs(datetime.fromisoformat(date) - wrong) < timedelta(seconds=20) for date in dates)
    assert paid["transactionReference"] in file


def test_a_batch_has_its_faults_too(
    operator: WalletOperator, merchant: Merchant, payer: Payer, receiver: Receiver, correlation_id: str
) -> None:
    operator.faults(error_after_commit=1, drop_callbacks=1)
    body = {
        "transactions": [
            {
                "type": "disbursement",
                "amount": "1",
                "currency": "VND",
                "debitParty": [{"key": "organisationid", "value": "muongthen"}],
                "creditParty": [{"key": "msisdn", "value": payer.msisdn}],
            }
        ]
    }
    how = {"correlation_id": correlation_id, "callback_url": receiver.url}

    answer = merchant.send("POST", "/batchtransactions", body, **how)

    link = merchant.get(f"/responses/{correlation_id}")["link"]
    assert answer.status_code == 500
    assert merchant.get(link)["batchStatus"] == "created"
    assert [row["last_answer"] for row in operator.callbacks(correlation_id)] == [
        "dropped by the plan of faults"
    ]


def test_the_same_seed_gives_the_same_run_of_all_faults_together(
    operator: WalletOperator, merchant: Merchant, payer: Payer, receiver: Receiver
) -> None:
    plan = dict.fromkeys(("error_before_commit", "error_after_commit", "debit_then_timeout"), 0.2)
    plan |= dict.fromkeys(("drop_callbacks", "duplicate_callbacks", "reorder"), 0.3)
    plan |= dict.fromkeys(("wrong_amount", "foreign_callbacks", "foreign_payments"), 0.4)

    runs = {}
    for run, seed in (("first", "muong-thanh"), ("again", "muong-thanh"), ("other", "him-lam")):
        operator.faults(seed=seed, answer_delay_s=0.05, **plan)
        runs[run] = [_story(operator, merchant, payer, receiver) for _ in range(15)]

    assert runs["first"] == runs["again"]
    assert runs["first"] != runs["other"]
    assert {story[0] for story in runs["first"]} >= {202, 500}


def test_a_plan_can_be_for_one_operator_and_keep_prompts_open_longer(
    operator: WalletOperator, merchant: Merchant, payer: Payer
) -> None:
    operator.faults(drop_callbacks=1, operator="vnpt")
    operator.faults(prompt_extra_s=3600)

    plans = operator.http.get("/sim/faults/").json()["plans"]
    merchant.pay(payer.msisdn, expires_at="2099-01-01T00:00:00Z")
    short = merchant.pay(payer.msisdn)

    assert [(plan["operator"], plan["seed"]) for plan in plans] == [(None, "1"), ("vnpt", "1")]
    assert len(operator.prompts(payer.msisdn)) == 1
    state, prompt = short.json(), operator.prompts(payer.msisdn)[0]
    assert state["expiryTime"] == prompt["expires_at"]


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ({"drop_callback": 1}, "There is no fault 'drop_callback'. Known are: error_before_commit"),
        ({"drop_callbacks": 1.5}, "drop_callbacks is 1.5. It must be a number from 0 to 1."),
        ({"drop_callbacks": "often"}, "drop_callbacks is 'often'. It must be a number from 0 to 1."),
        ({"operator": "vinaphone"}, "operator is 'vinaphone'. Use one of viettel, vnpt, mobifone"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(
    operator: WalletOperator, plan: dict[str, object], message: str
) -> None:
    answer = operator.http.post("/sim/faults/", json=plan)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert message in answer.json()["message"]
    assert operator.http.get("/sim/faults/").json()["plans"] == []


def test_a_callback_survives_the_power_being_cut_and_the_money_has_moved_once(
    operator: WalletOperator, merchant: Merchant, payer: Payer, receiver: Receiver, correlation_id: str
) -> None:
    operator.faults(delay_callbacks_s=2)
    merchant.pay(payer.msisdn, correlation_id=correlation_id, callback_url=receiver.url)
    prompt = operator.wait_for_prompt(payer.msisdn)["id"]

    operator.accept(prompt)
    operator.kill()
    told_before = receiver.of(correlation_id)
    operator.restart()
    again = operator.answer(prompt, accept=True)
    told = receiver.wait_for(correlation_id)

    assert told_before == []
    assert told.body["transactionStatus"] == "completed"
    assert (again.status_code, again.json()["code"]) == (409, "prompt_closed")
    assert operator.balance_vnd(payer.msisdn) == 380_000
    assert [row["tries"] for row in operator.callbacks(correlation_id)] == [1]


def test_a_prompt_that_was_open_when_the_power_was_cut_can_be_answered_afterwards(
    operator: WalletOperator, merchant: Merchant, payer: Payer, receiver: Receiver, correlation_id: str
) -> None:
    merchant.pay(payer.msisdn, correlation_id=correlation_id, callback_url=receiver.url)
    operator.kill()
    operator.restart()

    operator.accept(operator.wait_for_prompt(payer.msisdn)["id"])

    assert receiver.wait_for(correlation_id).body["transactionStatus"] == "completed"


def test_an_operator_that_is_asked_to_end_ends_and_starts_again(
    operator: WalletOperator, merchant: Merchant, payer: Payer
) -> None:
    operator.stop()
    operator.restart()

    assert merchant.pay(payer.msisdn).status_code == 202


def _story(
    operator: WalletOperator, merchant: Merchant, payer: Payer, receiver: Receiver
) -> tuple[object, ...]:
    """Have 1,000 VND moved, and tell all that came of it that does not depend on time."""
    correlation_id = str(uuid.uuid4())
    before_vnd = merchant.balance_vnd()
    body = {
        "amount": "1000",
        "currency": "VND",
        "debitParty": [{"key": "msisdn", "value": payer.msisdn}],
        "creditParty": [{"key": "organisationid", "value": "muongthen"}],
    }
    how = {"correlation_id": correlation_id, "callback_url": receiver.url}
    answer = merchant.send("POST", "/transactions/type/transfer", body, **how)
    owed = operator.callbacks(correlation_id)
    sent = [row for row in owed if not row["last_answer"].startswith("dropped")]
    told = receiver.wait_for(correlation_id, count=len(sent)).body if sent else {}
    named = told.get("requestingOrganisationTransactionReference", "")
    found = merchant.call("GET", f"/responses/{correlation_id}").status_code
    moved_vnd = merchant.balance_vnd() - before_vnd
    return answer.status_code, found, len(owed), len(sent), told.get("amount"), named, moved_vnd


def _fate(operator: WalletOperator, merchant: Merchant, payer: Payer, receiver: Receiver) -> str:
    """Make a payment that is refused, and tell what the plan did to its callback."""
    correlation_id = str(uuid.uuid4())
    merchant.pay(payer.msisdn, correlation_id=correlation_id, callback_url=receiver.url)
    operator.decline(operator.wait_for_prompt(payer.msisdn)["id"])
    owed = operator.callbacks(correlation_id)
    if all(row["last_answer"].startswith("dropped") for row in owed):
        return "dropped"
    return "once" if len(owed) == 1 else "twice"
