"""What goes wrong on purpose and by accident: callbacks lost, late and doubled, answers lost, power cut."""

import uuid

import pytest

from tests.payments.simulator.conftest import Payer
from tests.payments.simulator.merchant import Merchant
from tests.payments.simulator.receiver import Receiver
from tests.wallet_operator import WalletOperator


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


def _fate(operator: WalletOperator, merchant: Merchant, payer: Payer, receiver: Receiver) -> str:
    """Make a payment that is refused, and tell what the plan did to its callback."""
    correlation_id = str(uuid.uuid4())
    merchant.pay(payer.msisdn, correlation_id=correlation_id, callback_url=receiver.url)
    operator.decline(operator.wait_for_prompt(payer.msisdn)["id"])
    owed = operator.callbacks(correlation_id)
    if all(row["last_answer"].startswith("dropped") for row in owed):
        return "dropped"
    return "once" if len(owed) == 1 else "twice"
