"""Accounts, batches, mandates, links, codes, quotations and bills."""

import uuid
from typing import Any

from tests.payments.simulator.conftest import Payer
from tests.payments.simulator.merchant import Merchant
from tests.payments.simulator.receiver import Receiver
from tests.payments.simulator.specification import Specification
from tests.wallet_operator import WalletOperator, wait_until

MUONGTHEN = {"organisationid": "muongthen"}


def test_an_account_is_opened_known_and_changed(merchant: Merchant, payer: Payer) -> None:
    msisdn, wallet_id = payer.msisdn.replace("+84398", "+84396"), str(uuid.uuid4())
    body = {
        "accountIdentifiers": [{"key": "msisdn", "value": msisdn}, {"key": "walletid", "value": wallet_id}],
        "identity": [
            {
                "identityKyc": {
                    "subjectName": {"firstName": "Dinh", "lastName": "Giàng"},
                    "nationality": "VN",
                },
                "accountRelationship": "accountholder",
                "kycLevel": 1,
            }
        ],
        "accountType": "customer",
    }

    opened = merchant.send("POST", "/accounts/individual", body)
    again = merchant.send("POST", "/accounts/individual", body)
    path = f"/accounts/walletid/{wallet_id}"
    identity = opened.json()["identity"][0]["identityId"]
    merchant.patch(f"{path}/identities/{identity}", "/kycVerificationStatus", "verified")
    merchant.patch(path, "/accountStatus", "unavailable")
    seen = merchant.get(f"/accounts/msisdn@{msisdn}$walletid@{wallet_id}")

    assert opened.status_code == 201
    assert (again.status_code, again.json()["errorCode"]) == (400, "incorrectState")
    assert (seen["accountStatus"], seen["accountType"]) == ("unavailable", "customer")
    assert seen["identity"][0]["kycVerificationStatus"] == "verified"
    assert merchant.get(f"{path}/accountname")["name"]["fullName"] == "Giàng Dinh"
    refused = merchant.move("transfer", {"msisdn": payer.msisdn}, {"msisdn": msisdn}, "1")
    assert refused.json()["errorCode"] == "incorrectState"


def test_an_account_lists_what_moved_page_by_page(merchant: Merchant, payer: Payer) -> None:
    for amount in ("1000", "2000", "3000"):
        merchant.move("withdrawal", {"msisdn": payer.msisdn}, MUONGTHEN, amount)
    path = f"/accounts/msisdn/{payer.msisdn}"

    page = merchant.call("GET", f"{path}/transactions?limit=2&offset=1")
    entries = merchant.call("GET", f"/accounts/msisdn@{payer.msisdn}/statemententries?displayType=debit")
    beyond = merchant.call("GET", f"{path}/transactions?offset=4")

    assert [item["amount"] for item in page.json()] == ["2000", "1000"]
    assert page.headers["X-Records-Available-Count"] == "3"
    assert page.headers["X-Records-Returned-Count"] == "2"
    assert [item["displayType"] for item in entries.json()] == ["debit"] * 3
    entry = merchant.get(f"/statemententries/{page.json()[0]['transactionReference']}")
    assert entry["displayType"] == "credit"
    assert beyond.json()["errorCode"] == "invalidOffset"


def test_a_batch_is_made_approved_and_carried_out(
    operator: WalletOperator, merchant: Merchant, payer: Payer
) -> None:
    merchant.move("withdrawal", {"msisdn": payer.msisdn}, MUONGTHEN, "50000")
    items = [_item(payer.msisdn, "20000"), _item("+84399999999", "1"), _item(payer.msisdn, "1.5")]

    asked = merchant.send("POST", "/batchtransactions", {"transactions": items, "batchTitle": "Tuần 47"})
    path = f"/batchtransactions/{asked.json()['objectReference']}"
    made = merchant.get(path)
    too_early = merchant.patch(path, "/batchStatus", "completed")
    approved = merchant.patch(path, "/batchStatus", "approved")
    wait_until(lambda: merchant.get(path)["batchStatus"] == "completed", "the batch is carried out")

    done = merchant.call("GET", f"{path}/completions").json()
    rejected = merchant.call("GET", f"{path}/rejections").json()
    assert (asked.status_code, made["batchStatus"], made["batchTitle"]) == (202, "created", "Tuần 47")
    assert (too_early.json()["errorCode"], approved.status_code) == ("incorrectState", 204)
    assert merchant.get(done[0]["link"])["amount"] == "20000"
    assert [item["rejectionReason"].partition(":")[0] for item in rejected] == [
        "identifierError",
        "formatError",
    ]
    assert operator.balance_vnd(payer.msisdn) == 470_000


