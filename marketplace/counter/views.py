"""The pages of a post point's counter, for its agents."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.models import User
from marketplace.accounts.pages import PrivatePage, Refusal
from marketplace.delivery.models import PostOffice
from marketplace.fulfilment.models import Placement
from payments import tills

from . import selectors, services
from .errors import CounterError
from .forms import BankForm, CountForm, DayForm, SearchForm

SHOWN_BANKINGS = 20


class CounterView(PrivatePage):
    """For agents of a post office."""

    refusal = Refusal(
        title=gettext_lazy("Counter"),
        heading=gettext_lazy("This is the counter of the post"),
        text=gettext_lazy(
            "Only agents of a post point may enter. "
            "If you are one, ask the market's staff to note where you work."
        ),
        icon="lock",
        leads_to="home",
        action=gettext_lazy("Back to the market"),
    )
    agent: User
    office: PostOffice

    def may_enter(self) -> bool:
        office = selectors.office_of(self.user)
        if office is None:
            return False
        self.agent, self.office = self.user, office
        return True

    def shared(self) -> dict[str, Any]:
        return {"office": self.office}


class TodayView(CounterView):
    """GET: what waits at the counter and today's cash. POST: go to the order of a code or a number."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(SearchForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SearchForm(request.POST)
        if not form.is_valid():
            return self._show(form, status=422)
        try:
            found = services.search(office=self.office, sought=form.cleaned_data["sought"], agent=self.agent)
        except CounterError as error:
            form.add_error(error.field, str(error))
            return self._show(form, status=error.status)
        if len(found) == 1:
            return redirect("counter:order", number=found[0].order.number)
        return self._show(form, only={one.pk for one in found})

    def _show(self, form: SearchForm, *, only: set[int] | None = None, status: int = 200) -> HttpResponse:
        waiting = selectors.waiting_at(self.office)
        context = {
            "form": form,
            "waiting": [one for one in waiting if only is None or one.placement.pk in only],
            "held_vnd": tills.held_vnd(self.office.code),
            "today": selectors.day_at(self.office, timezone.localdate()),
        }
        return self.page("counter/today.html", context, status=status)


class OrderView(CounterView):
    """GET: an order collected here. POST: cash counted for it, in or out, once however often it is sent."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return self._show(self._placement(number))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        placement = self._placement(number)
        form = CountForm(request.POST)
        if not form.is_valid():
            return self._show(placement, wrong=form, status=422)
        try:
            counted_by = services.count(
                placement=placement,
                office=self.office,
                operation_id=form.cleaned_data["operation"],
                code=form.cleaned_data["code"],
                counted_vnd=form.cleaned_data["counted"],
                agent=self.agent,
                now=timezone.now(),
            )
        except CounterError as error:
            form.add_error(error.field, str(error))
            return self._show(placement, wrong=form, status=error.status)
        if counted_by == services.written(self.agent):
            messages.success(request, _("Recorded. The receipt stands below."))
        else:
            messages.warning(
                request,
                _("%(who)s has already counted this. Take or give no cash a second time.")
                % {"who": counted_by},
            )
        return redirect("counter:order", number=number)

    def _placement(self, number: str) -> Placement:
        """The order, if it is in cash and collected here. To this counter there are no others."""
        placement = selectors.placement_at(self.office, number)
        if placement is None:
            raise Http404
        return placement

    def _show(
        self, placement: Placement, *, wrong: CountForm | None = None, status: int = 200
    ) -> HttpResponse:
        shown = selectors.handover(placement, office=self.office)
        context = {
            "shown": shown,
            "forms": [(one, _form_for(one.operation.pk, wrong)) for one in shown.waiting],
            "wrong": wrong,
        }
        return self.page("counter/order.html", context, status=status)


class TillView(CounterView):
    """GET: what the till holds, a day's movements, and what was banked. POST: cash carried to the bank."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(BankForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = BankForm(request.POST)
        if not form.is_valid():
            return self._show(form, status=422)
        banking = services.Banking(
            form.cleaned_data["banking_id"], form.cleaned_data["amount"], form.cleaned_data["slip"]
        )
        try:
            services.bank(office=self.office, banking=banking, agent=self.agent)
        except CounterError as error:
            form.add_error(error.field, str(error))
            return self._show(form, status=error.status)
        messages.success(request, _("Slip %(slip)s is recorded.") % {"slip": banking.slip})
        return redirect("counter:till")

    def _show(self, form: BankForm, *, status: int = 200) -> HttpResponse:
        today = timezone.localdate()
        day = DayForm(self.request.GET).chosen(today=today)
        context = {
            "form": form,
            "day_form": DayForm(initial={"day": day}),
            "shown": selectors.day_at(self.office, day),
            "held_vnd": tills.held_vnd(self.office.code),
            "bankings": tills.bankings(self.office.code, most=SHOWN_BANKINGS),
        }
        return self.page("counter/till.html", context, status=status)


def _form_for(operation_id: UUID, wrong: CountForm | None) -> CountForm:
    """The form as it was sent, if it was sent for this operation; else an empty one."""
    if wrong is not None and wrong.data.get("operation") == str(operation_id):
        return wrong
    return CountForm(initial={"operation": operation_id}, auto_id=f"{operation_id}-%s")
