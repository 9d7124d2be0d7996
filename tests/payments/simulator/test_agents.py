"""Agents turn cash into money and back, out of a float that never goes below zero."""

import itertools
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.payments.simulator.conftest import Payer
from tests.payments.simulator.merchant import Merchant
from tests.wallet_operator import PIN, WalletOperator

_numbers = itertools.count(1)
Do = Callable[..., httpx.Response]


class Agent:
    """A point of business of Viettel Money with a float of its own."""

    def __init__(self, operator: WalletOperator, *, float_vnd: int) -> None:
        self.identifier = f"diem-{next(_numbers)}"
        self.path = f"/sim/agents/viettel/{self.identifier}/"
        self._http = operator.http
        body = {"operator": "viettel", "identifier": self.identifier, "name": "Tạp hóa Chung Hạnh"}
        assert self._http.post("/sim/agents/", json=body | {"float_vnd": float_vnd}).status_code == 201

    @property
    def float_vnd(self) -> int:
        found: int = self._http.get(self.path).json()["float_vnd"]
        return found

    @property
    def party(self) -> dict[str, str]:
        return {"organisationid": self.identifier}

    def do(self, deed: str, **body: Any) -> httpx.Response:
        return self._http.post(f"{self.path}{deed}/", json=body)


@pytest.fixture
def agent(operator: WalletOperator) -> Agent:
    return Agent(operator, float_vnd=100_000)


def test_cash_in_and_cash_out_move_money_between_float_and_wallet(
    operator: WalletOperator, payer: Payer, agent: Agent
) -> None:
    put_in = agent.do("cash-in", msisdn=payer.msisdn, amount_vnd=30_000)
    after = (agent.float_vnd, operator.balance_vnd(payer.msisdn))
    taken = agent.do("cash-out", msisdn=payer.msisdn, amount_vnd=50_000, pin=PIN)

    assert (put_in.status_code, taken.status_code) == (200, 200)
    assert after == (70_000, 530_000)
    assert (agent.float_vnd, operator.balance_vnd(payer.msisdn)) == (120_000, 480_000)


def test_a_float_ends_at_zero_and_can_be_bought_again(
    operator: WalletOperator, payer: Payer, agent: Agent
) -> None:
    refused = agent.do("cash-in", msisdn=payer.msisdn, amount_vnd=100_001)
    all_of_it = agent.do("cash-in", msisdn=payer.msisdn, amount_vnd=100_000)
    empty = agent.do("cash-in", msisdn=payer.msisdn, amount_vnd=1)
    sale = {"amount_vnd": 7_000, "id": str(uuid.uuid4())}
    bought = [agent.do("float", **sale).json()["float_vnd"] for _ in range(2)]

    assert [answer.status_code for answer in (refused, all_of_it, empty)] == [409, 200, 409]
    assert {refused.json()["code"], empty.json()["code"]} == {"insufficientFunds"}
    assert bought == [7_000, 7_000]
    assert operator.balance_vnd(payer.msisdn) == 600_000


def test_eight_customers_at_once_get_no_more_than_the_float(operator: WalletOperator, agent: Agent) -> None:
    msisdns = [f"+8439400000{number}" for number in range(8)]
    for msisdn in msisdns:
        operator.open_wallet(msisdn)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda who: agent.do("cash-in", msisdn=who, amount_vnd=30_000), msisdns))

    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [409] * 5
    assert agent.float_vnd == 10_000


def test_a_deed_sent_twice_is_done_once(operator: WalletOperator, payer: Payer, agent: Agent) -> None:
    deed = {"msisdn": payer.msisdn, "amount_vnd": 10_000, "id": str(uuid.uuid4())}

    first, again = (agent.do("cash-in", **deed) for _ in range(2))

    assert (first.status_code, again.status_code) == (200, 409)
    assert again.json()["code"] == "duplicateRequest"
    assert operator.balance_vnd(payer.msisdn) == 510_000


def test_a_wrong_pin_pays_no_cash_and_the_third_locks_the_wallet(
    operator: WalletOperator, payer: Payer, agent: Agent
) -> None:
    answers = [agent.do("cash-out", msisdn=payer.msisdn, amount_vnd=1, pin="000000") for _ in range(3)]
    right = agent.do("cash-out", msisdn=payer.msisdn, amount_vnd=1, pin=PIN)

    assert {answer.json()["code"] for answer in [*answers, right]} == {"requestingPartyAuthorisationError"}
    assert "locked" in right.json()["message"]
    assert (agent.float_vnd, operator.balance_vnd(payer.msisdn)) == (100_000, 500_000)


