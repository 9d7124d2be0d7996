"""Buyer and seller write to each other: by pictures, in words, once each."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.routing import URLRouter
from django.utils import timezone

from marketplace.errors import Invalid
from marketplace.messaging.models import Message
from marketplace.packing import services as packing
from marketplace.packing.chat_urls import websocket_urlpatterns
from marketplace.packing.consumers import socket_key
from marketplace.packing.errors import TooMuchSaid
from marketplace.packing.models import ChatLine
from marketplace.packing.selectors import chats
from marketplace.sellers.models import SubOrder
from marketplace.shop.order.views import ORDERS
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


def say(part, *, author=None, is_seller=False, **said):
    facts = {"line_id": uuid4(), "now": timezone.now()} | said
    return packing.say(part=part, author=author, is_seller=is_seller, **facts)


def let_in(visitor, order):
    """Open the order's page to this browser, as it is after ordering."""
    session = visitor.session
    session[ORDERS] = [order.number]
    session.save()


def test_a_tapped_picture_is_read_by_each_side_in_its_own_words(paid, packer):
    say(paid.goods, author=packer, is_seller=True, answer="at-post-today")

    (said,) = chats.said_about(paid.goods, by_seller=False)
    assert (said.is_mine, said.answer.icon, str(said.answer.words)) == (
        False, "truck", "I take it to the post today.",
    )  # fmt: skip


def test_a_message_sent_twice_is_said_once(paid):
    line_id = uuid4()
    for _ in range(2):
        say(paid.goods, words="Bao giờ gửi?", line_id=line_id)

    assert ChatLine.objects.get().words == "Bao giờ gửi?"


def test_who_does_not_look_is_told_by_sms_once_until_they_have_looked(paid):
    paid.seller.phone = "+84399000002"
    paid.seller.save(update_fields=["phone"])
    part = SubOrder.objects.get(pk=paid.goods.pk)
    for words in ("Bao giờ gửi?", "Alô?"):
        say(part, words=words)
    told = Message.objects.get(purpose="chat")
    assert str(told.to) == "+84399000002"
    assert told.text.endswith(f"{part.number}: Bao gio gui?")

    packing.read(part=part, is_seller=True, until=timezone.now())
    say(part, words="Cảm ơn")

    assert Message.objects.filter(purpose="chat").count() == 2


@pytest.mark.parametrize(
    "said", [{"words": "  "}, {"words": "a" * 501}, {"answer": "no-such"}, {"answer": "preparing"}]
)
def test_nothing_too_much_and_the_others_pictures_are_refused(paid, said):
    with pytest.raises(Invalid):
        say(paid.goods, **said)

    assert not ChatLine.objects.exists()


def test_forty_messages_an_hour_are_enough(paid):
    now = timezone.now()
    for number in range(40):
        say(paid.goods, words=f"{number}", now=now)

    with pytest.raises(TooMuchSaid, match="Wait an hour"):
        say(paid.goods, words="once more", now=now)
    say(paid.goods, words="an hour later", now=now + timedelta(hours=1, seconds=1))

    assert ChatLine.objects.count() == 41


def test_what_was_not_read_is_counted_until_it_is(paid, packer, visitor):
    say(paid.goods, words="Bao giờ gửi?")
    assert chats.unread_by_seller([paid.goods.pk]) == {paid.goods.pk: 1}

    visitor.force_login(packer)
    assert "1 new message" in visitor.get("/sell/orders/").content.decode()
    assert "Bao giờ gửi?" in visitor.get(f"/sell/orders/{paid.goods.number}/chat/").content.decode()

    assert chats.unread_by_seller([paid.goods.pk]) == {}
    assert chats.unread_by_buyer([paid.goods.pk]) == {}


def test_the_buyer_without_an_account_writes_from_the_orders_page(paid, visitor):
    let_in(visitor, paid.order)
    address = f"/orders/{paid.order.number}/chat/?part={paid.goods.number}"
    assert visitor.get(address).status_code == 200

    answer = visitor.post(address, {"id": str(uuid4()), "answer": "when"})

    assert answer.status_code == 302
    line = ChatLine.objects.get()
    assert (line.part, line.is_seller, line.author, line.answer) == (paid.goods, False, None, "when")


def test_an_empty_message_loses_nothing_and_says_what_to_do(paid, visitor):
    let_in(visitor, paid.order)

    page = visitor.post(f"/orders/{paid.order.number}/chat/", {"id": str(uuid4()), "words": " "})

    assert page.status_code == 422
    assert "Write something, or choose a picture." in page.content.decode()


def test_a_message_is_shown_as_it_was_typed_and_never_run(paid, visitor):
    let_in(visitor, paid.order)
    address = f"/orders/{paid.order.number}/chat/?part={paid.goods.number}"
    visitor.post(address, {"id": str(uuid4()), "words": "<script>alert(1)</script>"})

    page = visitor.get(address).content.decode()

    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page


def test_nobody_else_reads_or_writes(paid, visitor):
    address = f"/orders/{paid.order.number}/chat/"
    assert visitor.get(address).status_code == 404
    assert visitor.post(address, {"id": str(uuid4()), "words": "Hello"}).status_code == 404
    visitor.force_login(UserFactory())
    assert visitor.get(address).status_code == 404

    assert not ChatLine.objects.exists()


class Page(ApplicationCommunicator):
    """The browser's end of a websocket. (channels.testing would want daphne.)"""

    def __init__(self, key):
        scope = {"type": "websocket", "path": f"/ws/chats/{key}/", "headers": [], "query_string": b""}
        super().__init__(URLRouter(websocket_urlpatterns), scope | {"subprotocols": []})

    async def connect(self):
        await self.send_input({"type": "websocket.connect"})
        return (await self.receive_output(timeout=10))["type"]

    async def leave(self):
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(timeout=10)


def test_an_open_page_hears_that_something_was_said_and_never_what(paid):
    @async_to_sync
    async def scenario():
        page = Page(socket_key(packing.group_of(paid.goods)))
        answer = await page.connect()
        await page.send_input({"type": "websocket.receive", "text": "not even JSON"})
        await sync_to_async(say, thread_sensitive=False)(paid.goods, words="Bao giờ gửi?")
        heard = await page.receive_output(timeout=10)
        await page.leave()
        return answer, heard["text"]

    assert scenario() == ("websocket.accept", "{}")


def test_a_socket_without_a_signed_key_stays_closed(paid):
    @async_to_sync
    async def scenario():
        return await Page(f"{packing.group_of(paid.goods)}~forged").connect()

    assert scenario() == "websocket.close"
