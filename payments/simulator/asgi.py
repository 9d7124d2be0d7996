"""The operator's process: ``uvicorn payments.simulator.asgi:application --lifespan on``."""

import gc
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import django
from asgiref.sync import sync_to_async
from django.conf import settings

from payments.threaded import ThreadedHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "payments.simulator.settings")
django.setup(set_prefix=False)
handle_http = ThreadedHandler()

from django.db import connection  # noqa: E402  models load only after the line above
from django.utils import timezone  # noqa: E402

from payments.simulator import bills, wallets  # noqa: E402
from payments.simulator.bank import services as bank  # noqa: E402
from payments.simulator.courier import Courier  # noqa: E402
from payments.simulator.messenger import Messenger  # noqa: E402
from payments.simulator.operators import OPERATORS  # noqa: E402
from payments.simulator.stripe import services as stripe  # noqa: E402

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Scope]]
Send = Callable[[Scope], Awaitable[None]]


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer HTTP by Django, and the server's start and stop by starting and stopping the courier."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    else:
        await handle_http(dict(scope), receive, send)


async def _live(receive: Receive, send: Send) -> None:
    courier, messenger = Courier(), Messenger()
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            try:
                await sync_to_async(_open_merchants)()
            except Exception as error:
                await send({"type": "lifespan.startup.failed", "message": f"Cannot open the books: {error}"})
                raise
            courier.start()
            messenger.start()
            # What has been imported stays: no collection of garbage has to look through it again.
            gc.freeze()
            await send({"type": "lifespan.startup.complete"})
        else:
            await sync_to_async(courier.stop)()
            await sync_to_async(messenger.stop)()
            await send({"type": "lifespan.shutdown.complete"})
            return


def _open_merchants() -> None:
    try:
        for operator, identifier in settings.MERCHANT_CREDENTIALS:
            wallets.open_merchant(operator=operator, identifier=identifier, name=settings.MERCHANT_NAME)
        for operator in OPERATORS:
            bills.open_companies(operator)
        bank.open_house(now=timezone.now())
        stripe.open_account(**settings.SANDBOX_STRIPE)
    finally:
        connection.close()
