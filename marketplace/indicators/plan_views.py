"""The roll-out on the officials' board: the plan of all communes, and the list of one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.errors import ShopError
from marketplace.places.models import Commune
from marketplace.places.selectors import communes_at

from . import plan, readings, services
from .forms import MarkForm, PlanForm
from .models import Card, RollOut
from .views import IndicatorView


class PlanView(IndicatorView):
    """GET: the plan, pilot first; the province's funnel; and which communes could come next."""

    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        known = {one.commune_id: one for one in plan.roll_outs()}
        found = plan.rows(self.communes, known, today=today)
        planned = [row for row in found if row.roll_out is not None]
        planned.sort(key=lambda row: (row.roll_out.wave, row.roll_out.planned_on, row.commune.name_ascii))  # type: ignore[union-attr]
        context = {
            "planned": planned,
            "waiting": [row for row in found if row.roll_out is None],
            "suggestions": plan.suggestions(found) if self.scope.whole_province else [],
            "funnel": self._funnel(today),
            "live": sum(row.roll_out.live_at is not None for row in planned),  # type: ignore[union-attr]
            "has_pilot": any(one.is_pilot for one in known.values()),
        }
        return self.page("indicators/plan.html", context)

    def _funnel(self, today: date) -> list[plan.Stage]:
        cards = readings.cards_on(today, pack=Card.Pack.ROLL_OUT)
        ids = readings.ids_of(self.communes, self.scope)
        month = today.replace(day=1)
        return plan.stages(readings.read(cards, month, ids, today=today, target_of=self.target_of))


class CommuneView(IndicatorView):
    """GET: one commune: its list, how others did each step, and its funnel. Foreign ones are not there."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self.shown(self.commune(code))

    def commune(self, code: str) -> Commune:
        for commune in self.communes:
            if commune.code == code:
                return commune
        raise Http404(_("There is no such commune among yours."))

    def roll_out(self, commune: Commune) -> RollOut:
        found = RollOut.objects.select_related("commune").filter(commune=commune).first()
        if found is None:
            raise Http404(_("This commune is not in the plan yet."))
        return found

    def shown(
        self,
        commune: Commune,
        *,
        form: PlanForm | None = None,
        mark: MarkForm | None = None,
        refused: str = "",
        status: int = 200,
    ) -> HttpResponse:
        today = timezone.localdate()
        known = {one.commune_id: one for one in RollOut.objects.filter(commune=commune)}
        (row,) = plan.rows([commune], known, today=today)
        roll_out = known.get(commune.pk)
        if form is None and self.scope.whole_province and (roll_out is None or roll_out.begun_at is None):
            form = PlanForm(
                initial={
                    "wave": roll_out.wave if roll_out else None,
                    "planned_on": roll_out.planned_on if roll_out else None,
                }
            )
        learned = plan.practices(roll_out)
        context = {
            "row": row,
            "lines": [(line, learned.get(line.step.code, [])) for line in row.lines],
            "form": form,
            "mark": mark,
            "refused": refused,
            "neighbours": self._neighbours(commune, today),
        }
        return self.page("indicators/commune.html", context, status=status)

    def _neighbours(self, commune: Commune, today: date) -> list[str]:
        near = communes_at(today).filter(pk__in=plan.neighbour_ids(commune), roll_out__live_at__isnull=False)
        return [each.name for each in near]


class ActView(CommuneView):
    """POST: what the province decides of a commune. GET leads back to it."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return redirect("indicators:commune", code=code)

    def acted(self, commune: Commune, act: Callable[[], Any], done: str) -> HttpResponse:
        """Do ``act``; say that it is ``done``, or on the page of the commune why it was refused."""
        try:
            act()
        except ShopError as error:
            return self.shown(commune, refused=str(error), status=error.status)
        messages.success(self.request, done)
        return redirect("indicators:commune", code=commune.code)


class PlanCommuneView(ActView):
    """POST ``wave`` and ``planned_on``: puts a commune into the plan, or moves it."""

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        self.only_province()
        commune = self.commune(code)
        form = PlanForm(request.POST)
        if not form.is_valid():
            return self.shown(commune, form=form, status=422)
        return self.acted(
            commune,
            lambda: services.plan_commune(commune=commune, by=self.official, **form.cleaned_data),
            _("%(commune)s is in the plan.") % {"commune": commune.full_name},
        )


class BeginView(ActView):
    """POST: begin to prepare a commune."""

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        self.only_province()
        commune = self.commune(code)
        roll_out = self.roll_out(commune)
        return self.acted(
            commune,
            lambda: services.begin(roll_out_id=roll_out.pk, now=timezone.now()),
            _("The preparation of %(commune)s has begun.") % {"commune": commune.full_name},
        )


class LiveView(ActView):
    """POST: the market has come to a commune."""

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        self.only_province()
        commune = self.commune(code)
        roll_out = self.roll_out(commune)
        now = timezone.now()
        return self.acted(
            commune,
            lambda: services.go_live(roll_out_id=roll_out.pk, now=now, today=timezone.localdate(now)),
            _("%(commune)s is live.") % {"commune": commune.full_name},
        )


class MarkView(ActView):
    """POST ``mark_id``, ``step``, ``is_done``, ``words``: a step of the list. Communes mark their own."""

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        commune = self.commune(code)
        roll_out = self.roll_out(commune)
        form = MarkForm(request.POST)
        if not form.is_valid():
            return self.shown(commune, mark=form, status=422)
        now = timezone.now()
        wish = form.cleaned_data
        return self.acted(
            commune,
            lambda: services.mark_step(
                mark_id=wish["mark_id"],
                roll_out=roll_out,
                step_code=wish["step"],
                is_done=wish["is_done"],
                words=wish["words"],
                by=self.official,
                now=now,
                today=timezone.localdate(now),
            ),
            _("Noted."),
        )
