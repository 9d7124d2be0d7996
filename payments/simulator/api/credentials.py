"""How callers prove who they are: HTTP Basic, OAuth2 client credentials, an API key, a hash of the body."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from payments.compiled import compiled
from payments.simulator.errors import ClientNotAuthorised, MalformedValue
from payments.simulator.models import Merchant
from payments.simulator.operators import OPERATORS, Credentials

TOKEN_LIFE_S = 3600
_SALT = "payments.simulator.oauth"


@method_decorator(csrf_exempt, name="dispatch")
class TokenView(View):
    """POST ``grant_type=client_credentials``: a bearer token. Answers and errors as in RFC 6749."""

    def post(self, request: HttpRequest, operator: str = "") -> HttpResponse:
        if request.POST.get("grant_type") != "client_credentials":
            return _no_token("unsupported_grant_type", status=400)
        user, password = _basic(request) or (
            request.POST.get("client_id", ""),
            request.POST.get("client_secret", ""),
        )
        known = [code for code in OPERATORS if operator in ("", code) and _is_right(code, user, password)]
        if not known:
            refusal = _no_token("invalid_client", status=401)
            refusal["WWW-Authenticate"] = 'Basic realm="mm", charset="UTF-8"'
            return refusal
        token = signing.dumps([known[0], user], salt=_SALT)
        answer = JsonResponse({"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_LIFE_S})
        answer["Cache-Control"] = "no-store"
        return answer


@dataclass(frozen=True)
class Caller:
    """Who calls: an organisation, by one of its credentials."""

    merchant: Merchant
    user: str
    credentials: Credentials


def authenticate(request: HttpRequest, *, operator: str) -> Caller:
    """Return who calls. Raises ClientNotAuthorised for whatever reason."""
    user = _bearer(request, operator=operator)
    if user is None:
        basic = _basic(request)
        if basic is None or not _is_right(operator, *basic):
            raise ClientNotAuthorised
        user = basic[0]
    wanted = _credentials(operator, user)
    api_key = request.headers.get("X-API-Key", "")
    if wanted is None or (wanted.api_key and not _same(wanted.api_key, api_key)):
        raise ClientNotAuthorised
    (merchant,) = _merchants(operator, wanted.organisation or user)
    return Caller(merchant, user, wanted)


@compiled
def _merchants(operator: str, identifier: str) -> QuerySet[Merchant]:
    return Merchant.objects.filter(operator=operator, identifier=identifier)


def needs_checker(merchant: Merchant) -> bool:
    """Return whether what one credential of ``merchant`` makes is to be approved by another."""
    own = _credentials(merchant.operator, merchant.identifier)
    return own is not None and own.needs_checker


def answers_later(merchant: Merchant) -> bool:
    """Return whether ``merchant`` is to poll for what could be answered at once."""
    own = _credentials(merchant.operator, merchant.identifier)
    return own is not None and own.answers_later


def check_content(request: HttpRequest) -> None:
    """Raise MalformedValue if X-Content-Hash was sent and is not the SHA-256 of the body."""
    claimed = request.headers.get("X-Content-Hash", "")
    if claimed and not _same(hashlib.sha256(request.body).hexdigest(), claimed.lower()):
        raise MalformedValue("X-Content-Hash", wanted="the SHA-256 of the body in hexadecimal digits")


def _bearer(request: HttpRequest, *, operator: str) -> str | None:
    """Return the user a bearer token was given to, None without one. Raises ClientNotAuthorised."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    try:
        issued_at, user = signing.loads(token, salt=_SALT, max_age=TOKEN_LIFE_S)
    except signing.BadSignature as error:
        raise ClientNotAuthorised from error
    if issued_at != operator:
        raise ClientNotAuthorised
    return str(user)


def _basic(request: HttpRequest) -> tuple[str, str] | None:
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return user, password


def _is_right(operator: str, user: str, password: str) -> bool:
    wanted = _credentials(operator, user)
    return wanted is not None and _same(wanted.password, password)


def _credentials(operator: str, user: str) -> Credentials | None:
    credentials: dict[tuple[str, str], Credentials] = settings.APPROVER_CREDENTIALS
    return (credentials | settings.MERCHANT_CREDENTIALS).get((operator, user))


def _same(wanted: str, given: str) -> bool:
    return hmac.compare_digest(wanted.encode(), given.encode())


def _no_token(error: str, *, status: int) -> JsonResponse:
    return JsonResponse({"error": error}, status=status)
