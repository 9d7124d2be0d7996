"""Settings every environment shares. What differs is read from the environment (see .env.example)."""

from pathlib import Path
from typing import Any

import environ
from django.utils.translation import gettext_lazy as _
from kombu import Queue
from oscar import defaults
from oscar.defaults import *  # noqa: F403

from .logs import *  # noqa: F403
from .payments import *  # noqa: F403
from .rest import *  # noqa: F403
from .schedule import CELERY_BEAT_SCHEDULE  # noqa: F401
from .security import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = BASE_DIR / "var"

env = environ.Env()

SECRET_KEY = env("SECRET_KEY", default="")
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_ID = 1
# The province whose map the pages open with, by its code (places.Province).
PROVINCE = env("PROVINCE", default="11")
# Who names it may read /metrics from another machine; without it only this machine may.
METRICS_TOKEN = env("METRICS_TOKEN", default="")
# Statements that take longer, in milliseconds, are logged without their values; 0: none.
SLOW_QUERY_MS = env.int("SLOW_QUERY_MS", default=500)
ROOT_URLCONF = "marketplace.urls"
ASGI_APPLICATION = "marketplace.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sites",
    "django.contrib.sitemaps",
    "django.contrib.flatpages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    # Ours, in the order of the house: whatever stands lower is listed first.
    "frontend",
    "marketplace.accounts",
    "marketplace.places",
    "marketplace.switches",
    "marketplace.sellers",
    "marketplace.sellers.vocabulary",
    "marketplace.messaging",
    "marketplace.delivery",
    "agriculture",
    "agriculture.harvests",
    "agriculture.trace",
    "tourism",
    "tourism.sights",
    "tourism.tours",
    "tourism.calendars",
    "tourism.desk",
    "tourism.octo",
    "tourism.closures",
    "marketplace.statistics",
    "marketplace.statistics.releases",
    "marketplace.settlement",
    "marketplace.fulfilment",
    "marketplace.api",
    "marketplace.counter",
    "marketplace.packages",
    "marketplace.board",
    "marketplace.departments",
    "marketplace.joining",
    "marketplace.listing",
    "marketplace.packing",
    "marketplace.keypad",
    "marketplace.regulars",
    "marketplace.indicators",
    "marketplace.copies",
    "marketplace.operations",
    "marketplace.demo",
    "payments",
    "payments.ledger",
    # Oscar. The apps in marketplace.shop override classes only and keep Oscar's own migrations.
    "marketplace.shop.apps.ShopConfig",
    "marketplace.shop.apps.AnalyticsConfig",
    "marketplace.shop.checkout.apps.CheckoutConfig",
    "oscar.apps.address.apps.AddressConfig",
    "oscar.apps.shipping.apps.ShippingConfig",
    "marketplace.shop.catalogue.apps.CatalogueConfig",
    "oscar.apps.catalogue.reviews.apps.CatalogueReviewsConfig",
    "oscar.apps.communication.apps.CommunicationConfig",
    "marketplace.shop.partner.apps.PartnerConfig",
    "marketplace.shop.basket.apps.BasketConfig",
    "oscar.apps.payment.apps.PaymentConfig",
    "marketplace.shop.offer.apps.OfferConfig",
    "marketplace.shop.order.apps.OrderConfig",
    "marketplace.shop.customer.apps.CustomerConfig",
    "oscar.apps.search.apps.SearchConfig",
    "oscar.apps.voucher.apps.VoucherConfig",
    "oscar.apps.wishlists.apps.WishlistsConfig",
    "marketplace.shop.dashboard.apps.DashboardConfig",
    "oscar.apps.dashboard.reports.apps.ReportsDashboardConfig",
    "oscar.apps.dashboard.users.apps.UsersDashboardConfig",
    "oscar.apps.dashboard.orders.apps.OrdersDashboardConfig",
    "oscar.apps.dashboard.catalogue.apps.CatalogueDashboardConfig",
    "oscar.apps.dashboard.offers.apps.OffersDashboardConfig",
    "oscar.apps.dashboard.partners.apps.PartnersDashboardConfig",
    "oscar.apps.dashboard.pages.apps.PagesDashboardConfig",
    "oscar.apps.dashboard.ranges.apps.RangesDashboardConfig",
    "oscar.apps.dashboard.reviews.apps.ReviewsDashboardConfig",
    "oscar.apps.dashboard.vouchers.apps.VouchersDashboardConfig",
    "oscar.apps.dashboard.communications.apps.CommunicationsDashboardConfig",
    "oscar.apps.dashboard.shipping.apps.ShippingDashboardConfig",
    # After everything it keeps the history of.
    "marketplace.history",
    "widget_tweaks",
    "haystack",
    "treebeard",
    "django_tables2",
    # Libraries
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "channels",
    "pgtrigger",
    "pghistory",
    "django_htmx",
    "phonenumber_field",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "payments.tracing.RequestIdMiddleware",
    "marketplace.operations.watch.WatchMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "frontend.installed.ReaderMiddleware",
    "marketplace.headers.PermissionsPolicyMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "frontend.compression.CompressionMiddleware",
    # What is kept ready is given out before anything below looks at who asks.
    "marketplace.copies.middleware.CopyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "frontend.middleware.ChosenLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "marketplace.operations.maintenance.MaintenanceMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "marketplace.shop.basket.middleware.BasketMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "marketplace.accounts.second_factor.SecondFactorMiddleware",
    "marketplace.history.context.HistoryMiddleware",
    "marketplace.replicas.WroteMiddleware",
    "marketplace.board.middleware.LooksMiddleware",
    # The last: it answers instead of the view when a guess was one too many.
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "frontend" / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "oscar.core.context_processors.metadata",
                "frontend.context_processors.shell",
            ],
            # Also in development: Oscar's pages are made of dozens of partials.
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]

