"""The customer's phone as a page: the question that was pushed to it, the PIN, the wallets, the messages.

It stands for what a person does at a real operator, so it works without JavaScript on the cheapest phone.
Vietnamese only, like the operators' own apps.
"""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from payments.simulator import counter, numbers, selectors, services
from payments.simulator.errors import (
    IncorrectState,
    MonthlyLimitExceeded,
    NotAllowed,
    NotEnoughMoney,
    NotKnownWellEnough,
    OverTheLimit,
    PromptClosed,
    WalletLocked,
    WrongPin,
)
from payments.simulator.models import AccountStatus, KycLevel, KycStatus, Prompt, Transaction, Wallet
from payments.simulator.operators import OPERATORS
from payments.simulator.telecom import selectors as network
from payments.simulator.telecom.coding import parts_of
from payments.simulator.telecom.models import Line
from payments.simulator.texts import (
    NOT_ALLOWED,
    OVER_THE_LIMIT,
    RECEIPTS,
    clock,
    dong,
    history_title,
    time_left,
    when,
)

WAITING_REFRESH_S = 3
RECEIPTS_BY_ERROR = {
    MonthlyLimitExceeded.code: OVER_THE_LIMIT,
    NotKnownWellEnough.code: OVER_THE_LIMIT,
    IncorrectState.code: NOT_ALLOWED,
}
TABS = ("wallet", "cash", "history", "messages")


@method_decorator(never_cache, name="dispatch")
class HandsetList(View):
    """GET: the phones of the simulation."""

    def get(self, request: HttpRequest) -> HttpResponse:
        phones: dict[str, list[Wallet]] = {line.msisdn: [] for line in Line.objects.order_by("msisdn")[:200]}
        for wallet in Wallet.objects.order_by("msisdn", "operator")[:200]:
            phones.setdefault(wallet.msisdn, []).append(wallet)
        rows = [
            {"msisdn": msisdn, "number": numbers.local(msisdn), "wallets": held}
            for msisdn, held in sorted(phones.items())
        ]
        return render(request, "simulator/handsets.html", {"phones": rows, "wrong": "wrong" in request.GET})


@method_decorator(never_cache, name="dispatch")
class Handset(View):
    """GET: one phone. ``?tab=`` turns to history or messages, ``?done=`` shows how a prompt was answered."""

    def get(self, request: HttpRequest, msisdn: str) -> HttpResponse:
        tab = request.GET.get("tab", TABS[0])
        try:
            done = uuid.UUID(request.GET["done"]) if "done" in request.GET else None
        except ValueError as error:
            raise Http404 from error
        if tab not in TABS:
            raise Http404
        number = number_of(msisdn)
        now = timezone.now()
        context = phone_of(number, now=now) | {"tab": tab}
        if tab == "history":
            context["rows"] = [_history_row(row, msisdn=number) for row in selectors.history_of(number)]
        elif tab == "messages":
            context |= messages_tab(number, now=now)
        elif tab == "cash":
            context |= counter.form_of(number)
        elif done:
            context["receipt"] = _receipt(number, prompt_id=done)
        # A page with a PIN half typed in must not reload; one that waits must.
        if tab == TABS[0] and not context["prompts"]:
            context["refresh_s"] = WAITING_REFRESH_S
        return render(request, "simulator/handset.html", context)


@method_decorator(never_cache, name="dispatch")
class CashIn(View):
    """POST ``agent``, ``amount`` and ``id``: hand cash over at an agent. GET ``?done=``: the receipt."""

    def get(self, request: HttpRequest, msisdn: str) -> HttpResponse:
        number = number_of(msisdn)
        context = phone_of(number, now=timezone.now()) | {"tab": "cash"}
        receipt = counter.receipt_of(number, reference=request.GET.get("done", ""))
        if receipt is None:
            raise Http404
        return render(request, "simulator/handset.html", context | {"cash_receipt": receipt})

    def post(self, request: HttpRequest, msisdn: str) -> HttpResponse:
        number, now = number_of(msisdn), timezone.now()
        try:
            moved = counter.hand_over(msisdn=number, form=request.POST, now=now)
        except counter.NotTaken as refusal:
            context = phone_of(number, now=now) | {"tab": "cash"} | counter.form_of(number)
            context |= {"problem": str(refusal), "given": request.POST}
            return render(request, "simulator/handset.html", context, status=422)
        return HttpResponseRedirect(f"{reverse('cash-in', args=[msisdn])}?done={moved.reference}")


@method_decorator(never_cache, name="dispatch")
class Answer(View):
    """POST ``pin`` and ``answer`` (accept or decline): answer one prompt, then look at the phone again."""

    def get(self, request: HttpRequest, msisdn: str, prompt_id: uuid.UUID) -> HttpResponse:
        return HttpResponseRedirect(reverse("handset", args=[msisdn]))

    def post(self, request: HttpRequest, msisdn: str, prompt_id: uuid.UUID) -> HttpResponse:
        number = number_of(msisdn)
        if selectors.prompt_of(msisdn=number, prompt_id=prompt_id) is None:
            raise Http404
        try:
            services.answer_prompt(
                prompt_id=prompt_id,
                pin=request.POST.get("pin", "").strip(),
                accept=request.POST.get("answer") == "accept",
                now=timezone.now(),
            )
        except WrongPin as error:
            wrong = {"prompt_id": prompt_id, "tries_left": error.tries_left}
            context = phone_of(number, now=timezone.now()) | {"tab": TABS[0], "wrong": wrong}
            return render(request, "simulator/handset.html", context, status=422)
        except (PromptClosed, WalletLocked, NotEnoughMoney, OverTheLimit, NotAllowed):
            pass  # the receipt, or the lock on the wallet, tells
        return HttpResponseRedirect(f"{reverse('handset', args=[msisdn])}?done={prompt_id}")


