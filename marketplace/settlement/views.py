"""What a seller sees of its money. For its members; to everybody else the pages do not exist."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.generic import ListView, View

from frontend import pdf
from marketplace.sellers.models import Mandate, Seller, SubOrder
from marketplace.sellers.selectors import sellers_of

from . import aloud, dividing, papers, selectors, sheets, statements
from .months import Month, MonthUnreadable, last_months, read_month

SHOWN_MONTHS = 6
PDF = "pdf"


class MoneyView(LoginRequiredMixin, ListView):
    """GET: how the seller's money stands, its payouts, and the split of every part; ``seller`` is a slug."""

    template_name = "settlement/money.html"
    paginate_by = 10

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.seller, self.sellers = _seller(request)
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        return selectors.parts_of_seller(self.seller)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        now = timezone.now()
        shown = [part.pk for part in context["page_obj"]]
        payouts = selectors.payouts_of(self.seller)
        newest = payouts[0] if payouts else None
        money = selectors.money_of(self.seller, now=now)
        parts = SubOrder.objects.filter(pk__in=shown).order_by("-placed_at", "-pk")
        return context | {
            "seller": self.seller,
            "sellers": self.sellers,
            "money": money,
            "aloud": aloud.of_money(money),
            "fund": selectors.fund_of(self.seller),
            "payouts": payouts,
            "by_hand": selectors.by_hand_of(self.seller),
            "bounced": newest if newest and newest.state == newest.State.FAILED else None,
            "splits": [(split, aloud.of_part(split)) for split in selectors.splits_of(parts)],
            "months": last_months(now, SHOWN_MONTHS),
        }


class StatementView(LoginRequiredMixin, View):
    """GET: every line of a month, with the balance before and after."""

    def get(self, request: HttpRequest, month: str) -> HttpResponse:
        seller, sellers = _seller(request)
        wanted = _month(month)
        found = statements.statement(seller=seller, begins_at=wanted.begins_at, ends_at=wanted.ends_at)
        is_shared = seller.kind == Seller.Kind.COOPERATIVE
        context = {
            "seller": seller,
            "sellers": sellers,
            "month": wanted,
            "statement": found,
            "division": dividing.division(found) if is_shared else [],
            "months": last_months(timezone.now(), SHOWN_MONTHS),
        }
        return render(request, "settlement/statement.html", context)


class StatementFileView(LoginRequiredMixin, View):
    """GET: the same as CSV or XLSX, or with the split of its orders as PDF."""

    def get(self, request: HttpRequest, month: str, form: str) -> HttpResponse:
        seller, _sellers = _seller(request)
        wanted = _month(month)
        if form != PDF and form not in sheets.TYPES:
            raise Http404
        found = statements.statement(seller=seller, begins_at=wanted.begins_at, ends_at=wanted.ends_at)
        if form == PDF:
            paper = papers.statement_paper(
                found, statements.splits_in(found), month=wanted, now=timezone.now()
            )
            return pdf.as_response(paper, name=f"{seller.slug}-{wanted}")
        return sheets.as_response(statements.as_sheet(found), form=form, name=f"{seller.slug}-{wanted}")


def _seller(request: HttpRequest) -> tuple[Seller, list[Seller]]:
    """Return the seller asked for, or the first of the person's, and all of the person's."""
    sellers = list(sellers_of(request.user.pk, scope=Mandate.Scope.MONEY))
    slug = request.GET.get("seller", "")
    for seller in sellers:
        if slug in ("", seller.slug):
            return seller, sellers
    raise Http404


def _month(text: str) -> Month:
    try:
        return read_month(text)
    except MonthUnreadable as error:
        raise Http404 from error
