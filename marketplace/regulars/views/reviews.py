"""Reviews: written from the page of an order, answered under /sell/reviews/."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from marketplace.errors import Invalid, ShopError
from marketplace.fulfilment.models import Placement
from marketplace.regulars.forms import AnswerForm, ReviewForm
from marketplace.regulars.models import Received
from marketplace.regulars.selectors import reviews
from marketplace.regulars.services import reviewing
from marketplace.shop.basket.middleware import ShopRequest
from marketplace.shop.order.views import may_open

from .selling import SellingView


class ReviewView(View):
    """GET: the form for one line of an order, for those who may open the order. POST: write the review."""

    def get(self, request: ShopRequest, number: str, pk: int) -> HttpResponse:
        _placement, line = _opened(request, number, pk)
        return self._page(request, number, line, ReviewForm())

    def post(self, request: ShopRequest, number: str, pk: int) -> HttpResponse:
        placement, line = _opened(request, number, pk)
        form = ReviewForm(request.POST)
        if form.is_valid():
            try:
                reviewing.review(
                    line=line,
                    user=line.order.user,
                    name=placement.name,
                    stars=form.cleaned_data["stars"],
                    words=form.cleaned_data["words"],
                )
            except Invalid as error:
                form.refuse(error)
            except ShopError as error:
                messages.error(request, str(error))
                return redirect("order", number=number)
            else:
                messages.success(request, _("Thank you. The seller and other buyers read it now."))
                return redirect("order", number=number)
        return self._page(request, number, line, form, status=422)

    def _page(
        self, request: ShopRequest, number: str, line: Any, form: ReviewForm, *, status: int = 200
    ) -> HttpResponse:
        context = {"form": form, "line": line, "number": number, "may": reviews.has_received(line)}
        return render(request, "regulars/review_form.html", context, status=status)


class AnswersView(SellingView):
    """GET: reviews that wait for the seller's answer. POST ``{review, answer}``: answer one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        pk = request.POST.get("review", "")
        received = get_object_or_404(
            Received.objects.filter(review__product__origin__seller__in=self.sellers),
            pk=int(pk) if pk.isdecimal() and len(pk) < 18 else 0,
        )
        form = AnswerForm(request.POST)
        if form.is_valid():
            try:
                words = form.cleaned_data["answer"]
                reviewing.answer(received=received, words=words, by=self.user, now=timezone.now())
            except Invalid as error:
                form.refuse(error)
            except ShopError as error:
                messages.error(request, str(error))
                return redirect("regulars:answers")
            else:
                messages.success(request, _("Your answer stands below the review."))
                return redirect("regulars:answers")
        return self._page(request, wrong=received.pk, form=form, status=422)

    def _page(
        self, request: HttpRequest, *, wrong: int = 0, form: AnswerForm | None = None, status: int = 200
    ) -> HttpResponse:
        waiting = reviews.unanswered(self.sellers)
        rows = [
            (each, form if form and each.pk == wrong else AnswerForm(auto_id=f"answer-{each.pk}-%s"))
            for each in waiting
        ]
        return render(request, "regulars/answers.html", {"rows": rows}, status=status)


def _opened(request: ShopRequest, number: str, line_id: int) -> tuple[Placement, Any]:
    """Return the placement and the line of goods of an order that may be opened here; 404 otherwise."""
    placement = Placement.objects.select_related("order").filter(order__number=number).first()
    if placement is None or not may_open(request, placement):
        raise Http404
    lines = placement.order.lines.filter(product__produce__isnull=False)
    return placement, get_object_or_404(lines.select_related("product", "order__user"), pk=line_id)
