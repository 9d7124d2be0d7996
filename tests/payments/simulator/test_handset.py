"""The phone as a page: without JavaScript, in Vietnamese, with the PIN."""

import re

import httpx
import pytest

from tests.payments.simulator.conftest import Payer
from tests.payments.simulator.merchant import Merchant
from tests.wallet_operator import PIN, WalletOperator

REFRESH = 'http-equiv="refresh"'


def test_a_waiting_phone_shows_its_wallets_and_looks_again_by_itself(
    operator: WalletOperator, payer: Payer
) -> None:
    operator.open_wallet(payer.msisdn, operator="vnpt", balance_vnd=1_234_567)

    page = operator.http.get(f"/phone/0{payer.msisdn[3:]}/")

    assert page.status_code == 200
    assert REFRESH in page.text
    assert "MÔ PHỎNG" in page.text
    assert "Viettel Money" in page.text
    assert "500.000\xa0₫" in page.text
    assert "VNPT Money" in page.text
    assert "1.234.567\xa0₫" in page.text
    assert "no-store" in page.headers["Cache-Control"]


def test_a_prompt_shows_what_is_asked_and_does_not_reload_under_the_pin(
    operator: WalletOperator, merchant: Merchant, payer: Payer
) -> None:
    merchant.pay(payer.msisdn)

    page = operator.http.get(f"/phone/{payer.msisdn}/").text

    assert REFRESH not in page
    assert "handset.js" not in page
    for shown in ("120.000\xa0₫", "Chợ Mường Then", "ORDER-7", "Gạo nếp nương, 2 đêm nhà sàn", "9 phút"):
        assert shown in page


def test_paying_by_the_form_moves_the_money_and_leaves_a_receipt_history_and_sms(
    operator: WalletOperator, merchant: Merchant, payer: Payer, correlation_id: str
) -> None:
    merchant.pay(payer.msisdn, correlation_id=correlation_id)

    receipt = _answer(operator, payer, answer="accept", pin=PIN)
    history = operator.http.get(f"/phone/{payer.msisdn}/", params={"tab": "history"}).text
    messages = operator.http.get(f"/phone/{payer.msisdn}/", params={"tab": "messages"}).text

    paid = merchant.found_by(correlation_id)
    assert paid["transactionStatus"] == "completed"
    assert "Thanh toán thành công" in receipt.text
    assert paid["transactionReference"] in receipt.text
    assert "−120.000\xa0₫" in history
    assert "Viettel Money: Đã thanh toán 120.000\xa0₫ cho Chợ Mường Then. Số dư: 380.000\xa0₫." in messages
    assert "nạp 500.000\xa0₫ tiền mặt" in messages


def test_refusing_needs_no_pin(
    operator: WalletOperator, merchant: Merchant, payer: Payer, correlation_id: str
) -> None:
    merchant.pay(payer.msisdn, correlation_id=correlation_id)

    receipt = _answer(operator, payer, answer="decline", pin="")

    assert "Bạn đã từ chối" in receipt.text
    assert merchant.found_by(correlation_id)["transactionStatus"] == "failed"


def test_a_wrong_pin_is_told_beside_the_field_and_the_third_locks_the_wallet(
    operator: WalletOperator, merchant: Merchant, payer: Payer
) -> None:
    merchant.pay(payer.msisdn)

    pages = [_answer(operator, payer, answer="accept", pin="000000") for _ in range(3)]

    assert [page.status_code for page in pages] == [422, 422, 200]
    assert "Mã PIN không đúng. Còn 2 lần thử" in pages[0].text
    assert "Mã PIN không đúng. Còn 1 lần thử" in pages[1].text
    assert "Bạn đã nhập sai mã PIN 3 lần" in pages[2].text
    assert "Tạm khóa đến" in pages[2].text


def test_a_locked_wallet_can_still_refuse(operator: WalletOperator, merchant: Merchant, payer: Payer) -> None:
    merchant.pay(payer.msisdn)
    for _ in range(3):
        _answer(operator, payer, answer="accept", pin="000000")
    merchant.pay(payer.msisdn)

    page = operator.http.get(f"/phone/{payer.msisdn}/").text
    receipt = _answer(operator, payer, answer="decline", pin="")

    assert "Bạn vẫn có thể từ chối" in page
    assert 'name="pin"' not in page
    assert "Bạn đã từ chối" in receipt.text


def test_a_wallet_that_holds_too_little_says_so(
    operator: WalletOperator, merchant: Merchant, payer: Payer
) -> None:
    merchant.pay(payer.msisdn, "500001")

    receipt = _answer(operator, payer, answer="accept", pin=PIN)

    assert "Số dư không đủ" in receipt.text
    assert operator.balance_vnd(payer.msisdn) == 500_000


def test_a_form_without_its_token_is_refused(
    operator: WalletOperator, merchant: Merchant, payer: Payer
) -> None:
    merchant.pay(payer.msisdn)
    prompt = operator.wait_for_prompt(payer.msisdn)["id"]

    answer = httpx.post(
        f"{operator.base_url}/phone/{payer.msisdn}/prompts/{prompt}/", data={"pin": PIN, "answer": "accept"}
    )

    assert answer.status_code == 403
    assert operator.balance_vnd(payer.msisdn) == 500_000


