"""Each is told by the ways they chose, in their language; browsers and mail by the same outbox."""

import base64
import json
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import http_ece
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext

from marketplace.messaging import devices, notices, readers, services, vapid
from marketplace.messaging.errors import DeviceRefused
from marketplace.messaging.events import BY_PURPOSE, EVENTS
from marketplace.messaging.models import Choice, Device, Message, Notice
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

SECRET_OF_BROWSER = b"0123456789abcdef"


class Maker(ThreadingHTTPServer):
    """What the maker of a browser runs, on this machine: keeps what it is sent, answers what a test says."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Door)
        self.heard, self.answers = [], []


class Door(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.path, self.headers, body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 201)
        self.send_header("Location", "/m/1")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def maker(settings):
    server = Maker()
    Thread(target=server.serve_forever, daemon=True).start()
    settings.PUSH_HOSTS_TRUSTED = [f"127.0.0.1:{server.server_port}"]
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def buyer(now):
    return UserFactory(phone="+84399000771", email="mai@example.vn", phone_verified_at=now)


@pytest.fixture
def browser_key():
    return ec.generate_private_key(ec.SECP256R1())


def base64url(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def subscribe(user, maker, browser_key, now, path="/wp/one"):
    point = browser_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return devices.subscribe(
        user=user,
        endpoint=f"http://127.0.0.1:{maker.server_port}{path}",
        p256dh=base64url(point),
        auth=base64url(SECRET_OF_BROWSER),
        user_agent="Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
        now=now,
    )


def tell(user, now, **changes):
    call = {"to": str(user.phone), "text": "Hàng đã đến", "purpose": "order", "key": "order/7", "now": now}
    return services.send(**(call | changes))


def test_who_chose_nothing_is_told_on_the_site_and_by_sms(buyer, now):
    tell(buyer, now, link="/orders/7/")

    assert [(row.channel, row.text) for row in Message.objects.all()] == [("sms", "Hang da den")]
    notice = Notice.objects.get()
    assert (notice.user, notice.event, notice.text) == (buyer, "order", "Hàng đã đến")
    assert (notice.link, notice.at, notice.read_at) == ("/orders/7/", now, None)


def test_the_choice_of_ways_is_kept_and_what_must_be_told_stays(buyer, now):
    readers.choose(user=buyer, wanted={"order": ["email"], "act": []})

    assert tell(buyer, now) is None
    tell(buyer, now, purpose="act", key="act/1")

    told = list(Message.objects.order_by("pk").values_list("channel", "purpose", "email"))
    assert told == [("email", "order", "mai@example.vn"), ("sms", "act", "")]
    assert [notice.event for notice in Notice.objects.all()] == ["act"]
    assert readers.choices_of(buyer)["order"] == {"email"}


def test_told_twice_under_one_key_is_told_once_by_each_way(buyer, now):
    readers.choose(user=buyer, wanted={"order": ["page", "sms", "email"]})

    tell(buyer, now)
    tell(buyer, now, text="Something else")

    assert Message.objects.count() == 2
    assert Notice.objects.get().text == "Hàng đã đến"


def test_an_account_that_only_claims_a_number_hears_nothing_of_it(now):
    stranger = UserFactory(phone="+84399000772", phone_verified_at=None)

    tell(stranger, now)

    assert [row.channel for row in Message.objects.all()] == ["sms"]
    assert not Notice.objects.exists()


def test_a_code_goes_to_the_telephone_only(buyer, now):
    tell(buyer, now, secret=True)

    secret = Message.objects.get()
    assert (secret.channel, secret.is_secret) == ("sms", True)
    assert not Notice.objects.exists()
    with pytest.raises(IntegrityError, match="secret_goes_to_the_telephone_only"), transaction.atomic():
        Message.objects.create(
            channel="email",
            email="mai@example.vn",
            is_secret=True,
            key="code/1",
            purpose="code",
            next_try_at=now,
            queued_at=now,
        )


def test_each_is_spoken_to_in_their_language(buyer):
    readers.remember_language(phone=str(buyer.phone), language="vi")

    with readers.speaking_to(buyer.phone):
        assert gettext("Vietnamese") == "Tiếng Việt"
    with readers.speaking_to("+84399000779"):
        assert gettext("Vietnamese") == "Vietnamese"


def test_an_email_says_what_happened_and_where_to_look(buyer, now, settings):
    settings.PUBLIC_BASE_URL = "https://muongthen.example"
    readers.choose(user=buyer, wanted={"order": ["email"]})
    tell(buyer, now, link="/orders/7/")

    assert services.deliver_due(now=now) == 1

    (letter,) = mail.outbox
    assert letter.to == ["mai@example.vn"]
    assert letter.subject == str(EVENTS["order"].words)
    assert letter.body == "Hàng đã đến\n\nhttps://muongthen.example/orders/7/\n"


def test_a_browser_alone_can_read_what_its_maker_is_sent(buyer, maker, browser_key, now, settings):
    settings.PUBLIC_BASE_URL = "https://muongthen.example"
    readers.choose(user=buyer, wanted={"order": ["push"]})
    subscribe(buyer, maker, browser_key, now)
    tell(buyer, now, link="/orders/7/")

    assert services.deliver_due(now=now) == 1

    ((path, headers, body),) = maker.heard
    assert path == "/wp/one"
    assert "Hàng".encode() not in body
    shown = json.loads(http_ece.decrypt(body, private_key=browser_key, auth_secret=SECRET_OF_BROWSER))
    assert (shown["text"], shown["link"]) == ("Hàng đã đến", "https://muongthen.example/orders/7/")
    assert shown["title"] == str(EVENTS["order"].words)
    token = headers["Authorization"].removeprefix("vapid t=").partition(",")[0]
    claims = jwt.decode(
        token, vapid.private_key().public_key(), algorithms=["ES256"], options={"verify_aud": False}
    )
    assert claims["aud"] == f"http://127.0.0.1:{maker.server_port}"
    assert headers["Authorization"].endswith(f"k={vapid.public_key()}")


def test_a_browser_that_is_gone_is_dropped_and_a_busy_maker_is_asked_again(buyer, maker, browser_key, now):
    readers.choose(user=buyer, wanted={"order": ["push"]})
    subscribe(buyer, maker, browser_key, now)
    maker.answers = [503, 410]
    tell(buyer, now)

    assert services.deliver_due(now=now) == 0
    message = Message.objects.get()
    assert (message.state, message.attempts) == ("queued", 1)
    assert services.deliver_due(now=now + timedelta(minutes=1)) == 0

    assert not Device.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/fcm/send/1",
        "https://fcm.googleapis.com.example/1",
        "https://user@fcm.googleapis.com/1",
        "https://127.0.0.1/1",
        "https://fcm.googleapis.com:8443/1",
        "file:///etc/passwd",
        "https://[::1/",
        "",
    ],
)
def test_nothing_is_sent_to_an_address_that_is_no_makers(buyer, browser_key, now, endpoint):
    point = browser_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    with pytest.raises(DeviceRefused):
        devices.subscribe(
            user=buyer,
            endpoint=endpoint,
            p256dh=base64url(point),
            auth=base64url(SECRET_OF_BROWSER),
            user_agent="",
            now=now,
        )

    assert not Device.objects.exists()


def test_a_browser_shows_the_notices_of_who_signed_in_last(buyer, maker, browser_key, now):
    other = UserFactory(phone="+84399000773", phone_verified_at=now)
    subscribe(buyer, maker, browser_key, now)
    device = subscribe(other, maker, browser_key, now)

    assert Device.objects.get() == device
    assert (device.user, device.name) == (other, "Chrome, Android")


def test_the_bell_counts_after_the_commit_and_is_silent_once_all_is_read(
    buyer, now, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        tell(buyer, now, key="order/1")
        tell(buyer, now, key="order/2")
        assert notices.unread(buyer.pk) == 0
    assert notices.unread(buyer.pk) == 2

    first = Notice.objects.get(key="order/1")
    assert notices.read(user=buyer, pk=first.pk, now=now) == 1
    assert notices.read(user=buyer, pk=first.pk, now=now) == 0
    assert notices.unread(buyer.pk) == 1
    assert notices.read(user=buyer, now=now) == 1
    assert notices.unread(buyer.pk) == 0


def test_notices_are_forgotten_after_half_a_year(buyer, now):
    tell(buyer, now - timedelta(days=181), key="order/1")
    tell(buyer, now, key="order/2")

    assert notices.forget(now=now) == 1
    assert Notice.objects.get().key == "order/2"


def test_every_purpose_is_told_by_one_event_whose_ways_are_channels():
    ways = {channel for event in EVENTS.values() for channel in event.usual | event.always}

    assert len(BY_PURPOSE) == sum(len(event.purposes) for event in EVENTS.values())
    assert ways == {"page", "sms", "push"}


def test_the_page_keeps_what_is_chosen_and_refuses_an_unknown_language(client, buyer):
    client.force_login(buyer)

    answer = client.post("/accounts/notifications/", {"language": "vi", "order": ["page", "push"]})
    assert answer.status_code == 302
    refused = client.post("/accounts/notifications/", {"language": "xx", "order": ["sms"]})

    assert refused.status_code == 422
    assert readers.choices_of(buyer)["order"] == {"page", "push"}
    assert readers.choices_of(buyer)["parcel"] == {"sms"}
    assert readers.language_of(str(buyer.phone)) == "vi"
    assert not Choice.objects.filter(event="new-order").exists()  # this person sells nothing
    shown = client.get("/accounts/notifications/").content.decode()
    assert 'name="order" value="push" checked' in shown
    assert 'name="order" value="sms" >' in shown or 'name="order" value="sms"  ' in shown


def test_nobody_reads_or_drops_what_is_anothers(client, buyer, maker, browser_key, now):
    other = UserFactory(phone="+84399000774", phone_verified_at=now)
    tell(other, now)
    device = subscribe(other, maker, browser_key, now)
    client.force_login(buyer)

    assert client.post(f"/accounts/notices/{Notice.objects.get().pk}/").status_code == 404
    assert client.post(f"/accounts/notifications/devices/{device.pk}/").status_code == 404
    assert "Hàng đã đến" not in client.get("/accounts/notices/").content.decode()
    client.logout()
    for page in ("notices", "notifications"):
        assert client.get(f"/accounts/{page}/").status_code == 302


def test_reading_a_notice_leads_to_where_it_can_be_seen(client, buyer, now, django_assert_max_num_queries):
    tell(buyer, now, link="/orders/7/")
    client.force_login(buyer)
    with django_assert_max_num_queries(8):
        page = client.get("/accounts/notices/").content.decode()

    answer = client.post(f"/accounts/notices/{Notice.objects.get().pk}/")

    assert "Hàng đã đến" in page
    assert (answer.status_code, answer["Location"]) == (302, "/orders/7/")
    assert Notice.objects.get().read_at is not None


def test_a_script_puts_a_browser_on_and_takes_it_off(client, buyer, maker, browser_key):
    client.force_login(buyer)
    point = browser_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    endpoint = f"http://127.0.0.1:{maker.server_port}/wp/two"
    body = {"endpoint": endpoint, "p256dh": base64url(point), "auth": base64url(SECRET_OF_BROWSER)}
    url = "/accounts/notifications/devices/"

    assert client.post(url, json.dumps(body), "application/json").json()["noted"] is True
    assert Device.objects.get().user == buyer
    wrong = client.post(url, json.dumps(body | {"auth": "AA"}), "application/json")
    assert (wrong.status_code, wrong.json()["noted"]) == (422, False)
    assert client.post(url, json.dumps({"endpoint": endpoint, "off": "1"}), "application/json").json()[
        "noted"
    ]
    assert not Device.objects.exists()
