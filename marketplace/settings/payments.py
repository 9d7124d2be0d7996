"""How money comes in: the providers and what opens them."""

from typing import Any

import environ
from django.utils.translation import gettext_lazy as _

env = environ.Env()

# How long a placed order keeps its goods and nights while the buyer pays.
ORDER_HOLD_MINUTES = env.int("ORDER_HOLD_MINUTES", default=15)
# Where a provider reaches us with its callbacks.
PUBLIC_BASE_URL = env("PUBLIC_BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
# Where a payer comes back to from a provider's page.
PAYMENT_PAGE = "/payments/{intent_id}/"
WALLET_BASE_URL = env("WALLET_BASE_URL", default="http://127.0.0.1:8100")
# Where the demonstration's handsets are; empty where the phones are real.
HANDSET_URL = ""
BANK_APP_URL = ""
WALLET_CREDENTIALS = {
    # The merchant account at each operator: API user, API password, callback signing secret.
    operator: {
        "user": env(f"WALLET_{operator.upper()}_USER", default="muongthen"),
        "password": env(f"WALLET_{operator.upper()}_PASSWORD", default=""),
        "callback_secret": env(f"WALLET_{operator.upper()}_CALLBACK_SECRET", default=""),
    }
    for operator in ("viettel", "vnpt", "mobifone")
}
PAYMENT_PROVIDERS: dict[str, dict[str, Any]] = {
    operator: {
        "class": "payments.providers.wallet.WalletProvider",
        "label": label,
        "options": {
            "base_url": f"{WALLET_BASE_URL}/{operator}/v1.2/mm",
            "timeout_s": 10.0,
            **WALLET_CREDENTIALS[operator],
        },
    }
    for operator, label in (
        ("viettel", "Viettel Money"),
        ("vnpt", "VNPT Money"),
        ("mobifone", "MobiFone Money"),
    )
}
# Cards, where there is an account at Stripe. Without a base it is Stripe itself.
STRIPE_API_KEY = env("STRIPE_API_KEY", default="")
if STRIPE_API_KEY:
    PAYMENT_PROVIDERS["stripe"] = {
        "class": "payments.providers.stripe.StripeProvider",
        "label": _("International card (Stripe)"),
        "options": {
            "api_key": STRIPE_API_KEY,
            "api_base": env("STRIPE_API_BASE", default=""),
            "webhook_secret": env("STRIPE_WEBHOOK_SECRET", default=""),
            "timeout_s": 10.0,
        },
        # docs.stripe.com/currencies: at least about 0.50 USD, at most eight digits.
        "limits": {"min_vnd": 15_000, "max_vnd": 99_999_999},
    }
# Bank transfers by code, where the bank has an API for the statement and for transfers back.
VIETQR: dict[str, Any] = {
    "class": "payments.providers.vietqr.VietQRProvider",
    "label": _("Bank transfer by VietQR code"),
    "options": {
        "base_url": env("VIETQR_BASE_URL", default=""),
        "bank_bin": env("VIETQR_BANK_BIN", default=""),
        "bank_name": env("VIETQR_BANK_NAME", default=""),
        "account": env("VIETQR_ACCOUNT", default=""),
        "holder": env("VIETQR_HOLDER", default=""),
        "api_key": env("VIETQR_API_KEY", default=""),
        "notice_secret": env("VIETQR_NOTICE_SECRET", default=""),
        "timeout_s": 10.0,
    },
    # NAPAS 24/7 moves less than 500 million at once (launch of VietQR, 15 June 2021), and banks no less
    # than 2,000.
    "limits": {"min_vnd": 2_000, "max_vnd": 499_999_999},
}
if VIETQR["options"]["api_key"]:
    PAYMENT_PROVIDERS["vietqr"] = VIETQR
# A redirect gateway for the cards and accounts of the country's banks.
VNPAY: dict[str, Any] = {
    "class": "payments.providers.vnpay.VnpayProvider",
    "label": _("Bank card or account (VNPAY)"),
    "options": {
        "base_url": env("VNPAY_BASE_URL", default=""),
        "tmn_code": env("VNPAY_TMN_CODE", default=""),
        "hash_secret": env("VNPAY_HASH_SECRET", default=""),
        "timeout_s": 10.0,
    },
    # VNPAY refuses what is not from 5,000 to below 1,000,000,000.
    "limits": {"min_vnd": 5_000, "max_vnd": 999_999_999},
}
if VNPAY["options"]["hash_secret"]:
    PAYMENT_PROVIDERS["vnpay"] = VNPAY
# Counted by the post when it hands the parcel over; never more than a till should hold.
PAYMENT_PROVIDERS["cash"] = {
    "class": "payments.providers.cash.CashProvider",
    "label": _("Cash at a post office"),
    "limits": {"max_vnd": 5_000_000},
    "needs": "post_office",
}
