"""The bank's app on a payer's phone: scan or type a code, look at it, confirm it by PIN.

Stands for what a person does at a real bank, so it works without JavaScript. Vietnamese only.
"""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from payments.ledger.selectors import available_vnd
from payments.simulator import faults, numbers
from payments.simulator.bank import services
from payments.simulator.bank.errors import (
    AboveLimit,
    AccountNotFound,
    BankError,
    DuplicateKey,
    NotEnoughMoney,
    PinLocked,
    SameAccount,
    WrongPin,
)
from payments.simulator.bank.models import BankAccount, Movement
from payments.simulator.bank.qr import UnreadableCode, scan
from payments.simulator.texts import clock, dong, when

ROWS = 12


@method_decorator(never_cache, name="dispatch")
class AppList(View):
    """GET: the phones that have this bank's app."""

    def get(self, request: HttpRequest) -> HttpResponse:
        accounts = BankAccount.objects.exclude(phone="").order_by("phone")[:200]
        rows = [{"account": account, "number": numbers.local(account.phone)} for account in accounts]
        return render(request, "bank/apps.html", {"rows": rows})


@method_decorator(never_cache, name="dispatch")
class App(View):
    """GET: the account. ``?qr=`` or ``?to=&amount=&note=`` begins a transfer, ``?done=`` shows one."""

    def get(self, request: HttpRequest, phone: str) -> HttpResponse:
        account, now = _account(phone), timezone.now()
        context = _home(account, now=now)
        given = request.GET
        try:
            if "done" in given:
                context["receipt"] = _receipt(account, reference=given["done"], now=now)
            elif given.get("qr", "").strip():
                context["order"] = _scanned(given["qr"], typed_amount=given.get("amount", ""))
            elif given.get("to", "").strip():
                context["order"] = _order(
                    to=given["to"], amount=given.get("amount", ""), note=given.get("note", "")
                )
        except UnreadableCode as error:
            context["problem"] = str(error)
            context["typed"] = given.dict()
        return render(request, "bank/app.html", context, status=422 if "problem" in context else 200)


@method_decorator(never_cache, name="dispatch")
class Confirm(View):
    """POST ``to``, ``amount``, ``note``, ``once`` and ``pin``: transfer, once per ``once``."""

    def get(self, request: HttpRequest, phone: str) -> HttpResponse:
        return HttpResponseRedirect(reverse("bank-app", args=[phone]))

    def post(self, request: HttpRequest, phone: str) -> HttpResponse:
        account, now, given = _account(phone), timezone.now(), request.POST
        try:
            order = _order(to=given.get("to", ""), amount=given.get("amount", ""), note=given.get("note", ""))
            key = uuid.UUID(given.get("once", ""))
        except (UnreadableCode, ValueError) as error:
            raise Http404 from error
        context: dict[str, Any] = {"order": order | {"once": key}}
        try:
            services.check_pin(account=account, pin=given.get("pin", "").strip(), now=now)
            moved = services.transfer(
                source=account,
                to_number=order["to"],
                amount_vnd=order["amount_vnd"],
                note=order["note"],
                key=key,
                now=now,
                draw=faults.draw_next("bank"),
            )
        except DuplicateKey:
            moved = Movement.objects.get(source=account, idempotency_key=key)
        except BankError as error:
            context["problem"] = _in_words(error)
            if isinstance(error, WrongPin):
                context["is_pin_wrong"] = True
            return render(request, "bank/app.html", _home(account, now=now) | context, status=422)
        return HttpResponseRedirect(f"{reverse('bank-app', args=[phone])}?done={moved.reference}")


def _account(phone: str) -> BankAccount:
    try:
        number = numbers.normalise(phone)
    except numbers.NotAPhoneNumber as error:
        raise Http404 from error
    account = BankAccount.objects.filter(phone=number).first()
    if account is None:
        raise Http404(f"{number} has no account at this bank")
    return account


def _home(account: BankAccount, *, now: datetime) -> dict[str, Any]:
    moved = Movement.objects.filter(Q(source=account) | Q(target=account)).select_related("source", "target")
    return {
        "bank": settings.SANDBOX_BANK["name"],
        "account": account,
        "phone": account.phone,
        "clock": clock(now),
        "balance": dong(available_vnd(account.book)),
        "is_demonstration": settings.DEBUG,
        "rows": [_row(movement, account=account, now=now) for movement in moved.order_by("-pk")[:ROWS]],
    }


def _row(movement: Movement, *, account: BankAccount, now: datetime) -> dict[str, Any]:
    is_in = movement.target_id == account.pk
    other = movement.source if is_in else movement.target
    return {
        "is_in": is_in,
        "who": other.holder if other else "Nộp tiền mặt",
        "amount": f"{'+' if is_in else '−'}{dong(movement.amount_vnd)}",
        "when": when(movement.booked_at, now=now),
        "note": movement.note,
    }


def _receipt(account: BankAccount, *, reference: str, now: datetime) -> dict[str, Any]:
    movement = Movement.objects.select_related("target").filter(source=account, reference=reference).first()
    if movement is None:
        raise Http404
    return {
        "amount": dong(movement.amount_vnd),
        "holder": movement.target.holder,
        "number": movement.target.number,
        "note": movement.note,
        "reference": movement.reference,
        "when": when(movement.booked_at, now=now),
    }


def _scanned(payload: str, *, typed_amount: str) -> dict[str, Any]:
    code = scan(payload)
    if code.bank_bin != settings.SANDBOX_BANK["bin"]:
        raise UnreadableCode("Ngân hàng mô phỏng chỉ chuyển được đến tài khoản của chính ngân hàng này.")
    amount = str(code.amount_vnd) if code.amount_vnd else typed_amount
    return _order(to=code.account, amount=amount, note=code.note)


def _order(*, to: str, amount: str, note: str) -> dict[str, Any]:
    """Return what a payer is to confirm. Raises UnreadableCode."""
    digits = "".join(character for character in amount if character not in " .,₫\xa0")
    if not (digits.isascii() and digits.isdigit() and 0 < len(digits) <= 12 and int(digits) > 0):
        raise UnreadableCode("Số tiền phải là số đồng lớn hơn 0.")
    if len(note) > 210 or "\x00" in note:
        raise UnreadableCode("Nội dung chuyển khoản quá dài.")
    try:
        target = services.find_account(to.strip().replace("\x00", ""))
    except AccountNotFound as error:
        raise UnreadableCode("Không tìm thấy tài khoản nhận.") from error
    return {
        "to": target.number,
        "holder": target.holder,
        "amount_vnd": int(digits),
        "amount": dong(int(digits)),
        "note": note.strip(),
        "once": uuid.uuid4(),
    }


def _in_words(error: BankError) -> str:
    match error:
        case WrongPin():
            return f"Mã PIN không đúng. Còn {error.tries_left} lần thử trước khi ứng dụng bị khóa."
        case PinLocked():
            return "Ứng dụng tạm khóa 15 phút vì nhập sai mã PIN 3 lần. Không có khoản tiền nào bị trừ."
        case NotEnoughMoney():
            return f"Số dư không đủ: tài khoản còn {dong(error.available_vnd)}."
        case AboveLimit():
            return f"Mỗi lần chuyển nhanh tối đa {dong(services.TRANSFER_VND_MAX)}."
        case SameAccount():
            return "Không thể chuyển cho chính tài khoản này."
    return "Ngân hàng từ chối giao dịch. Không có khoản tiền nào bị trừ."
