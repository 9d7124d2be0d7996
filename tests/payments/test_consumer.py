import json
import uuid

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.routing import URLRouter

from payments.urls import websocket_urlpatterns
from tests.payments.making import operation_of, report_on, start, tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fake")]


class Page(ApplicationCommunicator):
    """The browser's end of a websocket. (channels.testing would want daphne.)"""

    def __init__(self, intent_id):
        path = f"/ws/payments/{intent_id}/"
        scope = {"type": "websocket", "path": path, "headers": [], "query_string": b"", "subprotocols": []}
        super().__init__(URLRouter(websocket_urlpatterns), scope)

    async def connect(self):
        await self.send_input({"type": "websocket.connect"})
        return await self.receive_output(timeout=10)

    async def hear(self):
        message = await self.receive_output(timeout=10)
        return json.loads(message["text"])

    async def leave(self):
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(timeout=10)


def test_whoever_watches_sees_the_state_now_and_at_every_change():
    operation = operation_of(start())

    @async_to_sync
    async def scenario():
        page = Page(operation.intent_id)
        answer = await page.connect()
        first = await page.hear()
        await page.send_input({"type": "websocket.receive", "text": "not even JSON"})
        await sync_to_async(tell, thread_sensitive=False)(report_on(operation))
        second = await page.hear()
        is_quiet = await page.receive_nothing()
        await page.leave()
        return answer["type"], first, second, is_quiet

    assert scenario() == ("websocket.accept", {"state": "pending"}, {"state": "succeeded"}, True)


def test_a_payment_nobody_started_cannot_be_watched():
    @async_to_sync
    async def scenario():
        return await Page(uuid.uuid4()).connect()

    answer = scenario()

    assert (answer["type"], answer["code"]) == ("websocket.close", 4404)
