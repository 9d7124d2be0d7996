"""What staff look at before others see it, or after: new sellers, listings, photos. And what was decided."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin, UserPassesTestMixin
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.generic import View
from oscar.core.loading import get_model

from agriculture.models import Produce
from marketplace.errors import ShopError
from payments.money import to_vnd

from . import moderation, rules, selectors
from .models import Look

Product = get_model("catalogue", "Product")
ProductImage = get_model("catalogue", "ProductImage")

PAGE_SIZE = 20
REASONS = {
    rules.NEW_SELLER: pgettext_lazy("moderation", "new seller"),
    rules.DEAR: gettext_lazy("far dearer than others"),
    rules.CHEAP: gettext_lazy("far cheaper than others"),
    rules.FORBIDDEN: gettext_lazy("may be forbidden"),
}
DECIDED = "decided"


class StaffView(LoginRequiredMixin, UserPassesTestMixin, View):
    """Strangers are asked to sign in; whoever is signed in and not of the staff is refused (403)."""

    def test_func(self) -> bool:
        return not self.request.user.is_authenticated or bool(self.request.user.is_staff)


class QueueView(StaffView):
    """GET ?what=seller|listing|photo|decided&page=: what waits, the oldest first; or what was decided."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return queue_page(request)


class DecideView(StaffView):
    """POST ``{verdict: pass | refuse, words}``: decide about one of them."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        get_object_or_404(Look, pk=pk)
        verdict = request.POST.get("verdict")
        if verdict not in ("pass", "refuse"):
            raise Http404
        try:
            look = moderation.decide(
                look_id=pk,
                passes=verdict == "pass",
                words=request.POST.get("words", ""),
                by=request.user,  # type: ignore[arg-type]
                now=timezone.now(),
            )
        except ShopError as error:
            return queue_page(request, wrong=pk, error=str(error), status=error.status)
        messages.success(request, _("Decided: %(verdict)s.") % {"verdict": look.get_verdict_display()})
        return redirect(f"{reverse('moderation:queue')}?what={look.subject}")


def queue_page(request: HttpRequest, *, wrong: int = 0, error: str = "", status: int = 200) -> HttpResponse:
    what = request.GET.get("what", "")
    if what not in (*Look.Subject.values, DECIDED, ""):
        raise Http404
    rows = selectors.looks(subject="" if what == DECIDED else what, is_open=what != DECIDED)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    counts = Look.objects.filter(verdict=Look.Verdict.OPEN).values_list("subject").annotate(Count("pk"))
    context = {
        "page_obj": page,
        "looks": _shown(list(page)),
        "what": what,
        "is_decided": what == DECIDED,
        "tabs": [(each.value, each.label, dict(counts).get(each.value, 0)) for each in Look.Subject],
        "wrong": wrong,
        "error": error,
    }
    return render(request, "listing/staff/queue.html", context, status=status)


def _shown(looks: list[Look]) -> list[dict[str, Any]]:
    """Return what stands on a page about each look. Four queries."""
    ids = [look.product_id for look in looks if look.product_id]
    found = Produce.objects.filter(product__in=ids).prefetch_related("product__stockrecords")
    produce = {each.product_id: each for each in found.select_related("product")}
    others = Product.objects.in_bulk([pk for pk in ids if pk not in produce])
    products = {pk: each.product for pk, each in produce.items()} | others
    pictures = ProductImage.objects.filter(product__in=ids).order_by("-display_order", "-pk")
    images = dict(pictures.values_list("product_id", "original"))  # the first of each comes last, and stays
    return [
        {"product": products.get(look.product_id or 0)}
        | _facts(look, produce.get(look.product_id or 0), images.get(look.product_id or 0))
        for look in looks
    ]


def _facts(look: Look, produce: Produce | None, image: str | None) -> dict[str, Any]:
    record = next(iter(produce.product.stockrecords.all()), None) if produce else None
    price_vnd = to_vnd(record.price) if record is not None and record.price is not None else None
    return {
        "look": look,
        "produce": produce,
        "image": look.photo.name if look.photo is not None and look.photo.name else image,
        "price_vnd": price_vnd,
        "kilo_vnd": produce.kilo_price_vnd(price_vnd) if produce and price_vnd is not None else None,
        "reasons": [REASONS.get(reason, reason) for reason in look.reasons],
    }
