"""Websockets: hints that something was said about an order."""

from __future__ import annotations

from typing import Any

from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.core.signing import BadSignature, Signer

_SALT = "packing.chat"


def socket_key(group: str) -> str:
    """Return what opens the socket of a conversation. It tells when something was said, never what."""
    return Signer(salt=_SALT, sep="~").sign(group)


class ChatConsumer(AsyncJsonWebsocketConsumer):
    """Sends ``{}`` whenever something was said. Anything received is ignored."""

    group: str | None = None

    async def connect(self) -> None:
        try:
            self.group = Signer(salt=_SALT, sep="~").unsign(self.scope["url_route"]["kwargs"]["key"])
        except BadSignature:
            await self.close(code=4404)
            return
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any
    ) -> None:
        return

    async def chat_changed(self, message: dict[str, Any]) -> None:
        await self.send_json({})

    async def disconnect(self, code: int) -> None:
        if self.group is not None:
            await self.channel_layer.group_discard(self.group, self.channel_name)
