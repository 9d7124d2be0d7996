"""Settings of the wallet operator, a Django project of its own. Nothing of the shop's is read.

Environment: WALLET_DATABASE_URL, SIMULATOR_DEBUG (1), SIMULATOR_ALLOWED, SECRET_KEY, ALLOWED_HOSTS and,
per operator, WALLET_<OPERATOR>_PASSWORD, WALLET_<OPERATOR>_CALLBACK_SECRET and, to ask for it, _API_KEY,
_SIGNING_SECRET, _DATE_WINDOW_S, _MAKER_CHECKER; _ANSWERS_LATER=0 answers at once whoever gives no callback
URL; _APPROVER_USER and _APPROVER_PASSWORD are who approves.
"""

import environ
from django.core.exceptions import ImproperlyConfigured

from payments.simulator.operators import OPERATORS, Credentials

env = environ.Env()

DEBUG = env.bool("SIMULATOR_DEBUG", default=True)
if not DEBUG and not env.bool("SIMULATOR_ALLOWED", default=False):
    raise ImproperlyConfigured(
        "The wallet operator is a simulator: its money is not real and its control panel has no password. "
        "With SIMULATOR_DEBUG=0 it starts only if you also set SIMULATOR_ALLOWED=1."
    )
if not env("WALLET_DATABASE_URL", default=""):
    raise ImproperlyConfigured(
        "WALLET_DATABASE_URL is not set. The wallet operator keeps its books in a database of its own: set "
        "it to postgres://user:password@host:5432/name, or start everything with `make run`."
    )

SECRET_KEY = env("SECRET_KEY", default="" if not DEBUG else "only-for-a-simulated-wallet-operator")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. With SIMULATOR_DEBUG=0 set it to 50 random characters."
    )
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"] if DEBUG else [])
ROOT_URLCONF = "payments.simulator.urls"
ASGI_APPLICATION = "payments.simulator.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = False  # GSMA's paths have no slash at the end

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "payments.ledger",
    "payments.simulator",
    "payments.simulator.bank",
    "payments.simulator.vnpay",
    "payments.simulator.telecom",
    "payments.simulator.carrier",
    "payments.simulator.stripe",
]
MIDDLEWARE = [
    "payments.tracing.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]

DATABASES = {"default": env.db_url("WALLET_DATABASE_URL")}
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": 16, "timeout": 20}
# A statement that a connection sees for the third time is prepared: planning the large joins costs more
# than running them.
DATABASES["default"]["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": 2}

# A PIN has six digits: no hash hides it for long, three tries and a lock do. So the hash may be cheap.
PASSWORD_HASHERS = ["payments.simulator.wallets.PinHasher"]

LANGUAGE_CODE = "vi"
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = USE_TZ = True

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # a handful of small files: no collectstatic
WHITENOISE_AUTOREFRESH = DEBUG

# The shop's account at each operator: (operator, organisationid) -> credentials.
MERCHANT_NAME = "Chợ Mường Then"
MERCHANT_CREDENTIALS = {
    (operator, env(f"WALLET_{operator.upper()}_USER", default="muongthen")): Credentials(
        password=env(f"WALLET_{operator.upper()}_PASSWORD", default=f"demo-{operator}-password"),
        callback_secret=env(
            f"WALLET_{operator.upper()}_CALLBACK_SECRET",
            default=f"demo-{operator}-callback-secret-of-32-bytes",
        ),
        api_key=env(f"WALLET_{operator.upper()}_API_KEY", default=""),
        signing_secret=env(f"WALLET_{operator.upper()}_SIGNING_SECRET", default=""),
        date_window_s=env.int(f"WALLET_{operator.upper()}_DATE_WINDOW_S", default=0),
        needs_checker=env.bool(f"WALLET_{operator.upper()}_MAKER_CHECKER", default=False),
        answers_later=env.bool(f"WALLET_{operator.upper()}_ANSWERS_LATER", default=True),
    )
    for operator in OPERATORS
}
# A second credential of the shop at each operator, for whoever approves what the first one made.
APPROVER_CREDENTIALS = {
    (operator, env(f"WALLET_{operator.upper()}_APPROVER_USER", default="muongthen-approver")): Credentials(
        password=env(
            f"WALLET_{operator.upper()}_APPROVER_PASSWORD", default=f"demo-{operator}-approver-password"
        ),
        organisation=env(f"WALLET_{operator.upper()}_USER", default="muongthen"),
        api_key=env(f"WALLET_{operator.upper()}_API_KEY", default=""),
        signing_secret=env(f"WALLET_{operator.upper()}_SIGNING_SECRET", default=""),
        date_window_s=env.int(f"WALLET_{operator.upper()}_DATE_WINDOW_S", default=0),
    )
    for operator in OPERATORS
}

# The sandboxes of a bank, a payment gateway and a mobile network, and whom they tell.
SHOP_URL = env("PUBLIC_BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
SANDBOX_BANK = {
    "bin": "970000",  # no bank's
    "name": "Ngân hàng mô phỏng",
    "account": env("VIETQR_ACCOUNT", default="190300112233"),
    "holder": env("VIETQR_HOLDER", default="CHO MUONG THEN"),
    "api_key": env("VIETQR_API_KEY", default="demo-bank-api-key"),
    "notice_secret": env("VIETQR_NOTICE_SECRET", default="demo-bank-notice-secret-of-32-bytes"),
    "notice_url": env("SANDBOX_BANK_NOTICE_URL", default=f"{SHOP_URL}/payments/callbacks/vietqr/"),
}
SANDBOX_VNPAY = {
    "tmn_code": env("VNPAY_TMN_CODE", default="MUONGTHN"),
    "hash_secret": env("VNPAY_HASH_SECRET", default="DEMOVNPAYHASHSECRETOF32CHARACTER"),
    "merchant": MERCHANT_NAME,
    "ipn_url": env("SANDBOX_VNPAY_IPN_URL", default=f"{SHOP_URL}/payments/callbacks/vnpay/"),
}
# The mobile network: the shop's numbers on it, and where what is sent to them goes.
SANDBOX_TELECOM = {
    "short_code": env("SMS_SHORT_CODE", default="8138"),
    "ussd_code": env("USSD_CODE", default="*138#"),
    "secret": env("SMS_GATEWAY_SECRET", default="demo-sms-gateway-secret-of-32-bytes"),
    "sms_url": env("SANDBOX_SMS_URL", default=f"{SHOP_URL}/sms/inbound/"),
    "ussd_url": env("SANDBOX_USSD_URL", default=f"{SHOP_URL}/ussd/"),
}
# The carrier: what it signs with, and where it tells the shop of parcels.
SANDBOX_CARRIER = {
    "secret": env("CARRIER_SECRET", default="demo-carrier-secret-of-32-bytes!"),
    "url": env("SANDBOX_CARRIER_URL", default=f"{SHOP_URL}/delivery/carriers/express/events/"),
}
SANDBOX_STRIPE = {
    "name": MERCHANT_NAME,
    "key": "sk_test_demo_muongthen",
    "webhook_url": f"{SHOP_URL}/payments/callbacks/stripe/",
    "webhook_secret": "whsec_demo_muongthen",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "payments.tracing.RequestIdFilter"}},
    "formatters": {"line": {"format": "%(levelname)s %(name)s [%(request_id)s] %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"httpx": {"level": "WARNING"}, "django.request": {"level": "ERROR"}},
}