def number_of(text: str) -> str:
    """Return the phone number of an address as E.164. Raises Http404."""
    try:
        return numbers.normalise(text)
    except numbers.NotAPhoneNumber as error:
        raise Http404 from error


def phone_of(msisdn: str, *, now: datetime) -> dict[str, Any]:
    """Return what every view of the phone shows: its number, wallets and open prompts."""
    wallets = [
        {
            "wallet": held.wallet,
            "balance": dong(held.balance_vnd),
            "locked_until": _locked_until(held.wallet, now=now),
            "is_frozen": held.wallet.status != AccountStatus.AVAILABLE,
            "is_unknown": held.wallet.kyc_level == KycLevel.UNKNOWN
            or held.wallet.kyc_status != KycStatus.VERIFIED,
        }
        for held in selectors.wallets_of(msisdn)
    ]
    if not wallets and network.line_of(msisdn) is None:
        raise Http404(f"{msisdn} has no wallet and was never switched on")
    prompts = selectors.open_prompts(msisdn=msisdn, now=now)
    return {
        "msisdn": msisdn,
        "number": numbers.local(msisdn),
        "clock": clock(now),
        "wallets": wallets,
        "prompts": [_question(prompt, now=now) for prompt in prompts],
        "is_demonstration": settings.DEBUG,
    }


def messages_tab(msisdn: str, *, now: datetime) -> dict[str, Any]:
    """Return what the tab of messages shows: of the wallets and of everybody else, the newest first."""
    of_wallets: list[tuple[datetime, dict[str, Any]]] = [
        (message.sent_at, {"from": message.wallet.operator_name, "text": message.text, "kind": "in"})
        for message in selectors.messages_of(msisdn)
    ]
    of_others: list[tuple[datetime, dict[str, Any]]] = [
        (
            text.sent_at,
            {
                "from": text.other,
                "text": text.text,
                "kind": "out" if text.is_outgoing else "call" if text.is_call else "in",
                "parts": parts_of(text.text),
            },
        )
        for text in network.texts_of(msisdn)
    ]
    newest = sorted([*of_wallets, *of_others], key=lambda row: row[0], reverse=True)
    rows = [row | {"when": when(sent_at, now=now)} for sent_at, row in newest[: network.SHOWN]]
    return {
        "messages": rows,
        "message_id": uuid.uuid4(),
        "short_code": settings.SANDBOX_TELECOM["short_code"],
    }


def _question(prompt: Prompt, *, now: datetime) -> dict[str, Any]:
    asked = prompt.transaction
    return {
        "id": prompt.id,
        "operator": prompt.wallet.operator,
        "operator_name": prompt.wallet.operator_name,
        "merchant": asked.merchant.name,
        "amount": dong(asked.amount_vnd),
        "reference": asked.merchant_reference,
        "description": asked.description,
        "ends": clock(prompt.expires_at),
        "left": time_left(prompt.expires_at - now),
        "locked_until": _locked_until(prompt.wallet, now=now),
    }


def _locked_until(wallet: Wallet, *, now: datetime) -> str:
    is_locked = wallet.locked_until is not None and now < wallet.locked_until
    return clock(wallet.locked_until) if is_locked and wallet.locked_until else ""


def _receipt(msisdn: str, *, prompt_id: uuid.UUID) -> dict[str, Any]:
    prompt = selectors.prompt_of(msisdn=msisdn, prompt_id=prompt_id)
    if prompt is None:
        raise Http404
    if prompt.state == Prompt.State.OPEN:
        return {}
    asked = prompt.transaction
    receipt = RECEIPTS_BY_ERROR.get(asked.error_code, RECEIPTS[prompt.state])
    return {
        "is_good": prompt.state == Prompt.State.ACCEPTED,
        "title": receipt.title,
        "text": receipt.text,
        "amount": dong(asked.amount_vnd),
        "merchant": asked.merchant.name,
        "reference": asked.merchant_reference,
        "transaction": asked.reference,
        "operator": prompt.wallet.operator,
        "operator_name": prompt.wallet.operator_name,
    }


def _history_row(ended: Transaction, *, msisdn: str) -> dict[str, Any]:
    assert ended.ended_at, ended.reference
    is_in = ended.credit_account.endswith(f":wallet:{msisdn}")
    moved = ended.status == Transaction.Status.COMPLETED
    operator = OPERATORS[ended.merchant.operator]
    return {
        "title": history_title(ended.type, is_in=is_in, merchant=ended.merchant.name),
        "reference": ended.merchant_reference or ended.description or ended.reference,
        "amount": f"{'+' if is_in else '−'}{dong(ended.amount_vnd)}" if moved else dong(ended.amount_vnd),
        "is_credit": is_in and moved,
        "is_failed": not moved,
        "when": when(ended.ended_at, now=timezone.now()),
        "operator": operator.code,
        "operator_name": operator.name,
    }
