"""Websockets: hints that the day's figures have changed."""

from __future__ import annotations

from typing import Any

from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.core.signing import BadSignature, TimestampSigner

from marketplace.statistics.summaries import WATCHERS

_SALT = "board.figures"
KEY_LASTS_S = 86_400  # an open page asks for its own address again, and gets a new key


def socket_key() -> str:
    """Return what opens the socket for a day. It tells when figures have changed, never which."""
    return TimestampSigner(salt=_SALT, sep="~").sign(WATCHERS)


class FiguresConsumer(AsyncJsonWebsocketConsumer):
    """Sends ``{}`` whenever figures have changed. Anything received is ignored."""

    is_open = False

    async def connect(self) -> None:
        try:
            key = self.scope["url_route"]["kwargs"]["key"]
            TimestampSigner(salt=_SALT, sep="~").unsign(key, max_age=KEY_LASTS_S)
        except BadSignature:
            await self.close(code=4404)
            return
        await self.channel_layer.group_add(WATCHERS, self.channel_name)
        self.is_open = True
        await self.accept()

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any
    ) -> None:
        return

    async def figures_changed(self, message: dict[str, Any]) -> None:
        await self.send_json({})

    async def disconnect(self, code: int) -> None:
        if self.is_open:
            await self.channel_layer.group_discard(WATCHERS, self.channel_name)
