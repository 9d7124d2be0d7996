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
from django.db.models import Choices, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views import View

from payments.ledger.selectors import available_vnd
from payments.simulator import (
    agents,
    bills,
    customers,
    faults,
    numbers,
    parties,
    selectors,
    services,
    strangers,
    wallets,
)
from payments.simulator.errors import InvalidInput, NotIdentified, PromptNotFound
from payments.simulator.models import (
    AccountStatus,
    Agent,
    Callback,
    FaultPlan,
    KycLevel,
    KycStatus,
    Merchant,
    Prompt,
    Transaction,
    Wallet,
)
from payments.simulator.moments import clock_ahead_by, shown
from payments.simulator.operators import OPERATORS
from payments.simulator.panel import ControlView, read_amount, read_body, read_text, read_uuid
from payments.simulator.shapes import moment

BILL_IS_DUE_AFTER = timedelta(days=14)
STATEMENT_COLUMNS = (
    "reference", "type", "completed_at", "amount_vnd", "msisdn", "merchant", "merchant_reference",
    "correlation_id", "original_reference", "payer", "payee",
)  # fmt: skip


class Health(View):
    """GET: the process and its database answer."""

    def get(self, request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return JsonResponse({"status": "ok"})


class WalletsView(ControlView):
    """POST ``{operator, msisdn, name, pin, balance_vnd, kyc_level?, id_number?}``: open a wallet.

    If it is new there is cash in it.
    """

    def post(self, request: HttpRequest) -> HttpResponse:
        values = read_body(request)
        balance_vnd = read_amount(values, "balance_vnd", default=0)
        wallet, is_new = wallets.open_wallet(
            operator=read_text(values, "operator"),
            msisdn=numbers.normalise(read_text(values, "msisdn")),
            name=read_text(values, "name", default="Khách hàng"),
            pin=read_text(values, "pin"),
            kyc_level=_choice(values, "kyc_level", KycLevel, default=KycLevel.BIOMETRIC),
            id_number=read_text(values, "id_number", default=""),
        )
        if is_new and balance_vnd:
            wallets.cash_in(
                wallet=wallet, amount_vnd=balance_vnd, transfer_id=uuid.uuid4(), now=timezone.now()
            )
        return JsonResponse(_wallet(wallet), status=201 if is_new else 200)


class WalletView(ControlView):
    """GET: the wallets of a phone number. PATCH ``{operator?, status?, kyc_level?, kyc_status?}``: one.

    A wallet that is unavailable is frozen: nothing comes in, nothing goes out.
    """

    def get(self, request: HttpRequest, msisdn: str) -> HttpResponse:
        found = selectors.wallets_of(numbers.normalise(msisdn))
        return JsonResponse({"wallets": [_wallet(item.wallet) for item in found]})

    def patch(self, request: HttpRequest, msisdn: str) -> HttpResponse:
        values = read_body(request)
        wallet = wallets.the_wallet(
            msisdn=numbers.normalise(msisdn), operator=read_text(values, "operator", default="")
        )
        known: dict[str, type[Choices]] = {
            "status": AccountStatus,
            "kyc_level": KycLevel,
            "kyc_status": KycStatus,
        }
        changes = {name: _choice(values, name, kind) for name, kind in known.items() if name in values}
        return JsonResponse(_wallet(customers.change(wallet=wallet, changes=changes)))


class CashInView(ControlView):
    """POST ``{amount_vnd, operator?, id?}``: put cash into a wallet; the same ``id`` puts it in once."""

    def post(self, request: HttpRequest, msisdn: str) -> HttpResponse:
        values = read_body(request)
        wallet = wallets.the_wallet(
            msisdn=numbers.normalise(msisdn), operator=read_text(values, "operator", default="")
        )
        transfer_id = read_uuid(values["id"]) if "id" in values else uuid.uuid4()
        amount_vnd = read_amount(values, "amount_vnd", least=1)
        wallets.cash_in(wallet=wallet, amount_vnd=amount_vnd, transfer_id=transfer_id, now=timezone.now())
        return JsonResponse(_wallet(wallet))


class AgentsView(ControlView):
    """GET ``?operator=``: the agents. POST ``{operator, identifier, name}``: open or change one.

    The body may have ``address``, ``is_active`` and ``float_vnd``, which an agent that is new has bought.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = request.GET.get("operator", "")
        found = Agent.objects.filter(operator__in=[wanted] if wanted else list(OPERATORS))
        return JsonResponse({"agents": [_agent(agent) for agent in found.order_by("operator", "identifier")]})

    def post(self, request: HttpRequest) -> HttpResponse:
        values = read_body(request)
        float_vnd = read_amount(values, "float_vnd", default=0)
        agent, is_new = agents.open_agent(
            operator=read_text(values, "operator"),
            identifier=read_text(values, "identifier"),
            name=read_text(values, "name"),
            address=read_text(values, "address", default=""),
            is_active=values.get("is_active", True) is True,
        )
        if is_new and float_vnd:
            agents.buy_float(agent=agent, amount_vnd=float_vnd, transfer_id=uuid.uuid4())
        return JsonResponse(_agent(agent), status=201 if is_new else 200)


class AgentView(ControlView):
    """GET: an agent and its float. POST ``{amount_vnd, id?, ...}`` to float, cash-in or cash-out.

    ``float`` sells the agent some. ``cash-in`` needs ``msisdn``, and ``id_number`` if the holder showed the
    citizen's card; ``cash-out`` needs ``msisdn`` and the holder's ``pin``. The same ``id`` moves money once.
    """

    def get(self, request: HttpRequest, operator: str, identifier: str, deed: str = "") -> HttpResponse:
        return JsonResponse(_agent(agents.find(operator=operator, identifier=identifier)))

    def post(self, request: HttpRequest, operator: str, identifier: str, deed: str = "") -> HttpResponse:
        agent = agents.find(operator=operator, identifier=identifier)
        values = read_body(request)
        amount_vnd = read_amount(values, "amount_vnd", least=1)
        deed_id = read_uuid(values["id"]) if "id" in values else uuid.uuid4()
        if deed == "float":
            agents.buy_float(agent=agent, amount_vnd=amount_vnd, transfer_id=deed_id)
            return JsonResponse(_agent(agent))
        wallet = wallets.the_wallet(
            msisdn=numbers.normalise(read_text(values, "msisdn")), operator=agent.operator
        )
        asked: dict[str, Any] = {
            "agent": agent,
            "wallet": wallet,
            "amount_vnd": amount_vnd,
            "correlation_id": deed_id,
            "now": timezone.now(),
        }
        if deed == "cash-out":
            moved = agents.cash_out(pin=read_text(values, "pin"), **asked)
        elif deed == "cash-in":
            number = read_text(values, "id_number", default="")
            shown = {"idType": wallets.CITIZENS_CARD, "idNumber": number} if number else None
            moved = agents.cash_in(shown=shown, **asked)
        else:
            raise InvalidInput(f"An agent does not do {deed!r}. Use float, cash-in or cash-out.")
        return JsonResponse(_agent(agent) | {"transaction": moved.reference, "wallet": _wallet(wallet)})


class TopUpView(ControlView):
    """POST ``{amount_vnd, reference, id?}``: put a merchant's own money on its account; an ``id`` once."""

    def post(self, request: HttpRequest, operator: str, identifier: str) -> HttpResponse:
        merchant = Merchant.objects.filter(operator=operator, identifier=identifier).first()
        if merchant is None:
            raise InvalidInput(f"{operator[:30]} has no merchant {identifier[:60]!r}.")
        values = read_body(request)
        moved = strangers.top_up(
            merchant=merchant,
            amount_vnd=read_amount(values, "amount_vnd", least=1),
            reference=read_text(values, "reference"),
            transfer_id=read_uuid(values["id"]) if "id" in values else uuid.uuid4(),
            now=timezone.now(),
        )
        return JsonResponse({"reference": moved.reference, "balance_vnd": available_vnd(merchant.account)})


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
        values = read_body(request)
        accept = values.get("accept", True)
        if not isinstance(accept, bool):
            raise InvalidInput("accept must be true or false.")
        prompt = services.answer_prompt(
            prompt_id=prompt_id,
            pin=read_text(values, "pin", default="" if not accept else None),
            accept=accept,
            now=timezone.now(),
        )
        return JsonResponse(_prompt(prompt))


class CallbacksView(ControlView):
    """GET ``?correlation_id=``: the callbacks the operator owes or sent, what it dropped among them."""

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = read_uuid(request.GET.get("correlation_id", ""), name="correlation_id")
        owed = Callback.objects.filter(
            Q(transaction__correlation_id=wanted) | Q(call__correlation_id=wanted)
        ).order_by("id")
        return JsonResponse({"callbacks": [_callback(callback) for callback in owed]})


class BillsView(ControlView):
    """POST ``{operator, company, msisdn, amount_vnd, least_vnd?}``: let a company send a bill."""

    def post(self, request: HttpRequest) -> HttpResponse:
        values, now = read_body(request), timezone.now()
        wallet = wallets.the_wallet(
            msisdn=numbers.normalise(read_text(values, "msisdn")), operator=read_text(values, "operator")
        )
        try:
            company = bills.find_company(operator=wallet.operator, identifier=read_text(values, "company"))
        except NotIdentified as error:
            raise InvalidInput(error.description) from error
        bill = bills.send_bill(
            company=company,
            payer=parties.of_wallet(wallet),
            amount_vnd=read_amount(values, "amount_vnd", least=1),
            least_vnd=read_amount(values, "least_vnd", least=1, default=1),
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
        values = dict(read_body(request))
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
        with clock_ahead_by(faults.skew_of(operator)):
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


def _wallet(wallet: Wallet) -> dict[str, Any]:
    return {
        "operator": wallet.operator,
        "msisdn": wallet.msisdn,
        "name": wallet.name,
        "balance_vnd": available_vnd(wallet.account),
        "locked_until": moment(wallet.locked_until) if wallet.locked_until else None,
        "status": wallet.status,
        "kyc_level": wallet.kyc_level,
        "kyc_status": wallet.kyc_status,
    }


def _agent(agent: Agent) -> dict[str, Any]:
    return {
        "operator": agent.operator,
        "identifier": agent.identifier,
        "name": agent.name,
        "address": agent.address,
        "is_active": agent.is_active,
        "float_vnd": available_vnd(agent.account),
    }


def _choice(values: Mapping[str, Any], name: str, kind: type[Choices], *, default: Any = None) -> Any:
    value = values.get(name, default)
    if isinstance(value, bool) or value not in kind.values:
        raise InvalidInput(f"{name} is {value!r}. Use one of {', '.join(map(str, kind.values))}.")
    return value


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
        "completed_at": timezone.localtime(shown(completed.ended_at)).isoformat(timespec="seconds"),
        "amount_vnd": completed.amount_vnd,
        "msisdn": completed.wallet.msisdn if completed.wallet else "",
        "merchant": completed.merchant.identifier,
        "merchant_reference": completed.merchant_reference,
        "correlation_id": str(completed.correlation_id),
        "original_reference": completed.original.reference if completed.original else "",
        "payer": completed.debit_account.partition(":")[2],
        "payee": completed.credit_account.partition(":")[2],
    }
