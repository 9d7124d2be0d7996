"""A consumer that does nothing but pass on a hint: what a fan-out costs at the least.

Served beside the shop, on the same channel layer: `uvicorn tests.load.bare:application`.
"""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.benchmarks.settings")
django.setup(set_prefix=False)

# These need the settings.
from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402


class BareConsumer(AsyncWebsocketConsumer):
    """Sends ``hint`` for every message of its group."""

    async def connect(self) -> None:
        self.group = self.scope["url_route"]["kwargs"]["group"]
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()
        await self.send("ready")

    async def intent_changed(self, message: dict[str, str]) -> None:
        await self.send("hint")

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)


application = ProtocolTypeRouter(
    {"websocket": URLRouter([path("ws/bare/<str:group>/", BareConsumer.as_asgi())])}
)