def test_gsmas_deposit_and_withdrawal_take_an_agent_as_party(
    operator: WalletOperator, merchant: Merchant, payer: Payer, agent: Agent
) -> None:
    put_in = merchant.move("deposit", agent.party, {"msisdn": payer.msisdn}, "20000")
    taken = merchant.move("withdrawal", {"msisdn": payer.msisdn}, agent.party, "5000")
    too_much = merchant.move("deposit", agent.party, {"msisdn": payer.msisdn}, "85001")
    robbed = merchant.move("transfer", agent.party, {"msisdn": payer.msisdn}, "1")

    assert (put_in.status_code, taken.status_code) == (201, 201)
    assert too_much.json()["errorCode"] == "insufficientFunds"
    assert robbed.json()["errorCode"] == "requestingPartyAuthorisationError"
    assert merchant.balance_vnd("organisationid", agent.identifier) == agent.float_vnd == 85_000
    assert operator.balance_vnd(payer.msisdn) == 515_000


def test_cash_is_put_in_only_by_the_holder(
    operator: WalletOperator, merchant: Merchant, agent: Agent
) -> None:
    msisdn, other = "+84394000010", "+84394000011"
    operator.http.post("/sim/wallets/", json=_wallet(msisdn, id_number="011084000017")).raise_for_status()
    operator.open_wallet(other, balance_vnd=50_000)

    own = agent.do("cash-in", msisdn=msisdn, amount_vnd=1_000, id_number="011084000017")
    strangers = agent.do("cash-in", msisdn=msisdn, amount_vnd=1_000, id_number="011084000018")
    from_a_wallet = merchant.move("deposit", {"msisdn": other}, {"msisdn": msisdn}, "1000")
    brought = {"contactPhone": other}
    by_another = merchant.move("deposit", agent.party, {"msisdn": msisdn}, "1000", senderKyc=brought)

    assert own.status_code == 200
    assert strangers.json()["code"] == "requestingPartyAuthorisationError"
    assert from_a_wallet.json()["errorCode"] == "requestingPartyAuthorisationError"
    assert by_another.json()["errorCode"] == "requestingPartyAuthorisationError"
    assert (operator.balance_vnd(msisdn), operator.balance_vnd(other)) == (1_000, 50_000)


def test_a_closed_agent_serves_nobody(operator: WalletOperator, payer: Payer, agent: Agent) -> None:
    body = {"operator": "viettel", "identifier": agent.identifier, "name": "Đã đóng", "is_active": False}

    closed = operator.http.post("/sim/agents/", json=body)
    refused = agent.do("cash-in", msisdn=payer.msisdn, amount_vnd=1)

    assert (closed.status_code, closed.json()["is_active"]) == (200, False)
    assert refused.json()["code"] == "incorrectState"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"operator": "vinaphone", "identifier": "a", "name": "A"}, "operator is 'vinaphone'."),
        ({"operator": "viettel", "identifier": "muongthen", "name": "A"}, "of another organisation"),
        ({"operator": "viettel", "identifier": "", "name": "A"}, "is empty"),
        ({"operator": "viettel", "identifier": "a", "name": "A", "float_vnd": -1}, "float_vnd must be"),
    ],
)
def test_an_agent_that_makes_no_sense_is_not_opened(
    operator: WalletOperator, body: dict[str, Any], message: str
) -> None:
    answer = operator.http.post("/sim/agents/", json=body)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert message in answer.json()["message"]


def test_what_no_agent_does_is_refused_by_name(operator: WalletOperator, payer: Payer, agent: Agent) -> None:
    unknown = operator.http.get("/sim/agents/viettel/nobody/")
    deed = agent.do("credit", msisdn=payer.msisdn, amount_vnd=1)

    assert (unknown.status_code, unknown.json()["code"]) == (404, "agent_not_found")
    assert (deed.status_code, deed.json()["code"]) == (400, "invalid")


def test_each_operator_has_agents_in_the_demonstration(operator: WalletOperator) -> None:
    listed = operator.http.get("/sim/agents/?operator=vnpt").json()["agents"]

    assert [agent["identifier"] for agent in listed] == ["vn-dienbienphu", "vn-muonglay"]
    assert listed[0]["float_vnd"] == 50_000_000


def _wallet(msisdn: str, *, id_number: str) -> dict[str, Any]:
    return {"operator": "viettel", "msisdn": msisdn, "name": "Lò Thị Pản", "pin": PIN, "id_number": id_number}
