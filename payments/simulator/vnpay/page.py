"""The page the payer is sent to: pay, give up, or find that there is not enough money."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from payments.simulator import faults
from payments.simulator.texts import clock, dong, time_left
from payments.simulator.vnpay import services, signing
from payments.simulator.vnpay.models import Payment
from payments.simulator.vnpay.services import BadAddress

ANSWERS = {"pay": services.PAID, "cancel": services.CANCELLED, "no-money": services.NO_MONEY}


@method_decorator(never_cache, name="dispatch")
class PaymentPage(View):
    """GET: the payment of a signed address. POST ``answer`` to the same address: how the payer decides.

    Once it has ended the payer is sent back to the merchant, whose address says how, signed.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        try:
            payment = services.open_payment(services.read_order(request.GET.dict()), now=now)
        except BadAddress as error:
            return _refusal(request, error)
        if payment.state != Payment.State.OPEN:
            return _send_back(payment)
        return render(
            request,
            "vnpay/pay.html",
            {
                "merchant": settings.SANDBOX_VNPAY["merchant"],
                "amount": dong(payment.amount_vnd),
                "payment": payment,
                "left": time_left(payment.expires_at - now),
                "ends": clock(payment.expires_at),
            },
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        try:
            payment = services.open_payment(services.read_order(request.GET.dict()), now=now)
            code = ANSWERS[request.POST.get("answer", "")]
        except BadAddress as error:
            return _refusal(request, error)
        except KeyError:
            return HttpResponseRedirect(request.get_full_path())
        ended = services.answer(txn_ref=payment.txn_ref, code=code, now=now, draw=faults.draw_next("vnpay"))
        return _send_back(ended)


def _refusal(request: HttpRequest, error: BadAddress) -> HttpResponse:
    context: dict[str, Any] = {"code": error.code, "message": str(error)}
    return render(request, "vnpay/error.html", context, status=400)


def _send_back(payment: Payment) -> HttpResponse:
    target = urlsplit(payment.return_url)
    told = signing.signed_query(services.outcome(payment))
    if target.scheme not in ("http", "https"):
        return HttpResponse(urlencode({"vnp_ResponseCode": payment.response_code}), content_type="text/plain")
    query = f"{target.query}&{told}" if target.query else told
    return HttpResponseRedirect(target._replace(query=query, fragment="").geturl())
