"""The bank's API for holders of accounts: JSON, opened by ``Authorization: Bearer KEY``."""

import hmac
import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from payments.money import AMOUNT_VND_MAX
from payments.simulator import faults
from payments.simulator.bank import services
from payments.simulator.bank.errors import BankError, InvalidRequest, TransferNotFound, Unauthorized
from payments.simulator.bank.models import BankAccount, Movement
from payments.simulator.bank.shapes import movement_object

PAGE_MAX = 200


@method_decorator(csrf_exempt, name="dispatch")
class BankView(View):
    """Turns what is refused into ``{"code", "message"}``."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except BankError as error:
            return JsonResponse({"code": error.code, "message": str(error)}, status=error.status)


@method_decorator(csrf_exempt, name="dispatch")
class ApiView(BankView):
    """Opens the account of the path, and lets the plan of faults for ``bank`` break the answer."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        draw = faults.draw_next("bank")
        broken = JsonResponse({"code": "", "message": "The plan of faults broke this answer."}, status=500)
        if draw.happens("error_before_commit"):
            return broken
        answer = super().dispatch(request, *args, **kwargs)
        return broken if draw.happens("error_after_commit") else answer

    def account(self, number: str) -> BankAccount:
        bank = settings.SANDBOX_BANK
        given = self.request.headers.get("Authorization", "").removeprefix("Bearer ")
        if number != bank["account"] or not hmac.compare_digest(given.encode(), bank["api_key"].encode()):
            raise Unauthorized
        return services.find_account(number)


class MovementsView(ApiView):
    """GET ``?from=&to=&direction=in|out&after=&limit=``: what moved from ``from`` until before ``to``.

    Oldest first. ``next`` is the ``after`` of the next page, null on the last.
    """

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        account = self.account(number)
        sides = {"": Q(source=account) | Q(target=account), "in": Q(target=account), "out": Q(source=account)}
        side = sides.get(request.GET.get("direction", ""))
        if side is None:
            raise InvalidRequest("direction must be in, out or absent.")
        found = Movement.objects.filter(side).select_related("source", "target", "return_of")
        if "from" in request.GET:
            found = found.filter(booked_at__gte=_moment(request, "from"))
        if "to" in request.GET:
            found = found.filter(booked_at__lt=_moment(request, "to"))
        limit = _number(request, "limit", default=50, most=PAGE_MAX)
        rows = list(found.filter(pk__gt=_number(request, "after", default=0)).order_by("pk")[: limit + 1])
        page = rows[:limit]
        return JsonResponse({
            "movements": [movement_object(movement, account=account) for movement in page],
            "next": str(page[-1].pk) if len(rows) > limit else None,
        })  # fmt: skip


class TransfersView(ApiView):
    """POST ``{to_account | return_of, amount_vnd, note}`` with ``Idempotency-Key``, a UUID: pay out.

    201 and the movement; 409 if the key was used before, whatever for; 422 if the money cannot go.
    """

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        account = self.account(number)
        values = read_body(request)
        key = read_uuid(request.headers.get("Idempotency-Key", ""), name="Idempotency-Key")
        amount_vnd, note = read_amount(values), read_text(values, "note", default="")
        now = timezone.now()
        if "return_of" in values:
            movement = services.give_back(
                account=account,
                reference=read_text(values, "return_of"),
                amount_vnd=amount_vnd,
                note=note,
                key=key,
                now=now,
            )
        else:
            movement = services.transfer(
                source=account,
                to_number=read_text(values, "to_account"),
                amount_vnd=amount_vnd,
                note=note,
                key=key,
                now=now,
            )
        return JsonResponse(movement_object(movement, account=account), status=201)


class TransferView(ApiView):
    """GET: what became of the transfer that was asked for under a key."""

    def get(self, request: HttpRequest, number: str, key: uuid.UUID) -> HttpResponse:
        account = self.account(number)
        found = Movement.objects.select_related("source", "target", "return_of")
        movement = found.filter(source=account, idempotency_key=key).first()
        if movement is None:
            raise TransferNotFound(str(key))
        return JsonResponse(movement_object(movement, account=account))


def read_body(request: HttpRequest) -> Mapping[str, Any]:
    try:
        values = json.loads(request.body or b"{}")
    except ValueError as error:
        raise InvalidRequest("The body is not JSON.") from error
    if not isinstance(values, dict):
        raise InvalidRequest("The body must be a JSON object.")
    return values


def read_text(values: Mapping[str, Any], name: str, *, default: str | None = None) -> str:
    value = values.get(name, default)
    if not isinstance(value, str) or len(value) > 300 or "\x00" in value:
        raise InvalidRequest(f"{name} must be a text of at most 300 characters.")
    return value


def read_amount(values: Mapping[str, Any], name: str = "amount_vnd", *, least: int = 1) -> int:
    value = values.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= AMOUNT_VND_MAX:
        raise InvalidRequest(f"{name} must be a whole number from {least} to {AMOUNT_VND_MAX:,}.")
    return value


def read_uuid(text: str, *, name: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise InvalidRequest(f"{name} must be a UUID.") from error


def read_moment(text: str, *, name: str) -> datetime:
    wanted = f"{name} must be a moment with a time zone such as 2026-11-23T10:45:00+07:00."
    try:
        moment = parse_datetime(text)
    except ValueError as error:
        raise InvalidRequest(wanted) from error
    if moment is None or moment.tzinfo is None:
        raise InvalidRequest(wanted)
    return moment


def _moment(request: HttpRequest, name: str) -> datetime:
    return read_moment(request.GET[name], name=name)


def _number(request: HttpRequest, name: str, *, default: int, most: int = 2**62) -> int:
    text = request.GET.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise InvalidRequest(f"{name} must be a whole number.")
    return min(int(text), most)
