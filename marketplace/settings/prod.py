"""Production. Refuses to start when something is missing, and says what."""

from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403
from .base import (
    ALLOWED_HOSTS,
    MEDIA_URL,
    PAYMENT_PROVIDERS,
    SECRET_KEY,
    STORAGES,
    WALLET_CREDENTIALS,
    env,
)
from .logs import logging_for

_asked_for = ("PUBLIC_BASE_URL", "WALLET_BASE_URL", "MESSAGES_URL")
_missing = [name for name in _asked_for if not env(name, default="")]
if len(SECRET_KEY) < 50:
    _missing.append("SECRET_KEY (50 characters or more)")
if not ALLOWED_HOSTS:
    _missing.append("ALLOWED_HOSTS")
for _code, _credentials in WALLET_CREDENTIALS.items():
    for _name in ("password", "callback_secret"):
        if not _credentials[_name]:
            _missing.append(f"WALLET_{_code.upper()}_{_name.upper()}")
for _code in ("vietqr", "vnpay"):
    # Nobody has to take these, but half a key pays nothing.
    for _name, _value in PAYMENT_PROVIDERS.get(_code, {}).get("options", {}).items():
        if not _value:
            _missing.append(f"{_code.upper()}_{_name.upper()}")
if _missing:
    raise ImproperlyConfigured(
        "These environment variables are missing or too short: " + ", ".join(_missing) + ". See .env.example."
    )

LOGGING = logging_for(formatter="json", requests=True)
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
MFA_REQUIRED = env.bool("MFA_REQUIRED", default=True)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = OSCAR_BASKET_COOKIE_SECURE = True
STORAGES["staticfiles"] = {"BACKEND": "frontend.static_names.HashedStaticFiles"}
if _bucket := env("MEDIA_BUCKET", default=""):
    # An object storage, so that every machine sees the same: pictures in one bucket, which the proxy shows
    # to everybody below MEDIA_URL, and what phones sent in another, which nobody may read.
    _access = {
        "endpoint_url": env("MEDIA_ENDPOINT_URL"),
        "access_key": env("MEDIA_ACCESS_KEY"),
        "secret_key": env("MEDIA_SECRET_KEY"),
        "addressing_style": "path",
        "file_overwrite": False,
    }
    _shown = {"bucket_name": _bucket, "custom_domain": MEDIA_URL.partition("://")[2].rstrip("/")}
    _kept = {"bucket_name": f"{_bucket}-uploads"}
    STORAGES["default"] = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": _access | _shown}
    STORAGES["uploads"] = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": _access | _kept}
