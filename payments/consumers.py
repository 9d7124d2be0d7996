"""Websockets: hints that a payment has changed."""

from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from payments import selectors


class IntentConsumer(AsyncJsonWebsocketConsumer):
    """Sends ``{"state": …}`` on connect and on every change. Anything received is ignored."""

    async def connect(self) -> None:
        self.intent_id = self.scope["url_route"]["kwargs"]["intent_id"]
        self.group = f"intent.{self.intent_id}"
        # Listen first, look second: what changes in between is then announced as well.
        await self.channel_layer.group_add(self.group, self.channel_name)
        state = await self._state()
        if state is None:
            await self.close(code=4404)
            return
        await self.accept()
        await self.send_json({"state": state})

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any
    ) -> None:
        return

    async def intent_changed(self, message: dict[str, Any]) -> None:
        await self.send_json({"state": await self._state()})

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)

    @database_sync_to_async
    def _state(self) -> str | None:
        return selectors.intent_state(self.intent_id)
