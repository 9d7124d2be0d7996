"""What keeps attackers out: what a page may load, who may guess how often, and the second factor.

What each line is for, and the test that holds it, stands in docs/security.md.
"""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONCE, NONE, SELF

env = environ.Env()

# --- What a page may load (Content-Security-Policy) ----------------------------------------------
# Pictures may lie in a storage of their own; nothing else comes from anywhere but the shop.
_media = urlsplit(env("MEDIA_URL", default="/media/"))
_pictures = [f"{_media.scheme}://{_media.netloc}"] if _media.netloc else []
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        # data: placeholders and codes drawn by the server. blob: a photo before it is sent.
        "img-src": [SELF, "data:", "blob:", *_pictures],
        "font-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
# Oscar's dashboard, for administrators only: its one script stands in the page, and its tables and its
# editor of texts bring styles along. Its scripts carry the number of the answer they came in.
DASHBOARD_POLICY = {
    "script-src": [NONCE],
    "style-src": ["'unsafe-inline'"],
    "frame-src": [SELF],  # the editor of texts
}

# --- What a browser may do and tell --------------------------------------------------------------
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Addresses hold secrets (the key of an order): other sites learn the name of ours at most.
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
# The camera reads codes at the door and at the post; nothing else of a phone is asked for.
PERMISSIONS_POLICY = {
    "accelerometer": "()",
    "camera": "(self)",
    "display-capture": "()",
    "geolocation": "()",
    "gyroscope": "()",
    "microphone": "()",
    "payment": "()",
    "usb": "()",
}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# Signed in for two weeks from the last change.
SESSION_COOKIE_AGE = 14 * 24 * 3600

# --- Guessing passwords (django-axes) ------------------------------------------------------------
AXES_HANDLER = "marketplace.accounts.guessing.Guesses"
AXES_FAILURE_LIMIT = 20  # wrong passwords for one number, from wherever they come
# A network may be a whole valley behind one address.
LOGIN_FAILURES_OF_A_NETWORK = env.int("LOGIN_FAILURES_OF_A_NETWORK", default=200)
# Known numbers somebody may try to register in an hour, from one network: else it says who has an account.
REGISTRATIONS_OF_A_NETWORK = 30
AXES_COOLOFF_TIME = timedelta(hours=1)
# Else somebody who goes on guessing would keep the owner out for ever.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_PARAMETERS = ["username"]
# That networks are not counted, says the check; the handler counts them, with a number of their own.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "marketplace.accounts.guessing.known_as"
AXES_LOCKOUT_CALLABLE = "marketplace.accounts.guessing.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # who came in is kept with the sessions alone
AXES_SENSITIVE_PARAMETERS = ["username", "phone", "password", "next"]
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# --- The second factor (allauth.mfa) -------------------------------------------------------------
MFA_ADAPTER = "marketplace.accounts.second_factor.Adapter"
MFA_FORMS = {
    "authenticate": "marketplace.accounts.second_factor.CodeForm",
    "reauthenticate": "marketplace.accounts.second_factor.AgainForm",
    "activate_totp": "marketplace.accounts.second_factor.ActivateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Mường Then"
MFA_TOTP_TOLERANCE = 1  # clocks of phones are half a minute off
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Officials and administrators see no page before they have one. On in production.
MFA_REQUIRED = env.bool("MFA_REQUIRED", default=False)
# How long what was just shown to be yours may be changed without showing it again.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
