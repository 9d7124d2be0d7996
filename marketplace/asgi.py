"""The shop as an ASGI application: pages and REST over HTTP, hints over websockets."""

import gc
import os
import warnings

import django
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator

from payments.threaded import ThreadedHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.dev")
# Static files and pictures are small files read in a thread; in production the proxy serves them.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
django.setup(set_prefix=False)
http = ThreadedHandler()

# Models exist only after django.setup().
from marketplace.board.urls import websocket_urlpatterns as board  # noqa: E402
from marketplace.packing.chat_urls import websocket_urlpatterns as chats  # noqa: E402
from payments.urls import websocket_urlpatterns as payments  # noqa: E402

application = ProtocolTypeRouter(
    {"http": http, "websocket": AllowedHostsOriginValidator(URLRouter([*payments, *chats, *board]))}
)
# What has been imported stays: no collection of garbage has to look through it again.
gc.freeze()
