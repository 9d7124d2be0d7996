"""Complaints: the buyer's page of one, the seller's answers, and what co-operatives and officials decide."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.generic import View

from marketplace.accounts.models import User
from marketplace.board.views import BoardView
from marketplace.errors import ShopError
from marketplace.fulfilment.models import Placement
from marketplace.joining.services import note_act
from marketplace.messaging.acts import NotAllowed
from marketplace.packing import photos
from marketplace.packing.forms import AnswerForm, DecisionForm
from marketplace.packing.selectors import complaints
from marketplace.settlement import services as settlement
from marketplace.settlement.models import Dispute, DisputePhoto
from marketplace.shop.basket.middleware import ShopRequest
from marketplace.shop.order.views import may_open
from payments.errors import PaymentError

from .base import SellerView

A_PAGE = 20


class BuyerComplaintView(View):
    """GET: a complaint and its story. POST ``act=agree|disagree|withdraw``: the buyer's answer."""

    def get(self, request: ShopRequest, number: str, pk: int) -> HttpResponse:
        return _shown(request, _buyers(request, number, pk), "packing/complaint.html", side="buyer")

    def post(self, request: ShopRequest, number: str, pk: int) -> HttpResponse:
        dispute = _buyers(request, number, pk)
        by = request.user if isinstance(request.user, User) else None
        now = timezone.now()
        try:
            match request.POST.get("act"):
                case "agree":
                    settlement.agree(dispute_id=dispute.pk, agrees=True, by=by, now=now)
                case "disagree":
                    settlement.agree(dispute_id=dispute.pk, agrees=False, by=by, now=now)
                case "withdraw":
                    settlement.withdraw(dispute_id=dispute.pk, by=by, now=now)
                case _other:
                    raise Http404
        except (ShopError, PaymentError) as error:
            messages.error(request, str(error))
        return redirect("order-complaint", number=number, pk=pk)


class SellerComplaintsView(SellerView):
    """GET: the complaints about what one sold, and those a member of a co-operative may decide."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = Paginator(complaints.of_sellers(self.sellers), A_PAGE).get_page(request.GET.get("page"))
        others = complaints.for_cooperatives(self.user.pk, today=timezone.localdate())
        return self.page("packing/complaints.html", {"page_obj": found, "others": others[:A_PAGE]})


class SellerComplaintView(SellerView):
    """GET: a complaint. POST ``{offer, offer_vnd, words}``: the seller's answer."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return _shown(request, self.dispute(pk), "packing/complaint.html", side="seller", form=AnswerForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        dispute = self.dispute(pk)
        form = AnswerForm(request.POST)
        now = timezone.now()
        if form.is_valid():
            try:
                settlement.answer(
                    dispute_id=pk,
                    offer_vnd=form.offer_vnd_of(dispute.wanted_vnd),
                    words=form.cleaned_data["words"],
                    by=self.user,
                    now=now,
                )
                note_act(
                    seller=dispute.part.seller,
                    by=self.user,
                    what=gettext_noop("Answered a complaint"),
                    detail=dispute.part.number,
                    now=now,
                )
            except (ShopError, PaymentError, NotAllowed) as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Your answer is on its way to the buyer."))
                return redirect("packing:complaint", pk=pk)
        return _shown(request, dispute, "packing/complaint.html", side="seller", form=form, status=422)

    def dispute(self, pk: int) -> Dispute:
        return get_object_or_404(complaints.of_sellers(self.sellers), pk=pk)


class CooperativeComplaintView(LoginRequiredMixin, View):
    """GET, POST: a complaint about a household, decided by a member of its co-operative."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return _shown(request, self._dispute(pk), "packing/complaint.html", side="cooperative", decides=True)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        return _decide(request, self._dispute(pk), "packing/complaint.html", side="cooperative")

    def _dispute(self, pk: int) -> Dispute:
        assert isinstance(self.request.user, User)
        found = complaints.for_cooperatives(self.request.user.pk, today=timezone.localdate())
        return get_object_or_404(found, pk=pk)


class BoardComplaintsView(BoardView):
    """GET: what officials have to decide, and what was decided."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = complaints.for_officials(self.scope, self.communes)
        found = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
        return self.page("packing/board_complaints.html", {"page_obj": found, "now": timezone.now()})


class BoardComplaintView(BoardView):
    """GET: a complaint with its story. POST ``{refund_vnd, note}``: the official's decision."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        dispute = self._dispute(pk)
        decides = complaints.may_decide(dispute, self.scope)
        return _shown(request, dispute, "packing/board_complaint.html", side="official", decides=decides)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        dispute = self._dispute(pk)
        if not complaints.may_decide(dispute, self.scope):
            messages.error(request, _("It is not your turn to decide this. Look who has to answer."))
            return _shown(request, dispute, "packing/board_complaint.html", side="official", status=409)
        return _decide(request, dispute, "packing/board_complaint.html", side="official")

    def _dispute(self, pk: int) -> Dispute:
        return get_object_or_404(complaints.for_officials(self.scope, self.communes), pk=pk)


class PhotoView(View):
    """GET: a picture of a complaint, for whoever saw the complaint's page in the last hour."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        photo_id = photos.photo_of(key)
        photo = get_object_or_404(DisputePhoto, pk=photo_id) if photo_id else None
        if photo is None:
            raise Http404
        response = HttpResponse(bytes(photo.webp), content_type="image/webp")
        response["Cache-Control"] = "private, max-age=3600"
        return response


def _buyers(request: ShopRequest, number: str, pk: int) -> Dispute:
    placement = Placement.objects.select_related("order").filter(order__number=number).first()
    if placement is None or not may_open(request, placement):
        raise Http404
    return get_object_or_404(complaints.of_order(placement.order_id), pk=pk)


def _shown(
    request: HttpRequest,
    dispute: Dispute,
    template: str,
    *,
    side: str,
    form: Any = None,
    decides: bool = False,
    status: int = 200,
) -> HttpResponse:
    found = complaints.complaint(dispute)
    if decides and form is None:
        form = DecisionForm(initial={"refund_vnd": found.most_vnd})
    context = {
        "complaint": found,
        "dispute": dispute,
        "pictures": [photos.link_key(pk) for pk in found.photo_ids],
        "side": side,
        "form": form,
        "decides": decides,
        "now": timezone.now(),
    }
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _decide(request: HttpRequest, dispute: Dispute, template: str, *, side: str) -> HttpResponse:
    form = DecisionForm(request.POST)
    if form.is_valid():
        try:
            settlement.decide_dispute(
                dispute_id=dispute.pk,
                refund_vnd=form.cleaned_data["refund_vnd"],
                note=form.cleaned_data["note"],
                by=request.user,
                now=timezone.now(),
            )
        except (ShopError, PaymentError) as error:
            form.add_error("refund_vnd", str(error))
        else:
            messages.success(request, _("It is decided. The buyer and the seller are told."))
            return redirect("complaints-board:list" if side == "official" else "packing:complaints")
    return _shown(request, dispute, template, side=side, form=form, decides=True, status=422)