# PostgreSQL everywhere. Under ASGI every request runs in a thread of its own, so connections are
# pooled per process instead of kept per thread.
DATABASES = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": 16, "timeout": 20}
# A statement that a connection sees for the third time is prepared: planning the large joins costs more
# than running them.
DATABASES["default"]["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": 2}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
# Behind a pooler that may give each transaction another connection: nothing that outlives a transaction may
# be asked of one.
if env.bool("DATABASE_POOLED", default=False):
    DATABASES["default"]["OPTIONS"]["prepare_threshold"] = None
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
# Where reads go that may be a moment old (marketplace.replicas).
if env("DATABASE_REPLICA_URL", default=""):
    DATABASES["replica"] = DATABASES["default"] | env.db_url("DATABASE_REPLICA_URL")
    DATABASES["replica"]["ENGINE"] = DATABASES["default"]["ENGINE"]
    DATABASES["replica"]["OPTIONS"] = DATABASES["default"]["OPTIONS"] | DATABASES["replica"]["OPTIONS"]
    DATABASE_ROUTERS = ["marketplace.replicas.ReplicaRouter"]

# Oscar's tables come from Oscar's own migrations, though our packages subclass the classes.
MIGRATION_MODULES = {
    "basket": "oscar.apps.basket.migrations",
    "catalogue": "oscar.apps.catalogue.migrations",
    "customer": "oscar.apps.customer.migrations",
    "offer": "oscar.apps.offer.migrations",
    "order": "oscar.apps.order.migrations",
    "partner": "oscar.apps.partner.migrations",
}

REDIS_URL = env("REDIS_URL").rstrip("/")
# Parts what several shops, or a test run beside a shop, keep in one Valkey.
CACHE_PREFIX = env("CACHE_PREFIX", default="shop")
CACHES = {
    "default": {
        "BACKEND": "marketplace.cache_backend.ForgivingRedisCache",
        "LOCATION": f"{REDIS_URL}/1",
        "KEY_PREFIX": CACHE_PREFIX,
    }
}
# How long a finished page is kept for everybody where nothing it shows changes; 0 keeps none.
COPIES_KEPT_S = env.int("COPIES_KEPT_S", default=300)
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [f"{REDIS_URL}/2"], "prefix": CACHE_PREFIX},
    }
}

