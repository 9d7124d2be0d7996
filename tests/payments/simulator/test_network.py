"""The mobile network: SMS to a phone, SMS from it to the shop, and the screens of a dialled code."""

import hashlib
import hmac
import itertools
import re
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from tests.wallet_operator import WalletOperator, wait_until

SECRET = "demo-sms-gateway-secret-of-32-bytes"
_numbers = itertools.count(100_000)


@dataclass
class Service:
    """A shop behind the short code and the code to dial; answers as the test says."""

    url: str = ""
    taken: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    service, lock = Service(), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            with lock:
                service.taken.append((self.path, headers, raw))
                status, text = service.answers.pop(0) if service.answers else (200, "END Xong")
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield service
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def network(service: Service) -> Iterator[WalletOperator]:
    environment = {
        "SANDBOX_SMS_URL": f"{service.url}/sms/inbound/",
        "SANDBOX_USSD_URL": f"{service.url}/ussd/",
        "SMS_GATEWAY_SECRET": SECRET,
    }
    with WalletOperator(environment=environment) as operator:
        yield operator


@pytest.fixture
def phone(network: WalletOperator, service: Service) -> str:
    """A phone without a wallet that was just switched on."""
    network.no_faults()
    service.taken.clear()
    service.answers.clear()
    number = f"+84397{next(_numbers)}"
    token = _token(network.http.get("/").text)
    network.http.post("/phone/", data={"csrfmiddlewaretoken": token, "number": number})
    return number


def test_an_sms_stands_on_the_phone_and_is_delivered_once(network: WalletOperator) -> None:
    number = f"+84397{next(_numbers)}"
    body = {"to": number, "text": "Don 7: 50kg gao. Tra loi NHAN 7", "from": "MuongThen"}
    headers = {"Idempotency-Key": f"7-part-paid/{number}"}

    answers = [network.http.post("/sim/sms/", json=body, headers=headers) for _ in range(2)]
    page = network.http.get(f"/phone/{number}/", params={"tab": "messages"}).text

    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert answers[0].json()["parts"] == 1
    assert page.count("Don 7: 50kg gao. Tra loi NHAN 7") == 1
    assert "MuongThen" in page


def test_a_call_is_told_apart_from_an_sms_and_long_or_accented_texts_count_as_several(
    network: WalletOperator,
) -> None:
    number = f"+84397{next(_numbers)}"
    for text, voice in (("Ma cua ban la 1 2 3 4", True), ("a" * 161, False), ("ằ" * 71, False)):
        body = {"to": number, "text": text, "from": "MuongThen", "voice": voice}
        network.http.post("/sim/sms/", json=body).raise_for_status()

    messages = network.http.get("/sim/sms/", params={"msisdn": number}).json()["messages"]
    page = network.http.get(f"/phone/{number}/", params={"tab": "messages"}).text

    assert [(item["voice"], item["parts"]) for item in messages] == [(False, 2), (False, 2), (True, 1)]
    assert "Cuộc gọi từ MuongThen" in page
    assert page.count("Tính là 2 tin") == 2


@pytest.mark.parametrize(
    "wrong", [{"to": "mai"}, {"text": ""}, {"text": 7}, {"text": "a" * 1001}, {"voice": "yes"}, {"from": ""}]
)
def test_an_sms_that_cannot_be_sent_is_refused(network: WalletOperator, wrong: dict[str, Any]) -> None:
    answer = network.http.post("/sim/sms/", json={"to": "0397000001", "text": "x", "from": "M"} | wrong)

    assert answer.status_code in (400, 422)
    assert set(answer.json()) == {"code", "message", "details"}


def _token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def _post(network: WalletOperator, path: str, **data: str) -> httpx.Response:
    token = _token(network.http.get(path if path.endswith("keypad/") else "/").text)
    return network.http.post(path, data={"csrfmiddlewaretoken": token} | data, follow_redirects=True)


def _is_signed(headers: dict[str, str], raw: bytes) -> bool:
    signed = headers["x-gateway-timestamp"].encode() + b"." + raw
    return headers["x-gateway-signature"] == hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()