def test_a_prompt_is_answered_on_its_own_phone_only(
    operator: WalletOperator, merchant: Merchant, payer: Payer
) -> None:
    merchant.pay(payer.msisdn)
    prompt = operator.wait_for_prompt(payer.msisdn)["id"]
    token = _token(operator.http.get(f"/phone/{payer.msisdn}/").text)

    answer = operator.http.post(
        f"/phone/0399000002/prompts/{prompt}/",
        data={"csrfmiddlewaretoken": token, "pin": PIN, "answer": "accept"},
    )

    assert answer.status_code == 404
    assert operator.balance_vnd(payer.msisdn) == 500_000


@pytest.mark.parametrize(
    "path", ["/phone/0399999999/", "/phone/mai/", "/phone/0399000001/?tab=x", "/phone/0399000001/?done=7"]
)
def test_a_phone_or_page_that_is_not_there_is_not_found(operator: WalletOperator, path: str) -> None:
    assert operator.http.get(path).status_code == 404


def test_all_phones_are_listed(operator: WalletOperator) -> None:
    page = operator.http.get("/")

    assert page.status_code == 200
    assert "0399 000 001" in page.text
    assert operator.http.get("/static/simulator/handset.css").status_code == 200


def _answer(operator: WalletOperator, payer: Payer, *, answer: str, pin: str) -> httpx.Response:
    """Fill in the form of the phone's only prompt as a browser without JavaScript would."""
    page = operator.http.get(f"/phone/{payer.msisdn}/").text
    action = re.search(r'<form method="post" action="([^"]+)"', page)
    assert action is not None
    data = {"csrfmiddlewaretoken": _token(page), "pin": pin, "answer": answer}
    return operator.http.post(action[1], data=data, follow_redirects=True)


def _token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_cash_is_handed_over_at_an_agent_and_put_in_once(operator: WalletOperator, payer: Payer) -> None:
    page = operator.http.get(f"/phone/{payer.msisdn}/", params={"tab": "cash"}).text
    form = _counter(page) | {"amount": "200000"}
    path = f"/phone/{payer.msisdn}/cash-in/"

    receipt = operator.http.post(path, data=form, follow_redirects=True)
    again = operator.http.post(path, data=form)
    history = operator.http.get(f"/phone/{payer.msisdn}/", params={"tab": "history"}).text

    assert "Cửa hàng Viettel Mường Thanh" in page
    assert "VNPT" not in page
    assert (receipt.status_code, "Đã nạp tiền vào ví" in receipt.text) == (200, True)
    assert "200.000\xa0₫" in receipt.text
    assert (again.status_code, "đã được ghi nhận" in again.text) == (422, True)
    assert "+200.000\xa0₫" in history
    assert operator.balance_vnd(payer.msisdn) == 700_000


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"other": "9000"}, "từ 10.000"),
        ({"other": "10500"}, "tròn nghìn"),
        ({"other": "hai trăm"}, "từ 10.000"),
        ({"agent": "0"}, "chọn một điểm"),
        ({"agent": ""}, "chọn một điểm"),
        ({"id": "7"}, "không nhận được"),
    ],
)
def test_cash_that_cannot_be_taken_is_given_back_with_a_reason(
    operator: WalletOperator, payer: Payer, changes: dict[str, str], told: str
) -> None:
    page = operator.http.get(f"/phone/{payer.msisdn}/", params={"tab": "cash"}).text
    form = _counter(page) | {"amount": "50000"} | changes

    refused = operator.http.post(f"/phone/{payer.msisdn}/cash-in/", data=form)

    assert (refused.status_code, told in refused.text) == (422, True)
    assert operator.balance_vnd(payer.msisdn) == 500_000


def test_an_agent_without_float_says_so(operator: WalletOperator, payer: Payer) -> None:
    body = {"operator": "viettel", "identifier": "khong-con-tien", "name": "Điểm hết tiền"}
    operator.http.post("/sim/agents/", json=body).raise_for_status()
    page = operator.http.get(f"/phone/{payer.msisdn}/", params={"tab": "cash"}).text
    values = re.findall(r'name="agent" value="(\d+)"', page)
    names = re.findall(r"<strong>([^<]+)</strong> <small>", page)
    form = _counter(page) | {"amount": "50000", "agent": values[names.index("Điểm hết tiền")]}

    refused = operator.http.post(f"/phone/{payer.msisdn}/cash-in/", data=form)

    assert (refused.status_code, "không đủ số dư" in refused.text) == (422, True)


def test_a_receipt_of_somebody_else_is_not_shown(operator: WalletOperator, payer: Payer) -> None:
    answer = operator.http.get(f"/phone/{payer.msisdn}/cash-in/", params={"done": "VTM000000AAAAAAAAAA"})

    assert answer.status_code == 404


def test_a_frozen_wallet_says_so(operator: WalletOperator, payer: Payer) -> None:
    changes = {"status": "unavailable", "kyc_level": 0}
    operator.http.patch(f"/sim/wallets/{payer.msisdn}/", json=changes).raise_for_status()

    page = operator.http.get(f"/phone/{payer.msisdn}/").text

    assert "Ví đang bị tạm dừng" in page
    assert "Chưa xác minh chủ ví" in page


def _counter(page: str) -> dict[str, str]:
    """Return what a browser sends of the form as it stands."""
    names = ("csrfmiddlewaretoken", "id", "agent")
    found = {name: re.search(rf'name="{name}" value="([^"]+)"', page) for name in names}
    return {name: match[1] for name, match in found.items() if match}
