"""Development and the demonstration: `make run`. Everything has a default; nothing is secret."""

from .base import *  # noqa: F403
from .base import MIDDLEWARE, PAYMENT_PROVIDERS, SECRET_KEY, STATIC_ROOT, WALLET_BASE_URL, WALLET_CREDENTIALS

DEBUG = True
MIDDLEWARE = [*MIDDLEWARE, "frontend.middleware.OwnNotFoundMiddleware"]
SECRET_KEY = SECRET_KEY or "only-for-development-never-where-money-is-real"
ALLOWED_HOSTS = ["*"]
# Nothing is collected here: the files are served from where they are.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
HANDSET_URL = f"{WALLET_BASE_URL}/phone"

for _code in WALLET_CREDENTIALS:
    # The demo merchant of the wallet operator's own demo data.
    _options = PAYMENT_PROVIDERS[_code]["options"]
    _options["password"] = _options["password"] or f"demo-{_code}-password"
    _options["callback_secret"] = _options["callback_secret"] or f"demo-{_code}-callback-secret-of-32-bytes"