CELERY_BROKER_URL = f"{REDIS_URL}/0"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A task a dead worker had taken comes back after this many seconds; sweeps look earlier.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 300, "global_keyprefix": f"{CACHE_PREFIX}:"}
# By urgency: what may take minutes never stands before a payment. A worker serves all queues unless it is
# told which (celery worker -Q money).
CELERY_TASK_QUEUES = [Queue("money"), Queue("celery"), Queue("slow")]
CELERY_TASK_DEFAULT_QUEUE = "celery"
CELERY_TASK_ROUTES = {
    "payments.*": {"queue": "money"},
    "marketplace.fulfilment.*": {"queue": "money"},
    "marketplace.listing.*": {"queue": "slow"},
    "marketplace.statistics.releases.*": {"queue": "slow"},
}
# Where several schedulers run, one works and the others wait for its lock to run out.
REDBEAT = {
    "redbeat_redis_url": f"{REDIS_URL}/0",
    "redbeat_redis_options": {},
    "redbeat_key_prefix": f"{CACHE_PREFIX}:redbeat:",
    "redbeat_lock_timeout": 30,
}
CELERY_BEAT_MAX_LOOP_INTERVAL = 3
CELERY_TIMEZONE = "Asia/Ho_Chi_Minh"
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # lets nobody in: refuses who guesses
    "marketplace.accounts.backends.PhoneBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Coming in by a code to one's telephone; passwords stay beside it, by Oscar's pages.