def test_a_mandate_lets_its_payee_take_up_to_its_limit(
    operator: WalletOperator, merchant: Merchant, payer: Payer
) -> None:
    body = {"startDate": "2020-01-01", "amountLimit": "10000", "currency": "VND", "numberOfPayments": 3}
    path = f"/accounts/msisdn/{payer.msisdn}/debitmandates"
    mandate = merchant.send("POST", path, body).json()["mandateReference"]

    taken = merchant.move("merchantpay", {"mandatereference": mandate}, MUONGTHEN, "10000")
    too_much = merchant.move("merchantpay", {"mandatereference": mandate}, MUONGTHEN, "10001")
    merchant.patch(f"{path}/{mandate}", "/mandateStatus", "inactive")
    ended = merchant.move("merchantpay", {"mandatereference": mandate}, MUONGTHEN, "1")

    assert taken.status_code == 201
    assert {too_much.json()["errorCode"], ended.json()["errorCode"]} == {"noMandateAuthority"}
    assert merchant.get(f"{path}/{mandate}")["mandateStatus"] == "inactive"
    assert operator.balance_vnd(payer.msisdn) == 490_000


def test_a_link_names_an_account_elsewhere_until_it_ends(
    merchant: Merchant, payer: Payer, receiver: Receiver, correlation_id: str, spec: Specification | None
) -> None:
    source = [{"key": "bankaccountno", "value": "0101"}]
    body = {"sourceAccountIdentifiers": source, "mode": "both", "status": "active"}
    path = f"/accounts/msisdn@{payer.msisdn}/links"

    asked = merchant.send("POST", path, body, correlation_id=correlation_id, callback_url=receiver.url)
    made = receiver.wait_for(correlation_id)
    link = merchant.get(f"/responses/{correlation_id}")["link"]
    change = str(uuid.uuid4())
    patched = merchant.patch(link, "/status", "inactive", correlation_id=change, callback_url=receiver.url)
    told = receiver.wait_for(change)

    assert (asked.status_code, patched.status_code) == (202, 202)
    assert merchant.get(f"/requeststates/{asked.json()['serverCorrelationId']}")["status"] == "completed"
    assert told.body == {"result": "success"}
    assert merchant.get(link)["status"] == "inactive"
    if spec is not None:
        spec.check_object("responseLink", made.body)


def test_a_code_holds_money_and_is_good_once(
    operator: WalletOperator, merchant: Merchant, payer: Payer
) -> None:
    path = f"/accounts/msisdn/{payer.msisdn}/authorisationcodes"
    body = {"amount": "50000", "currency": "VND", "amountType": "maximum", "holdFundsIndicator": True}
    code = merchant.send("POST", path, body).json()["authorisationCode"]
    left_vnd = operator.balance_vnd(payer.msisdn)

    paid = merchant.move("merchantpay", {"msisdn": payer.msisdn}, MUONGTHEN, "30000", oneTimeCode=code)
    again = merchant.move("merchantpay", {"msisdn": payer.msisdn}, MUONGTHEN, "1", oneTimeCode=code)

    assert (left_vnd, paid.status_code) == (450_000, 201)
    assert (again.status_code, again.json()["errorCode"]) == (401, "requestDeclined")
    assert operator.balance_vnd(payer.msisdn) == 470_000
    assert merchant.get(f"{path}/{code}")["codeState"] == "expired"


