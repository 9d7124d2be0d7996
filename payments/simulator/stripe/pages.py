"""The page a payer is sent to: choose one of the test cards, answer the bank's question, go back to the shop.

It works without JavaScript on the cheapest phone. No card number can be typed, so no real one gets in.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from payments.simulator import faults
from payments.simulator.stripe import selectors, services
from payments.simulator.stripe.cards import BY_NUMBER, CARDS
from payments.simulator.stripe.endpoint import PLAN
from payments.simulator.stripe.failures import CardDeclined, Refused, StripeFailure
from payments.simulator.stripe.models import PaymentIntent, Session
from payments.simulator.texts import clock, dong

WHY = {
    "card_declined": "Ngân hàng từ chối thẻ này. Không có khoản tiền nào bị trừ; bạn có thể chọn thẻ khác.",
    "insufficient_funds": "Thẻ không đủ tiền. Không có khoản tiền nào bị trừ; bạn có thể chọn thẻ khác.",
    "payment_intent_authentication_failure": "Xác thực không thành công. Hãy thử lại hoặc chọn thẻ khác.",
    "no_card": "Hãy chọn một trong các thẻ thử dưới đây.",
}


@method_decorator(never_cache, name="dispatch")
class Pay(View):
    """GET: what is to be paid and by which test card. POST ``number``: pay by it."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        session = _session(reference)
        return _page(request, session, problem=_last_problem(session))

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        card = BY_NUMBER.get(request.POST.get("number", "").replace(" ", ""))
        if card is None:
            return _page(request, _session(reference), problem=WHY["no_card"])
        draw, now = faults.draw_next(PLAN), timezone.now()
        with transaction.atomic():
            session = _locked(lambda: selectors.locked_session(reference))
            if session.status != Session.Status.OPEN or session.expires_at <= now:
                return HttpResponseRedirect(reverse("stripe:pay", args=[reference]))
            intent = services.intent_of(session, now=now)
            try:
                services.pay(intent, card, host=_host(request), draw=draw, now=now)
            except CardDeclined:
                # The intent remembers the no, and the page shows it.
                return HttpResponseRedirect(reverse("stripe:pay", args=[reference]))
        if intent.status == PaymentIntent.Status.REQUIRES_ACTION:
            return HttpResponseRedirect(reverse("stripe:authenticate", args=[intent.reference]))
        return _back_to_shop(session)


@method_decorator(never_cache, name="dispatch")
class Authenticate(View):
    """GET: the question of the payer's bank (3-D Secure). POST ``answer``: pass or fail."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        intent = PaymentIntent.objects.filter(reference=reference).select_related("account").first()
        if intent is None:
            raise Http404
        if intent.status != PaymentIntent.Status.REQUIRES_ACTION:
            return _after(intent)
        context = {"amount": dong(intent.amount_vnd), "merchant": intent.account.name, "intent": intent}
        return render(request, "sandbox_stripe/authenticate.html", context)

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        draw, now = faults.draw_next(PLAN), timezone.now()
        is_passed = request.POST.get("answer") == "pass"
        with transaction.atomic():
            intent = _locked(lambda: selectors.locked_intent(reference))
            with suppress(CardDeclined, Refused):  # the page that follows tells
                services.authenticate(intent, is_passed=is_passed, host=_host(request), draw=draw, now=now)
        return _after(intent)


def _page(request: HttpRequest, session: Session, *, problem: str) -> HttpResponse:
    now = timezone.now()
    is_open = session.status == Session.Status.OPEN and now < session.expires_at
    order = session.metadata.get("reference", "")
    context = {
        "session": session,
        "is_open": is_open,
        "is_paid": session.status == Session.Status.COMPLETE,
        "amount": dong(session.amount_vnd),
        "merchant": session.account.name,
        "order": "" if order in session.product else order,
        "until": clock(session.expires_at),
        "cards": CARDS,
        "problem": problem,
        "back_url": _success_url(session)
        if session.status == Session.Status.COMPLETE
        else session.cancel_url,
    }
    return render(
        request, "sandbox_stripe/pay.html", context, status=422 if problem == WHY["no_card"] else 200
    )


def _session(reference: str) -> Session:
    rows = Session.objects.select_related("account", "intent")
    session = rows.filter(reference=reference).first()
    if session is None:
        raise Http404
    return session


def _locked(find: Callable[[], Any]) -> Any:
    try:
        return find()
    except StripeFailure as failure:
        raise Http404 from failure


def _last_problem(session: Session) -> str:
    error = session.intent.last_error if session.intent else None
    if not error or session.status != Session.Status.OPEN:
        return ""
    return WHY.get(error.get("decline_code", ""), WHY.get(error["code"], error["message"]))


def _after(intent: PaymentIntent) -> HttpResponse:
    """Lead on after the bank's question: to the shop, or back to the cards."""
    session = Session.objects.filter(intent=intent).first()
    if session is not None and session.status == Session.Status.COMPLETE:
        return _back_to_shop(session)
    if session is not None:
        return HttpResponseRedirect(reverse("stripe:pay", args=[session.reference]))
    if intent.return_url:
        return HttpResponseRedirect(intent.return_url)
    raise Http404


def _back_to_shop(session: Session) -> HttpResponse:
    return HttpResponseRedirect(_success_url(session))


def _success_url(session: Session) -> str:
    return session.success_url.replace("{CHECKOUT_SESSION_ID}", session.reference)


def _host(request: HttpRequest) -> str:
    return request.build_absolute_uri("/stripe")
