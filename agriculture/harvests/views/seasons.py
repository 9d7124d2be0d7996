"""The harvests of a seller: announcing one, one question a page, and writing down what it gave."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agriculture.harvests import selectors, services
from agriculture.harvests.models import Harvest
from marketplace.errors import ShopError

from .base import GrowerView, read_day, read_number

# When most harvests that people announce begin, in weeks from today, and how long they last.
SOON_WEEKS = (1, 2, 4, 8)
USUAL_DAYS = 13
NEWEST_LOTS = 6


class HarvestsView(GrowerView):
    """GET: what grows, what was brought in, and the newest lots. Three queries."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = selectors.harvests_of(self.sellers)
        context = {
            "growing": [row for row in rows if row.harvest.recorded_at is None],
            "recorded": [row for row in rows if row.harvest.recorded_at is not None][:NEWEST_LOTS],
            "lots": selectors.lots_of(self.sellers)[:NEWEST_LOTS],
            "today": timezone.localdate(),
        }
        return self.page("harvests/list.html", context)


class AnnounceView(GrowerView):
    """GET: the next question of a new harvest, what was answered stands in the address. POST: announce it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._ask(request.GET.dict())

    def post(self, request: HttpRequest) -> HttpResponse:
        said = request.POST.dict()
        now = timezone.now()
        produce = self.produce(said.get("product", ""))
        try:
            harvest = services.open_harvest(
                seller=produce.product.origin.seller,
                product=produce.product,
                opens_on=timezone.localdate(now) if said.get("orders") == "yes" else None,
                starts_on=read_day(said, "starts_on"),
                ends_on=read_day(said, "ends_on"),
                forecast=read_number(said, "forecast"),
                by=self.user,
                now=now,
                harvest_id=_uuid(said.get("harvest_id", "")),
            )
        except ShopError as error:
            field = getattr(error, "field", "orders")
            kept = {name: value for name, value in said.items() if name not in (field, "orders")}
            return self._ask(kept, error=error)
        messages.success(request, _("Announced. Here you see who orders."))
        return redirect("harvests:harvest", pk=harvest.pk)

    def _ask(self, said: dict[str, str], *, error: ShopError | None = None) -> HttpResponse:
        said = {name: said[name] for name in ("product", "starts_on", "ends_on", "forecast") if name in said}
        context: dict[str, Any] = {"error": error, "said": said}
        status = 422 if error else 200
        if not said.get("product"):
            return self.page("harvests/ask_product.html", context | {"goods": self._goods()}, status=status)
        context["produce"] = self.produce(said["product"])
        if not said.get("starts_on") or not said.get("ends_on"):
            context |= {"soon": _soon(timezone.localdate()), "today": timezone.localdate()}
            return self.page("harvests/ask_days.html", context, status=status)
        if not said.get("forecast"):
            return self.page("harvests/ask_quantity.html", context, status=status)
        try:
            context |= {name: read_day(said, name) for name in ("starts_on", "ends_on")}
            context["forecast"] = read_number(said, "forecast")
        except ShopError as wrong:
            kept = {name: value for name, value in said.items() if name != getattr(wrong, "field", "")}
            return self._ask(kept, error=wrong)
        return self.page("harvests/ask_orders.html", context | {"harvest_id": uuid4()}, status=status)

    def _goods(self) -> Any:
        return selectors.goods_of(self.sellers).prefetch_related("product__images")


class HarvestView(GrowerView):
    """GET: one harvest and who waits for it. POST ``{actual}``: write down what it gave."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        return self._show(self._harvest(pk))

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        harvest = self._harvest(pk)
        try:
            actual = read_number(request.POST.dict(), "actual")
            harvest = services.record_actual(harvest=harvest, actual=actual, by=self.user, now=timezone.now())
        except ShopError as error:
            return self._show(harvest, error=error)
        missing = selectors.harvest_row(harvest).missing
        if missing:
            words = ngettext(
                "Written down. %(missing)d is missing; we pay it back and explain it to the buyer.",
                "Written down. %(missing)d are missing; we pay them back and explain it to the buyers.",
                missing,
            )
            messages.warning(request, words % {"missing": missing})
        else:
            messages.success(request, _("Written down. Everybody gets what they ordered."))
        return redirect("harvests:harvest", pk=harvest.pk)

    def _harvest(self, pk: UUID) -> Harvest:
        rows = Harvest.objects.select_related("product__produce", "seller")
        harvest = rows.filter(pk=pk, seller__in=self.sellers).first()
        if harvest is None:
            raise Http404
        return harvest

    def _show(self, harvest: Harvest, *, error: ShopError | None = None) -> HttpResponse:
        context = {
            "harvest": harvest,
            "row": selectors.harvest_row(harvest),
            "waiting": selectors.preorders_of(harvest),
            "today": timezone.localdate(),
            "error": error,
        }
        return self.page("harvests/harvest.html", context, status=422 if error else 200)


def _soon(today: date) -> list[tuple[int, date, date]]:
    """The choices of when a harvest begins, each with its usual days."""
    begins = [(weeks, today + timedelta(weeks=weeks)) for weeks in SOON_WEEKS]
    return [(weeks, begin, begin + timedelta(days=USUAL_DAYS)) for weeks, begin in begins]


def _uuid(said: str) -> UUID | None:
    try:
        return UUID(said)
    except ValueError:
        return None