def test_an_sms_to_the_short_code_goes_signed_to_the_shop_once_a_tap(
    network: WalletOperator, service: Service, phone: str
) -> None:
    message_id = str(uuid.uuid4())
    path = f"/phone/{phone}/messages/"

    for _ in range(2):
        page = _post(network, path, to="8138", text="BAN GAO 50KG 18000", id=message_id)
    wait_until(lambda: service.taken, "the shop is told")
    where, headers, raw = service.taken[0]

    assert page.status_code == 200
    assert "BAN GAO 50KG 18000" in page.text
    assert where == "/sms/inbound/"
    told = httpx.Response(200, content=raw).json()
    assert told | {"sent_at": ""} == {
        "id": message_id, "from": phone, "to": "8138", "text": "BAN GAO 50KG 18000", "sent_at": "",
    }  # fmt: skip
    assert _is_signed(headers, raw)
    assert len(service.taken) == 1


def test_what_the_shop_did_not_take_is_sent_again(
    network: WalletOperator, service: Service, phone: str
) -> None:
    service.answers[:] = [(503, "")]

    _post(network, f"/phone/{phone}/messages/", to="8138", text="TIEN", id=str(uuid.uuid4()))
    wait_until(lambda: len(service.taken) == 2, "the shop is told again")

    assert service.taken[0][2] == service.taken[1][2]


def test_another_number_and_an_empty_message_are_given_back_with_what_was_typed(
    network: WalletOperator, phone: str
) -> None:
    elsewhere = _post(network, f"/phone/{phone}/messages/", to="1900", text="TIEN", id="7")
    empty = _post(network, f"/phone/{phone}/messages/", to="8138", text=" ", id="7")

    assert (elsewhere.status_code, "chỉ có đầu số 8138" in elsewhere.text) == (422, True)
    assert ">TIEN</textarea>" in elsewhere.text
    assert (empty.status_code, "từ 1 đến 1000 ký tự" in empty.text) == (422, True)


def test_a_code_is_dialled_answered_and_ended_in_the_shape_of_africas_talking(
    network: WalletOperator, service: Service, phone: str
) -> None:
    service.answers[:] = [(200, "CON 1 Hang\n2 Tien"), (200, "CON 1 Gao"), (200, "END Xong. Cam on")]
    path = f"/phone/{phone}/keypad/"

    first = _post(network, path, key="dial", typed="*138#").text
    second = _post(network, path, key="send", typed="1", step="0").text
    again = _post(network, path, key="send", typed="1", step="0").text
    last = _post(network, path, key="send", typed="18000", step="1").text
    asked = [dict(parse_qsl(raw.decode(), keep_blank_values=True)) for _, _, raw in service.taken]

    assert "1 Hang\n2 Tien" in first
    assert "1 Gao" in second
    assert "1 Gao" in again
    assert "Xong. Cam on" in last
    assert 'name="typed"' not in last
    assert [question["text"] for question in asked] == ["", "1", "1*18000"]
    assert {question["sessionId"] for question in asked} == {asked[0]["sessionId"]}
    assert asked[0] | {"sessionId": ""} == {
        "sessionId": "", "serviceCode": "*138#", "phoneNumber": phone, "networkCode": "45204", "text": "",
    }  # fmt: skip
    assert all(_is_signed(headers, raw) for _, headers, raw in service.taken)


@pytest.mark.parametrize("answer", [(500, "CON x"), (200, "<html>"), (200, "")])
def test_a_service_that_does_not_answer_as_agreed_is_an_error_on_the_screen(
    network: WalletOperator, service: Service, phone: str, answer: tuple[int, str]
) -> None:
    service.answers[:] = [answer]

    page = _post(network, f"/phone/{phone}/keypad/", key="dial", typed="*138#")

    assert (page.status_code, "Lỗi kết nối" in page.text) == (422, True)


def test_a_code_that_nobody_has_is_told_with_the_one_there_is(network: WalletOperator, phone: str) -> None:
    page = _post(network, f"/phone/{phone}/keypad/", key="dial", typed="*999#")

    assert (page.status_code, "chỉ có mã *138#" in page.text) == (422, True)


def test_a_phone_needs_a_number_and_no_wallet(network: WalletOperator, phone: str) -> None:
    listed = network.http.get("/").text
    wrong = _post(network, "/phone/", number="mai").text

    assert "Chưa có ví" in listed
    assert "Số này chưa có ví" in network.http.get(f"/phone/{phone}/").text
    assert "Số điện thoại không đúng" in wrong