ACCOUNT_ADAPTER = "marketplace.joining.adapter.PhoneAdapter"
ACCOUNT_LOGIN_METHODS = {"phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PHONE_VERIFICATION_ENABLED = False  # who signs in by password need not have the phone at hand
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = 3
# A network may be a whole valley behind one address; how often a number is rung stands in joining.codes.
ACCOUNT_RATE_LIMITS = {"request_login_code": "60/h/ip"}
LOGIN_URL = "customer:login"
LOGIN_REDIRECT_URL = "home"

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "frontend" / "locale"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = USE_TZ = True
PHONENUMBER_DEFAULT_REGION = "VN"
PHONENUMBER_DB_FORMAT = "E164"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
# The second is made of npm packages by marketplace.local.assets; it may lack what could not be had.
ASSETS_DIR = VAR_DIR / "assets"
STATICFILES_DIRS = [BASE_DIR / "frontend" / "static", *([ASSETS_DIR] if ASSETS_DIR.is_dir() else [])]
MEDIA_URL = env("MEDIA_URL", default="/media/")
MEDIA_ROOT = VAR_DIR / "media"
# Photos as phones sent them, until the worker has made pictures of them. Never served.
UPLOADS_ROOT = VAR_DIR / "uploads"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "uploads": {"BACKEND": "marketplace.listing.storage.Uploads"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# --- Oscar -----------------------------------------------------------------------------------
OSCAR_SHOP_NAME = "Mường Then"
OSCAR_SHOP_TAGLINE = _("The market of Điện Biên")
OSCAR_HOMEPAGE = "/"
OSCAR_DEFAULT_CURRENCY = "VND"
OSCAR_CURRENCY_FORMAT = {"VND": {"format": "#,##0\xa0¤"}}
OSCAR_CURRENCY_LOCALE = "vi_VN"
OSCAR_OFFER_ROUNDING_FUNCTION = "marketplace.shop.rounding.whole_dong"
OSCAR_ALLOW_ANON_CHECKOUT = True
OSCAR_ALLOW_GUEST_CHECKOUT_WITH_ACCOUNT = True
OSCAR_REQUIRED_ADDRESS_FIELDS = ("first_name", "line1")
OSCAR_DELETE_IMAGE_FILES = False
OSCAR_THUMBNAILER = "frontend.thumbnails.RenditionThumbnailer"
OSCAR_SEND_REGISTRATION_EMAIL = False
OSCAR_INITIAL_ORDER_STATUS = "awaiting-payment"
OSCAR_INITIAL_LINE_STATUS = "awaiting-payment"
OSCAR_ORDER_STATUS_PIPELINE = {
    "awaiting-payment": ("on-handover", "paid", "cancelled"),
    "on-handover": ("paid", "cancelled"),  # cash, when the goods are handed over
    "paid": ("refunded",),
    # The money came after the hold had ended, or is asked for again, and all was still free.
    "cancelled": ("paid", "awaiting-payment"),
    "refunded": (),
}
OSCAR_LINE_STATUS_PIPELINE = OSCAR_ORDER_STATUS_PIPELINE
# The dashboard shows what the shop has (see marketplace.shop.dashboard.apps.ABSENT).
_ABSENT_PAGES = {
    f"dashboard:{name}"
    for name in (
        "page-list",
        "comms-list",
        "reviews-list",
        "user-alert-list",
    )
}
OSCAR_DASHBOARD_NAVIGATION: list[dict[str, Any]] = [
    part | {"children": [page for page in part.get("children", []) if page["url_name"] not in _ABSENT_PAGES]}
    for part in defaults.OSCAR_DASHBOARD_NAVIGATION
]
# Oscar's own search is not in any request's path; haystack only has to be importable.
HAYSTACK_SIGNAL_PROCESSOR = "haystack.signals.BaseSignalProcessor"  # which indexes nothing
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}

# --- Calendars of stays ----------------------------------------------------------------------
# Hosts type the addresses of other sites' calendars: these names may be asked though they are not public.
CALENDAR_HOSTS_TRUSTED = env.list("CALENDAR_HOSTS_TRUSTED", default=[])
# How long a host may think about a guest's request, and the guest then take to pay.
REQUEST_ANSWER_HOURS = env.int("REQUEST_ANSWER_HOURS", default=24)
REQUEST_PAY_HOURS = env.int("REQUEST_PAY_HOURS", default=12)

# --- Messages to telephones --------------------------------------------------------------------
# One sender for each channel; by default the wallet operator's simulator, whose handset shows them.
_MESSAGES: dict[str, Any] = {
    "url": env("MESSAGES_URL", default=f"{WALLET_BASE_URL}/sim/sms/"),
    "sender_name": env("MESSAGES_FROM", default="MuongThen"),
    "token": env("MESSAGES_TOKEN", default=""),
    "timeout_s": 10.0,
}
MESSAGE_SENDERS: dict[str, dict[str, Any]] = {
    "sms": {"class": "marketplace.messaging.senders.http.HttpSender", "options": _MESSAGES},
    "voice": {
        "class": "marketplace.messaging.senders.http.HttpSender",
        "options": _MESSAGES | {"voice": True},
    },
    "email": {"class": "marketplace.messaging.senders.email.EmailSender"},
    "push": {
        "class": "marketplace.messaging.senders.push.PushSender",
        "options": {
            "contact": env("PUSH_CONTACT", default="mailto:muongthen@localhost.localdomain"),
            "timeout_s": 10.0,
        },
    },
}
# The key that notices to browsers are sent with (32 bytes, base64url); without one it is made of SECRET_KEY.
VAPID_PRIVATE_KEY = env("VAPID_PRIVATE_KEY", default="")
# Hosts beside the makers of browsers that notices may be sent to, with their port.
PUSH_HOSTS_TRUSTED = env.list("PUSH_HOSTS_TRUSTED", default=[])

# --- E-mail: reports to officials. Without EMAIL_URL nothing is sent, and none is offered ----------
vars().update(env.email_url("EMAIL_URL", default="dummymail://"))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("EMAIL_FROM", default="Mường Then <muongthen@localhost>")
# Names of the state's own network that may be told of releases though they are not public.
WEBHOOK_HOSTS_TRUSTED = env.list("WEBHOOK_HOSTS_TRUSTED", default=[])

# Signs the releases of figures (Ed25519, 64 hexadecimal digits); without one the key is made of SECRET_KEY.
RELEASE_SIGNING_KEY = env("RELEASE_SIGNING_KEY", default="")
RELEASE_FORMER_KEYS = env.list("RELEASE_FORMER_KEYS", default=[])  # public keys of releases before

# Who carries parcels to other provinces; without a secret nobody does, and it is noted by hand.
CARRIERS: dict[str, Any] = {}
CARRIER_SECRET = env("CARRIER_SECRET", default="")
CARRIER_URL = env("CARRIER_URL", default=f"{WALLET_BASE_URL}/sim/carrier/")
if CARRIER_SECRET:
    CARRIERS["express"] = {
        "class": "marketplace.delivery.carriers.http.HttpCarrier",
        "options": {"base_url": CARRIER_URL, "secret": CARRIER_SECRET, "timeout_s": 10.0},
    }

# What comes from telephones: the numbers people write to and dial, and what their operator signs with.
PHONE_GATEWAY = {
    "secret": env("SMS_GATEWAY_SECRET", default=""),
    "short_code": env("SMS_SHORT_CODE", default="8138"),
    "ussd_code": env("USSD_CODE", default="*138#"),
}
