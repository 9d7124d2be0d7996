"""What all of the control panel has in common: how its bodies are read and its refusals are told."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from payments import ledger
from payments.money import AMOUNT_VND_MAX
from payments.simulator import numbers
from payments.simulator.errors import GsmaError, InvalidInput, PromptError

CONFLICT = 409


@method_decorator(csrf_exempt, name="dispatch")
class ControlView(View):
    """Turns what is refused into ``{"code", "message", "details"}``."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except PromptError as error:
            return refuse(error.code, str(error), status=error.http_status)
        except numbers.NotAPhoneNumber as error:
            return refuse("not_a_phone_number", str(error), status=400)
        except GsmaError as error:
            return refuse(error.code, error.description, status=CONFLICT)
        except ledger.TransferConflict as error:
            return refuse(error.code, str(error), status=CONFLICT)


def refuse(code: str, message: str, *, status: int) -> JsonResponse:
    return JsonResponse({"code": code, "message": message, "details": {}}, status=status)


def read_body(request: HttpRequest) -> Mapping[str, Any]:
    try:
        values = json.loads(request.body or b"{}")
    except ValueError as error:
        raise InvalidInput("The body is not JSON.") from error
    if not isinstance(values, dict):
        raise InvalidInput("The body must be a JSON object.")
    return values


def read_text(values: Mapping[str, Any], name: str, *, default: str | None = None) -> str:
    value = values.get(name, default)
    if not isinstance(value, str) or len(value) > 100 or "\x00" in value:
        raise InvalidInput(f"{name} must be a text of at most 100 characters.")
    return value


def read_amount(values: Mapping[str, Any], name: str, *, least: int = 0, default: int | None = None) -> int:
    value = values.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= AMOUNT_VND_MAX:
        raise InvalidInput(f"{name} must be a whole number from {least} to {AMOUNT_VND_MAX:,}.")
    return value


def read_uuid(value: object, *, name: str = "id") -> uuid.UUID:
    try:
        return uuid.UUID(str(value))
    except ValueError as error:
        raise InvalidInput(f"{name} must be a UUID.") from error
