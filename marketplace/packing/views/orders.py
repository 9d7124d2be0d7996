"""What there is to prepare, what to fetch for it, the papers to pack by, and each order."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from agriculture.harvests.selectors import lots_to_pack
from marketplace.delivery.codes import seller_code
from marketplace.delivery.models import PostOffice
from marketplace.packing import sheets
from marketplace.packing.forms import DECLINE_ICONS, DECLINE_REASONS
from marketplace.packing.models import Preparation
from marketplace.packing.selectors import chats, work

from .base import SellerView

PER_PAGE = 30
State = Preparation.State


class OrdersView(SellerView):
    """GET: the orders to prepare, by the day they go to the post and by where they go from there."""

    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        works = work.to_prepare(self.sellers, today=today)
        shown = Paginator(works, PER_PAGE).get_page(request.GET.get("page"))
        days = work.by_day(list(shown), today=today)
        codes = {code for day in days for code in day.hands_in_at}
        context = {
            "days": days,
            "offices": {office.code: office for office in PostOffice.objects.filter(code__in=codes)},
            "page_obj": shown,
            "new": sum(each.state == State.NEW for each in works),
            "accepted": sum(each.state == State.ACCEPTED for each in works),
            "ready": sum(each.state == State.READY for each in works),
            "act_ids": {each.part.pk: uuid4() for each in shown},
            "unread": chats.unread_by_seller([each.part.pk for each in shown]),
            "today": today,
        }
        return self.page("packing/orders.html", context)


class PickView(SellerView):
    """GET: how much of each product to fetch, summed up over all orders to prepare; by day."""

    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        open_works = [
            each for each in work.to_prepare(self.sellers, today=today) if each.state != State.READY
        ]
        days = [
            (day, work.pick_list([each for hub in day.hubs for each in hub.works]))
            for day in work.by_day(open_works, today=today)
        ]
        return self.page("packing/pick.html", {"days": days, "orders": len(open_works), "today": today})


class SheetView(SellerView):
    """GET: the packing sheet of everything that is to prepare, to print: as a page, or as PDF."""

    def get(self, request: HttpRequest, form: str) -> HttpResponse:
        now = timezone.now()
        today = timezone.localdate(now)
        works = work.to_prepare(self.sellers, today=today)
        days = work.by_day(works, today=today)
        if form == "pdf":
            return sheets.packing_sheet(days, sellers=self.sellers, now=now)
        return self.page("packing/sheet.html", {"days": days, "today": today, "printed_at": now})


class OrderView(SellerView):
    """GET: one order to prepare: its lines to tick and weigh, then its code for the post."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return order_page(self, self.work(number))


def order_page(
    view: SellerView, found: work.Work, *, errors: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Render the page of an order, perhaps with what was wrong with what was sent."""
    today = timezone.localdate()
    lots: dict[int, list[Any]] = {}
    if found.is_workable:
        products = {line.line.product_id for line in found.lines if line.line.product_id}
        lots = {pk: lots_to_pack(product_id=pk, today=today) for pk in sorted(products)}
    context = {
        "work": found,
        "rows": [(line, lots.get(line.line.product_id, []), uuid4()) for line in found.lines],
        "act_id": uuid4(),
        "weighs": any(line.waits_for_scales for line in found.lines),
        "code": seller_code(found.part.pk) if found.state == State.READY else "",
        "office": PostOffice.objects.filter(code=found.hands_in_at).first() if found.hands_in_at else None,
        "unread": chats.unread_by_seller([found.part.pk]).get(found.part.pk, 0),
        "reasons": [(key, words, DECLINE_ICONS[key]) for key, words in DECLINE_REASONS.items()],
        "errors": errors or {},
        "today": today,
    }
    return view.page("packing/order.html", context, status=status)
