"""A merchant's day, page by page and as a file: complete, and the same in both."""

import csv
import io
import uuid
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from tests.payments.simulator.conftest import Payer
from tests.payments.simulator.merchant import Merchant
from tests.payments.simulator.receiver import Receiver
from tests.payments.simulator.specification import Specification
from tests.wallet_operator import WalletOperator, wait_until

HOME = ZoneInfo("Asia/Ho_Chi_Minh")
MUONGTHEN = {"organisationid": "muongthen"}
STATEMENT = "/accounts/organisationid/muongthen/statemententries"


def test_a_merchants_day_is_paged_whole_and_agrees_with_its_file(
    operator: WalletOperator, merchant: Merchant, payer: Payer
) -> None:
    paid_id, refund_id, payout_id = (str(uuid.uuid4()) for _ in range(3))
    paid = merchant.pay(payer.msisdn, correlation_id=paid_id).json()["objectReference"]
    operator.accept(operator.wait_for_prompt(payer.msisdn)["id"])
    refund = merchant.refund(paid, "20000", correlation_id=refund_id).json()["objectReference"]
    wait_until(lambda: merchant.found_by(refund_id)["transactionStatus"] == "completed", "it is refunded")
    payout = _disburse(merchant, payer.msisdn, "5000", correlation_id=payout_id)
    merchant.pay(payer.msisdn, "7")  # still open
    merchant.move("transfer", {"msisdn": payer.msisdn}, {"organisationid": "evn-dienbien"}, "1")  # another's

    entries = list(_day(merchant))

    file = operator.statement("viettel", f"{datetime.now(HOME).date()}", merchant="muongthen")
    rows = {row["reference"]: row for row in csv.DictReader(io.StringIO(file))}
    assert {entry["transactionReference"] for entry in entries} == rows.keys()
    assert len(entries) == len(rows)
    for entry in entries:
        row = rows[entry["transactionReference"]]
        side = "payee" if entry["displayType"] == "credit" else "payer"
        assert (entry["amount"], row[side]) == (row["amount_vnd"], "merchant:muongthen")
    mine = {entry["transactionReference"]: entry for entry in entries}
    assert [mine[reference]["displayType"] for reference in (paid, refund, payout)] == [
        "credit", "debit", "debit",
    ]  # fmt: skip
    assert _told(mine[paid]) == {
        "type": "merchantpay",
        "requestingOrganisationTransactionReference": "ORDER-7",
        "correlationId": paid_id,
    }
    assert _told(mine[refund])["originalTransactionReference"] == paid
    assert _told(mine[payout])["requestingOrganisationTransactionReference"] == "PAYOUT-7"
    assert _told(mine[payout])["correlationId"] == payout_id


def test_an_entry_is_dated_by_when_it_was_booked(
    operator: WalletOperator, merchant: Merchant, payer: Payer
) -> None:
    paid = merchant.pay(payer.msisdn).json()["objectReference"]
    asked_at = merchant.transaction(paid)["creationDate"]
    operator.accept(operator.wait_for_prompt(payer.msisdn)["id"])

    entry = merchant.get(f"/statemententries/{paid}")
    until_asked = merchant.call("GET", f"{STATEMENT}?{urlencode({'toDateTime': asked_at})}").json()

    assert entry["creationDate"] == merchant.transaction(paid)["modificationDate"] > asked_at
    assert paid not in [item["transactionReference"] for item in until_asked]


def test_a_batch_tells_its_maker_when_it_is_completed_and_names_each_item(
    operator: WalletOperator,
    merchant: Merchant,
    payer: Payer,
    receiver: Receiver,
    correlation_id: str,
    spec: Specification | None,
) -> None:
    merchant.move("withdrawal", {"msisdn": payer.msisdn}, MUONGTHEN, "50000")
    items = [
        _disbursement(payer.msisdn, "20000", reference="PAYOUT-1"),
        _disbursement("+84399999999", "1", reference="PAYOUT-2"),
    ]

    asked = merchant.send(
        "POST",
        "/batchtransactions",
        {"transactions": items},
        correlation_id=correlation_id,
        callback_url=receiver.url,
    )
    path = f"/batchtransactions/{asked.json()['objectReference']}"
    merchant.patch(path, "/batchStatus", "approved")
    receiver.wait_for(correlation_id, count=2)

    told = {item.body["batchStatus"]: item.body for item in receiver.of(correlation_id)}
    assert told.keys() == {"created", "completed"}
    completed = told["completed"]
    assert (completed["completedCount"], completed["rejectionCount"]) == (1, 1)
    done = merchant.call("GET", f"{path}/completions").json()
    rejected = merchant.call("GET", f"{path}/rejections").json()
    name = "requestingOrganisationTransactionReference"
    assert ([item[name] for item in done], [item[name] for item in rejected]) == (["PAYOUT-1"], ["PAYOUT-2"])
    if spec is not None:
        spec.check_object("responseBatchTransaction", completed)


def _day(merchant: Merchant) -> Iterator[dict[str, Any]]:
    """Page today's completed entries, three at a time."""
    first = datetime.combine(datetime.now(HOME).date(), time.min, HOME)
    last = first + timedelta(days=1) - timedelta(microseconds=1)
    asked = {"fromDateTime": first.isoformat(), "toDateTime": last.isoformat()}
    asked |= {"transactionStatus": "completed", "limit": "3"}
    offset, available = 0, 1
    while offset < available:
        page = merchant.call("GET", f"{STATEMENT}?{urlencode(asked | {'offset': str(offset)})}")
        available = int(page.headers["X-Records-Available-Count"])
        assert int(page.headers["X-Records-Returned-Count"]) == len(page.json()) == min(3, available - offset)
        yield from page.json()
        offset += 3


def _told(entry: dict[str, Any]) -> dict[str, str]:
    return {pair["key"]: pair["value"] for pair in entry["customData"]}


def _disburse(merchant: Merchant, msisdn: str, amount: str, *, correlation_id: str) -> str:
    body = _disbursement(msisdn, amount, reference="PAYOUT-7")
    path = "/transactions/type/disbursement"
    reference: str = merchant.send("POST", path, body, correlation_id=correlation_id).json()[
        "transactionReference"
    ]
    return reference


def _disbursement(msisdn: str, amount: str, *, reference: str) -> dict[str, Any]:
    return {
        "type": "disbursement",
        "amount": amount,
        "currency": "VND",
        "debitParty": [{"key": "organisationid", "value": "muongthen"}],
        "creditParty": [{"key": "msisdn", "value": msisdn}],
        "requestingOrganisationTransactionReference": reference,
    }
