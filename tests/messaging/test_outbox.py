import json
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from marketplace.messaging import services
from marketplace.messaging.errors import TextTooLong
from marketplace.messaging.models import Message
from marketplace.messaging.text import parts, plain

PHONE = "+84399000777"


class Operator(ThreadingHTTPServer):
    """An operator on this machine that keeps what it is told and answers what a test says."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Door)
        self.heard = []
        self.answers = []


class Door(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.heard.append((body, self.headers["Authorization"], self.headers["Idempotency-Key"]))
        status = self.server.answers.pop(0) if self.server.answers else 201
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps({"id": f"S-{len(self.server.heard)}"}).encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def operator(settings):
    server = Operator()
    Thread(target=server.serve_forever, daemon=True).start()
    options = {
        "url": f"http://127.0.0.1:{server.server_port}/sim/sms/",
        "sender_name": "MuongThen",
        "token": "a-token",
        "timeout_s": 2.0,
    }
    path = "marketplace.messaging.senders.http.HttpSender"
    settings.MESSAGE_SENDERS = {
        "sms": {"class": path, "options": options},
        "voice": {"class": path, "options": options | {"voice": True}},
    }
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def now():
    return timezone.now()


def write(now, **changes):
    call = {"to": PHONE, "text": "Đơn mới: 50 kg gạo", "purpose": "order", "key": "order/7", "now": now}
    return services.send(**(call | changes))


@pytest.mark.django_db
def test_a_message_goes_out_once_without_accents(operator, now):
    message = write(now)

    assert services.deliver_due(now=now) == 1
    assert services.deliver_due(now=now + timedelta(days=1)) == 0

    message.refresh_from_db()
    assert (message.state, message.sent_at, message.reference, message.attempts) == ("sent", now, "S-1", 1)
    ((body, token, key),) = operator.heard
    assert body == {"to": PHONE, "text": "Don moi: 50 kg gao", "from": "MuongThen"}
    assert token == "Bearer a-token"
    assert key == f"{message.pk}-order/7"


@pytest.mark.django_db
def test_the_same_key_twice_is_one_message_whatever_it_says(now):
    first = write(now)
    second = write(now, text="Something else")

    assert first == second
    assert Message.objects.get().text == "Don moi: 50 kg gao"


@pytest.mark.django_db
def test_a_call_keeps_its_accents_and_says_that_it_is_one(operator, now):
    write(now, channel="voice")

    services.deliver_due(now=now)

    assert operator.heard[0][0] == {
        "to": PHONE,
        "text": "Đơn mới: 50 kg gạo",
        "from": "MuongThen",
        "voice": True,
    }


@pytest.mark.django_db
def test_what_is_undone_with_the_callers_transaction_is_never_sent(operator, now):
    with transaction.atomic():
        write(now)
        transaction.set_rollback(True)

    assert services.deliver_due(now=now) == 0
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_a_busy_operator_is_asked_again_after_growing_pauses_and_not_before(operator, now):
    operator.answers = [503, 503]
    message = write(now)

    assert services.deliver_due(now=now) == 0
    assert services.deliver_due(now=now + timedelta(seconds=19)) == 0
    assert services.deliver_due(now=now + timedelta(seconds=20)) == 0
    assert services.deliver_due(now=now + timedelta(seconds=59)) == 0
    assert services.deliver_due(now=now + timedelta(seconds=60)) == 1

    message.refresh_from_db()
    assert (message.attempts, message.error, len(operator.heard)) == (3, "", 3)


@pytest.mark.django_db
def test_a_refused_message_is_not_sent_again(operator, now):
    operator.answers = [400]
    message = write(now)

    services.deliver_due(now=now)
    services.deliver_due(now=now + timedelta(days=1))

    message.refresh_from_db()
    assert (message.state, message.error) == ("failed", "The operator answers 400.")
    assert len(operator.heard) == 1


@pytest.mark.django_db
def test_a_secret_is_kept_no_longer_than_it_takes_to_send_it(operator, now):
    sent = write(now, secret=True)
    late = write(now, secret=True, key="order/8", to="+84399000778")
    services.deliver(message_id=sent.pk, now=now)
    services.deliver(message_id=late.pk, now=now + timedelta(minutes=10, seconds=1))

    assert list(Message.objects.order_by("pk").values_list("state", "text")) == [("sent", ""), ("failed", "")]
    assert len(operator.heard) == 1


@pytest.mark.django_db
def test_a_long_text_goes_out_in_pieces_and_a_longer_one_is_refused(operator, now):
    write(now, text="gao " * 60)

    assert services.deliver_due(now=now) == 2
    assert [len(body["text"]) for body, _token, _key in operator.heard] == [159, 79]
    with pytest.raises(TextTooLong, match="480"):
        write(now, text="gao " * 200, key="order/9")


@pytest.mark.django_db(transaction=True)
def test_ten_workers_send_a_message_once(operator, now):
    message = write(now)
    barrier, sent = Barrier(10), []

    def work():
        barrier.wait()
        sent.append(services.deliver(message_id=message.pk, now=now))
        connection.close()

    threads = [Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(sent) == [False] * 9 + [True]
    assert len(operator.heard) == 1


@pytest.mark.django_db
def test_old_texts_are_forgotten(operator, now):
    write(now - timedelta(days=181))
    write(now, key="order/8")
    services.deliver_due(now=now)

    assert services.forget(now=now) == 1
    assert list(Message.objects.order_by("queued_at").values_list("text", flat=True)) == [
        "",
        "Don moi: 50 kg gao",
    ]


def test_accents_go_and_case_lines_and_sums_stay():
    assert plain("Gạo séng cù: 18.000 ₫\nĐơn “A–7” · ƯỚT") == 'Gao seng cu: 18.000 d\nDon "A-7" - UOT'


@given(st.text())
def test_what_is_plain_is_one_letter_of_gsm_7_each_and_stays_as_it_is(text):
    bare = plain(text)

    assert plain(bare) == bare
    assert not set(bare) - set(
        "\n !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
    )
    assert all(len(piece) <= 160 for piece in parts(bare))
    assert "".join("".join(parts(bare)).split()) == "".join(bare.split())
