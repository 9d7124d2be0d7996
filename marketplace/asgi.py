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

from payments.urls import websocket_urlpatterns  # noqa: E402  (models exist only after the line above)

application = ProtocolTypeRouter(
    {"http": http, "websocket": AllowedHostsOriginValidator(URLRouter(websocket_urlpatterns))}
)
# What has been imported stays: no collection of garbage has to look through it again.
gc.freeze()