def test_a_code_is_cancelled_or_expires_and_frees_its_money(
    operator: WalletOperator, merchant: Merchant, payer: Payer
) -> None:
    path = f"/accounts/msisdn/{payer.msisdn}/authorisationcodes"
    body: dict[str, Any] = {"amount": "50000", "currency": "VND", "holdFundsIndicator": True}
    cancelled = merchant.send("POST", path, body).json()["authorisationCode"]
    short = merchant.send("POST", path, body | {"codeLifetime": 1}).json()["authorisationCode"]

    patched = merchant.patch(f"{path}/{cancelled}", "/codeState", "cancelled")
    wait_until(lambda: merchant.get(f"{path}/{short}")["codeState"] == "expired", "the code expires")

    assert patched.status_code == 204
    assert operator.balance_vnd(payer.msisdn) == 500_000
    found = merchant.call("GET", f"{path}?codeState=cancelled").json()
    assert [item["authorisationCode"] for item in found] == [cancelled]


def test_a_quotation_says_what_arrives(merchant: Merchant, payer: Payer) -> None:
    body = _item(payer.msisdn, "20000") | {"requestAmount": "20000", "requestCurrency": "VND"}

    asked = merchant.send("POST", "/quotations", body)
    seen = merchant.get(f"/quotations/{asked.json()['quotationReference']}")

    assert asked.status_code == 201
    assert seen["quotes"][0]["receivingAmount"] == "20000"


def test_a_bill_is_paid_in_parts_and_never_above_what_is_due(
    operator: WalletOperator, merchant: Merchant, payer: Payer
) -> None:
    bill = {"operator": "viettel", "company": "evn-dienbien", "msisdn": payer.msisdn, "amount_vnd": 90_000}
    reference = operator.http.post("/sim/bills/", json=bill | {"least_vnd": 10_000}).json()["reference"]
    account = f"/accounts/msisdn/{payer.msisdn}"
    path = f"{account}/bills/{reference}/payments"

    answers = [
        merchant.send("POST", path, {"amountPaid": amount, "currency": "VND", "paymentType": kind})
        for amount, kind in (
            ("9999", "partialpayment"),
            ("40000", "partialpayment"),
            ("50001", "partialpayment"),
            ("40000", "fullpayment"),
            ("50000", "fullpayment"),
            ("1", "partialpayment"),
        )
    ]

    assert [answer.json().get("errorCode", answer.status_code) for answer in answers] == [
        "underPaymentNotAllowed", 201, "overPaymentNotAllowed", "underPaymentNotAllowed", 201,
        "incorrectState",
    ]  # fmt: skip
    assert merchant.call("GET", f"{account}/bills").json()[0]["billStatus"] == "paid"
    assert len(merchant.call("GET", path).json()) == 2
    assert merchant.call("GET", f"{account}/billcompanies").json()[0]["serviceProvider"] == "evn-dienbien"
    assert operator.balance_vnd(payer.msisdn) == 410_000


def test_a_company_is_paid_without_a_bill(operator: WalletOperator, merchant: Merchant, payer: Payer) -> None:
    path = f"/accounts/msisdn@{payer.msisdn}$serviceprovider@nuoc-dienbien/bills/payments"

    paid = merchant.send("POST", path, {"amountPaid": "7000", "currency": "VND", "customerReference": "K-7"})

    assert (paid.status_code, paid.json()["billPaymentStatus"]) == (201, "completed")
    assert merchant.call("GET", path).json()[0]["customerReference"] == "K-7"
    assert merchant.get("/billcompanies/nuoc-dienbien")["companyName"] == "Cấp nước Điện Biên"
    assert operator.balance_vnd(payer.msisdn) == 493_000


def _item(msisdn: str, amount: str) -> dict[str, Any]:
    return {
        "type": "disbursement",
        "amount": amount,
        "currency": "VND",
        "debitParty": [{"key": "organisationid", "value": "muongthen"}],
        "creditParty": [{"key": "msisdn", "value": msisdn}],
    }
