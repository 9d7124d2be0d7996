"""The bank's control panel, for tests and demonstrations: accounts, cash, transfers of any kind.

It has no password; the settings refuse to start it where nobody said it is allowed.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from payments.ledger.selectors import available_vnd
from payments.simulator import faults, numbers
from payments.simulator.bank import services
from payments.simulator.bank.api import (
    BankView,
    read_amount,
    read_body,
    read_moment,
    read_text,
)
from payments.simulator.bank.errors import InvalidRequest
from payments.simulator.bank.models import BankAccount, Movement, Notice
from payments.simulator.bank.shapes import movement_object


class AccountsView(BankView):
    """POST ``{number, holder, phone?, pin?, balance_vnd?, notice_url?}``: open or change an account."""

    def post(self, request: HttpRequest) -> HttpResponse:
        values = read_body(request)
        phone = read_text(values, "phone", default="")
        try:
            phone = numbers.normalise(phone) if phone else ""
        except numbers.NotAPhoneNumber as error:
            raise InvalidRequest(str(error)) from error
        account, is_new = services.open_account(
            number=read_text(values, "number"),
            holder=read_text(values, "holder", default="KHACH HANG"),
            phone=phone,
            pin=read_text(values, "pin", default=""),
            notice_url=read_text(values, "notice_url", default=""),
        )
        if is_new and values.get("balance_vnd"):
            amount_vnd = read_amount(values, "balance_vnd")
            services.deposit(account=account, amount_vnd=amount_vnd, note="NAP TIEN", now=timezone.now())
        return JsonResponse(_account(account), status=201 if is_new else 200)


class AccountView(BankView):
    """GET: one account."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return JsonResponse(_account(services.find_account(number)))


class TransfersView(BankView):
    """POST ``{to, from?, amount_vnd, note?, booked_at?}``: let anybody transfer anything, at any time.

    Without ``from`` it is cash at a counter. No PIN is asked for.
    """

    def post(self, request: HttpRequest) -> HttpResponse:
        values = read_body(request)
        target = services.find_account(read_text(values, "to"))
        booked_at = read_text(values, "booked_at", default="")
        moved: dict[str, Any] = {
            "amount_vnd": read_amount(values),
            "note": read_text(values, "note", default=""),
            "now": read_moment(booked_at, name="booked_at") if booked_at else timezone.now(),
            "draw": faults.draw_next("bank"),
        }
        if values.get("from"):
            source = services.find_account(read_text(values, "from"))
            movement = services.transfer(source=source, to_number=target.number, **moved)
        else:
            movement = services.deposit(account=target, **moved)
        return JsonResponse(movement_object(movement, account=target), status=201)


class NoticesView(BankView):
    """GET ``?reference=``: what the bank owes or sent about a movement. DELETE: send none that waits."""

    def get(self, request: HttpRequest) -> HttpResponse:
        reference = request.GET.get("reference", "")
        if not Movement.objects.filter(reference=reference).exists():
            raise InvalidRequest(f"There is no movement {reference[:30]!r}.")
        sent = Notice.objects.filter(movement__reference=reference).order_by("pk")
        return JsonResponse({
            "notices": [
                {
                    "body": notice.body,
                    "headers": dict(notice.request().headers),
                    "tries": notice.tries,
                    "last_answer": notice.last_answer,
                    "is_delivered": notice.delivered_at is not None,
                }
                for notice in sent
            ]
        })  # fmt: skip

    def delete(self, request: HttpRequest) -> HttpResponse:
        Notice.objects.filter(next_try_at__isnull=False).update(next_try_at=None)
        return HttpResponse(status=204)


def _account(account: BankAccount) -> dict[str, Any]:

    return {
        "number": account.number,
        "holder": account.holder,
        "phone": account.phone,
        "balance_vnd": available_vnd(account.book),
    }
