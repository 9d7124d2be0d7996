"""Development and the demonstration: `make run`. Everything has a default; nothing is secret."""

from .base import *  # noqa: F403
from .base import (
    CARRIER_URL,
    CARRIERS,
    MIDDLEWARE,
    PAYMENT_PROVIDERS,
    PHONE_GATEWAY,
    SECRET_KEY,
    STATIC_ROOT,
    VAR_DIR,
    VIETQR,
    VNPAY,
    WALLET_BASE_URL,
    WALLET_CREDENTIALS,
    env,
)

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

# E-mails are written into files.
if not env("EMAIL_URL", default=""):
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"

# The simulated network of payments/simulator/settings.py signs with the same.
PHONE_GATEWAY["secret"] = PHONE_GATEWAY["secret"] or "demo-sms-gateway-secret-of-32-bytes"

# The simulated carrier signs with the same.
CARRIERS.setdefault(
    "express",
    {
        "class": "marketplace.delivery.carriers.http.HttpCarrier",
        "options": {
            "base_url": CARRIER_URL,
            "secret": "demo-carrier-secret-of-32-bytes!",
            "timeout_s": 10.0,
        },
    },
)

# The sandboxes beside the wallet operator: payments/simulator/settings.py has the same keys.
for _entry, _demo in (
    (
        VIETQR,
        {
            "base_url": f"{WALLET_BASE_URL}/bank/v1",
            "bank_bin": "970000",
            "bank_name": "Ngân hàng mô phỏng",
            "account": "190300112233",
            "holder": "CHO MUONG THEN",
            "api_key": "demo-bank-api-key",
            "notice_secret": "demo-bank-notice-secret-of-32-bytes",
        },
    ),
    (
        VNPAY,
        {
            "base_url": f"{WALLET_BASE_URL}/vnpay",
            "tmn_code": "MUONGTHN",
            "hash_secret": "DEMOVNPAYHASHSECRETOF32CHARACTER",
        },
    ),
):
    for _name, _value in _demo.items():
        _entry["options"][_name] = _entry["options"][_name] or _value
PAYMENT_PROVIDERS |= {"vietqr": VIETQR, "vnpay": VNPAY, "cash": PAYMENT_PROVIDERS.pop("cash")}
# Where the demonstration's banking app is, as HANDSET_URL is for the handsets.
BANK_APP_URL = f"{WALLET_BASE_URL}/bank/app"
