"""The control panel below ``/sim/``, for tests and demonstrations: wallets, cash, answers, faults.

It has no password; the settings refuse to start it where DEBUG is off and nobody said it is allowed.
"""

import csv
import io
import json
import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from payments import ledger
from payments.ledger.selectors import available_vnd
from payments.money import AMOUNT_VND_MAX
from payments.simulator import bills, faults, numbers, parties, selectors, services, wallets
from payments.simulator.errors import InvalidInput, NotIdentified, PromptError, PromptNotFound
from payments.simulator.models import Callback, FaultPlan, Prompt, Transaction, Wallet
from payments.simulator.operators import OPERATORS
from payments.simulator.shapes import moment

BILL_IS_DUE_AFTER = timedelta(days=14)
STATEMENT_COLUMNS = (
    "reference", "type", "completed_at", "amount_vnd", "msisdn", "merchant", "merchant_reference",
    "correlation_id", "original_reference", "payer", "payee",
)  # fmt: skip


@method_decorator(csrf_exempt, name="dispatch")
class ControlView(View):
    """Turns what is refused into ``{"code", "message", "details"}``."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except PromptError as error:
            return _refuse(error.code, str(error), status=error.http_status)
        except numbers.NotAPhoneNumber as error:
            return _refuse("not_a_phone_number", str(error), status=400)
        except ledger.TransferConflict as error:
            return _refuse(error.code, str(error), status=409)


class Health(View):
    """GET: the process and its database answer."""

    def get(self, request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return JsonResponse({"status": "ok"})


class WalletsView(ControlView):
    """POST ``{operator, msisdn, name, pin, balance_vnd}``: open a wallet, with cash in it if it is new."""

    def post(self, request: HttpRequest) -> HttpResponse:
        values = _body(request)
        balance_vnd = _amount(values, "balance_vnd", default=0)
        wallet, is_new = wallets.open_wallet(
            operator=_text(values, "operator"),
            msisdn=numbers.normalise(_text(values, "msisdn")),
            name=_text(values, "name", default="Khách hàng"),
            pin=_text(values, "pin"),
        )
        if is_new and balance_vnd:
            wallets.cash_in(
                wallet=wallet, amount_vnd=balance_vnd, transfer_id=uuid.uuid4(), now=timezone.now()
            )
        return JsonResponse(_wallet(wallet), status=201 if is_new else 200)


class WalletView(ControlView):
    """GET: the wallets of a phone number."""

    def get(self, request: HttpRequest, msisdn: str) -> HttpResponse:
        found = selectors.wallets_of(numbers.normalise(msisdn))
        return JsonResponse({"wallets": [_wallet(item.wallet) for item in found]})


class CashInView(ControlView):
    """POST ``{amount_vnd, operator?, id?}``: put cash into a wallet; the same ``id`` puts it in once."""

    def post(self, request: HttpRequest, msisdn: str) -> HttpResponse:
        values = _body(request)
        wallet = wallets.the_wallet(
            msisdn=numbers.normalise(msisdn), operator=_text(values, "operator", default="")
        )
        transfer_id = _uuid(values["id"]) if "id" in values else uuid.uuid4()
        amount_vnd = _amount(values, "amount_vnd", least=1)
        wallets.cash_in(wallet=wallet, amount_vnd=amount_vnd, transfer_id=transfer_id, now=timezone.now())
        return JsonResponse(_wallet(wallet))


class PromptsView(ControlView):
    """GET ``?msisdn=``: the prompts that wait for an answer, of one phone or of all."""

    def get(self, request: HttpRequest) -> HttpResponse:
        msisdn = request.GET.get("msisdn", "")
        wanted = numbers.normalise(msisdn) if msisdn else ""
        prompts = selectors.open_prompts(msisdn=wanted, now=timezone.now())
        return JsonResponse({"prompts": [_prompt(prompt) for prompt in prompts]})


class PromptView(ControlView):
    """POST ``{pin, accept}``: answer a prompt as its owner would. GET: what became of it."""

    def get(self, request: HttpRequest, prompt_id: uuid.UUID) -> HttpResponse:
        prompt = Prompt.objects.select_related("wallet", "transaction__merchant").filter(pk=prompt_id).first()
        if prompt is None:
            raise PromptNotFound(str(prompt_id))
        return JsonResponse(_prompt(prompt))

    def post(self, request: HttpRequest, prompt_id: uuid.UUID) -> HttpResponse:
        values = _body(request)
        accept = values.get("accept", True)
        if not isinstance(accept, bool):
            raise InvalidInput("accept must be true or false.")
        prompt = services.answer_prompt(
            prompt_id=prompt_id,
            pin=_text(values, "pin", default="" if not accept else None),
            accept=accept,
            now=timezone.now(),
        )
        return JsonResponse(_prompt(prompt))


class CallbacksView(ControlView):
    """GET ``?correlation_id=``: the callbacks the operator owes or sent, what it dropped among them."""

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = _uuid(request.GET.get("correlation_id", ""), name="correlation_id")
        owed = Callback.objects.filter(
            Q(transaction__correlation_id=wanted) | Q(call__correlation_id=wanted)
        ).order_by("id")
        return JsonResponse({"callbacks": [_callback(callback) for callback in owed]})


class BillsView(ControlView):
    """POST ``{operator, company, msisdn, amount_vnd, least_vnd?}``: let a company send a bill."""

    def post(self, request: HttpRequest) -> HttpResponse:
        values, now = _body(request), timezone.now()
        wallet = wallets.the_wallet(
            msisdn=numbers.normalise(_text(values, "msisdn")), operator=_text(values, "operator")
        )
        try:
            company = bills.find_company(operator=wallet.operator, identifier=_text(values, "company"))
        except NotIdentified as error:
            raise InvalidInput(error.description) from error
        bill = bills.send_bill(
            company=company,
            payer=parties.of_wallet(wallet),
            amount_vnd=_amount(values, "amount_vnd", least=1),
            least_vnd=_amount(values, "least_vnd", least=1, default=1),
            due_on=timezone.localdate(now) + BILL_IS_DUE_AFTER,
            now=now,
        )
        return JsonResponse({"reference": bill.reference}, status=201)


class FaultsView(ControlView):
    """POST ``{seed, operator?, <fault>: <value>}``: set a plan. GET: what runs. DELETE: end all plans."""

    def get(self, request: HttpRequest) -> HttpResponse:
        plans = FaultPlan.objects.order_by("operator")
        return JsonResponse(
            {"plans": [_plan(plan) for plan in plans], "known": faults.PROBABILITIES | faults.NUMBERS}
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        values = dict(_body(request))
        seed, operator = str(values.pop("seed", "0"))[:100], str(values.pop("operator", "") or "")
        return JsonResponse(_plan(faults.set_plan(operator=operator, seed=seed, faults=values)))

    def delete(self, request: HttpRequest) -> HttpResponse:
        FaultPlan.objects.all().delete()
        return HttpResponse(status=204)


class StatementView(ControlView):
    """GET ``?format=csv|jsonl&merchant=``: what one operator completed on one day of Asia/Ho_Chi_Minh."""

    def get(self, request: HttpRequest, operator: str, day: str) -> HttpResponse:
        if operator not in OPERATORS:
            raise InvalidInput(f"operator is {operator[:30]!r}. Use one of {', '.join(OPERATORS)}.")
        try:
            wanted = date.fromisoformat(day)
        except ValueError as error:
            raise InvalidInput(f"{day[:30]!r} is not a day such as 2026-11-23.") from error
        merchant = request.GET.get("merchant", "")
        found = selectors.statement(operator=operator, day=wanted, merchant=merchant)
        lines = [_line(item) for item in found]
        if request.GET.get("format") == "jsonl":
            text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
            return HttpResponse(text, content_type="application/jsonl; charset=utf-8")
        file = io.StringIO()
        writer = csv.DictWriter(file, STATEMENT_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
        return HttpResponse(file.getvalue(), content_type="text/csv; charset=utf-8")


def _refuse(code: str, message: str, *, status: int) -> JsonResponse:
    return JsonResponse({"code": code, "message": message, "details": {}}, status=status)


def _body(request: HttpRequest) -> Mapping[str, Any]:
    try:
        values = json.loads(request.body or b"{}")
    except ValueError as error:
        raise InvalidInput("The body is not JSON.") from error
    if not isinstance(values, dict):
        raise InvalidInput("The body must be a JSON object.")
    return values


def _text(values: Mapping[str, Any], name: str, *, default: str | None = None) -> str:
    value = values.get(name, default)
    if not isinstance(value, str) or len(value) > 100 or "\x00" in value:
        raise InvalidInput(f"{name} must be a text of at most 100 characters.")
    return value


def _amount(values: Mapping[str, Any], name: str, *, least: int = 0, default: int | None = None) -> int:
    value = values.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= AMOUNT_VND_MAX:
        raise InvalidInput(f"{name} must be a whole number from {least} to {AMOUNT_VND_MAX:,}.")
    return value


def _uuid(value: object, *, name: str = "id") -> uuid.UUID:
    try:
        return uuid.UUID(str(value))
    except ValueError as error:
        raise InvalidInput(f"{name} must be a UUID.") from error


def _wallet(wallet: Wallet) -> dict[str, Any]:
    return {
        "operator": wallet.operator,
        "msisdn": wallet.msisdn,
        "name": wallet.name,
        "balance_vnd": available_vnd(wallet.account),
        "locked_until": moment(wallet.locked_until) if wallet.locked_until else None,
    }


def _prompt(prompt: Prompt) -> dict[str, Any]:
    asked = prompt.transaction
    return {
        "id": str(prompt.id),
        "state": prompt.state,
        "operator": prompt.wallet.operator,
        "msisdn": prompt.wallet.msisdn,
        "merchant": asked.merchant.name,
        "reference": asked.merchant_reference,
        "description": asked.description,
        "amount_vnd": asked.amount_vnd,
        "transaction": asked.reference,
        "correlation_id": str(asked.correlation_id),
        "expires_at": moment(prompt.expires_at),
    }


def _callback(callback: Callback) -> dict[str, Any]:
    return {
        "tries": callback.tries,
        "last_answer": callback.last_answer,
        "delivered_at": moment(callback.delivered_at) if callback.delivered_at else None,
        "next_try_at": moment(callback.next_try_at) if callback.next_try_at else None,
    }


def _plan(plan: FaultPlan) -> dict[str, Any]:
    return {"operator": plan.operator or None, "seed": plan.seed, "requests": plan.requests} | plan.faults


def _line(completed: Transaction) -> dict[str, Any]:
    assert completed.ended_at, completed.reference
    return {
        "reference": completed.reference,
        "type": completed.type,
        "completed_at": timezone.localtime(completed.ended_at).isoformat(timespec="seconds"),
        "amount_vnd": completed.amount_vnd,
        "msisdn": completed.wallet.msisdn if completed.wallet else "",
        "merchant": completed.merchant.identifier,
        "merchant_reference": completed.merchant_reference,
        "correlation_id": str(completed.correlation_id),
        "original_reference": completed.original.reference if completed.original else "",
        "payer": completed.debit_account.partition(":")[2],
        "payee": completed.credit_account.partition(":")[2],
    }
