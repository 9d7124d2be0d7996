"""Development and the demonstration: `make run`. Everything has a default; nothing is secret."""

from .base import *  # noqa: F403
from .base import PAYMENT_PROVIDERS, SECRET_KEY

DEBUG = True
SECRET_KEY = SECRET_KEY or "only-for-development-never-where-money-is-real"
ALLOWED_HOSTS = ["*"]

for _code, _provider in PAYMENT_PROVIDERS.items():
    # The demo merchant of the wallet operator's own demo data.
    _provider["options"]["password"] = _provider["options"]["password"] or f"demo-{_code}-password"
    _provider["options"]["callback_secret"] = (
        _provider["options"]["callback_secret"] or f"demo-{_code}-callback-secret-of-32-bytes"
    )
