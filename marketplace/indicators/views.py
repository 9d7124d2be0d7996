"""The indicators on the officials' board: three pillars on a page, each card, and figures from elsewhere."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.board.views import BoardView
from marketplace.errors import Invalid
from marketplace.statistics import exports, periods

from . import counting, readings, services
from .forms import FactForm, TargetForm
from .models import Card, Fact, Target
from .readings import Reading

MONTHS_TO_CHOOSE = 24
# Stands on the pages of the roll-out.
APART = {Card.Pack.ROLL_OUT}


class IndicatorView(BoardView):
    """Pages of a month. A month that cannot be read is this month, with words that say so."""

    def month(self, today: date) -> tuple[date, str]:
        try:
            return readings.read_month(self.request.GET.get("month", ""), today=today), ""
        except Invalid as error:
            return today.replace(day=1), str(error)

    @property
    def target_of(self) -> str:
        """The code of the one commune whose targets are shown; "" for the province's."""
        alone = len(self.communes) == 1 and not self.scope.whole_province
        return self.communes[0].code if alone else ""

    def only_province(self) -> None:
        if not self.scope.whole_province:
            raise PermissionDenied(_("Only officials of the province decide this."))

    def shown_month(self, today: date) -> dict[str, Any]:
        """Return what ``indicators/_months.html`` needs, and the month."""
        month, mistake = self.month(today)
        this_month = today.replace(day=1)
        return {
            "month": month,
            "mistake": mistake,
            "months": [periods.months_before(this_month, count) for count in range(MONTHS_TO_CHOOSE)],
            "earlier": periods.months_before(month, 1),
            "later": None if month >= this_month else periods.months_before(month, -1),
            "is_going_on": month == this_month,
        }


class PillarsView(IndicatorView):
    """GET ``month`` and ``pack``: every card's figure, by pillars and packs."""

    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        shown = self.shown_month(today)
        pack = request.GET.get("pack", "")
        packs = [(value, label) for value, label in Card.Pack.choices if value not in APART]
        if pack not in dict(packs):
            pack = ""
        last_day = readings.last_day_of(shown["month"], today=today)
        cards = [card for card in readings.cards_on(last_day, pack=pack) if card.pack not in APART]
        found = readings.read(
            cards,
            shown["month"],
            readings.ids_of(self.communes, self.scope),
            today=today,
            target_of=self.target_of,
        )
        context = {"pillars": _pillars(found), "packs": packs, "pack": pack, **shown}
        return self.page("indicators/pillars.html", context, status=400 if shown["mistake"] else 200)


def _pillars(found: list[Reading]) -> list[dict[str, Any]]:
    """Return each pillar with its packs, and how many of its cards have a figure and reached their target."""
    pillars = []
    for value, label in Card.Pillar.choices:
        own = [reading for reading in found if reading.card.pillar == value]
        if not own:
            continue
        packs = [
            (group[0].card.get_pack_display(), group)
            for _pack, rows in groupby(own, key=lambda reading: reading.card.pack)
            for group in [list(rows)]
        ]
        held = [reading for reading in own if reading.target is not None and reading.value is not None]
        pillars.append(
            {
                "code": value,
                "name": label,
                "packs": packs,
                "known": sum(reading.value is not None for reading in own),
                "cards": len(own),
                "held": len(held),
                "reached": sum(reading.is_reached for reading in held),
            }
        )
    return pillars


class CardView(IndicatorView):
    """GET ``month``: one card with its definition, a year of it, the communes and its targets."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self.shown(code)

    def card(self, code: str, day: date) -> Card:
        """Return the card of ``code`` in force on ``day``; there is none of other codes."""
        card = Card.objects.valid_on(day).filter(code=code).first()
        if card is None:
            raise Http404(_("There is no such indicator on this day."))
        return card

    def shown(self, code: str, *, form: TargetForm | None = None, status: int = 200) -> HttpResponse:
        today = timezone.localdate()
        shown = self.shown_month(today)
        card = self.card(code, readings.last_day_of(shown["month"], today=today))
        page = readings.card_page(
            card, shown["month"], self.communes, self.scope, today=today, target_of=self.target_of
        )
        context = {
            "card": card,
            "page": page,
            "statements": _statements(card),
            "targets": self._targets(card),
            "form": form or self._form(today),
            **shown,
        }
        return self.page("indicators/card.html", context, status=400 if shown["mistake"] else status)

    def _targets(self, card: Card) -> list[Target]:
        """Every target of the communes shown and of the province, the newest first."""
        codes = ["", *(commune.code for commune in self.communes)]
        names = {commune.code: commune.full_name for commune in self.communes}
        rows = Target.objects.filter(code=card.code, commune_code__in=codes).select_related("set_by")
        found = list(rows.order_by("-valid_from", "commune_code"))
        for target in found:
            target.of = names.get(target.commune_code, _("The whole province"))  # type: ignore[attr-defined]
            target.text = readings.in_unit(card, target.value)  # type: ignore[attr-defined]
        return found

    def _form(self, today: date) -> TargetForm | None:
        if not self.scope.whole_province:
            return None
        return TargetForm(communes=self.communes, initial={"valid_from": today})


def _statements(card: Card) -> list[tuple[str, str]]:
    """What is counted, and by which statement; the same statement stands there once."""
    found: dict[str, list[str]] = {}
    for name in card.names_counted:
        found.setdefault(counting.statement_of(name), []).append(name)
    return [(", ".join(names), statement) for statement, names in found.items()]


class TargetView(CardView):
    """POST: set a target of a card, for the province or one commune. Of the province only."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return redirect("indicators:card", code=code)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        self.only_province()
        card = self.card(code, timezone.localdate())
        form = TargetForm(request.POST, communes=self.communes)
        if form.is_valid():
            wish = form.cleaned_data
            try:
                services.set_target(
                    code=card.code,
                    commune_code=wish["commune"],
                    value=wish["value"],
                    valid_from=wish["valid_from"],
                    source=wish["source"],
                    by=self.official,
                )
            except Invalid as error:
                form.add_error(error.field, str(error))
            else:
                messages.success(request, _("The target is set."))
                return redirect("indicators:card", code=card.code)
        return self.shown(code, form=form, status=422)


class FiguresView(CardView):
    """GET ``month``: a card's figure by commune, as CSV for programs; ``bom=1`` for Excel."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        today = timezone.localdate()
        month, mistake = self.month(today)
        if mistake:
            return HttpResponse(mistake, status=400, content_type="text/plain; charset=utf-8")
        card = self.card(code, readings.last_day_of(month, today=today))
        page = readings.card_page(card, month, self.communes, self.scope, today=today)
        names = [
            "indicator",
            "month",
            "commune",
            "name",
            "value",
            "unit",
            "numerator",
            "denominator",
            "target",
        ]
        rows = [
            [card.code, f"{month:%Y-%m}", commune, name, *_columns(reading)]
            for commune, name, reading in [
                ("", _("All of these"), page.reading),
                *((row.commune.code, row.commune.full_name, row.reading) for row in page.rows),
            ]
        ]
        response = StreamingHttpResponse(
            exports.csv_parts(names, rows, bom=request.GET.get("bom") == "1"),
            content_type="text/csv; charset=utf-8",
        )
        response["Content-Disposition"] = f'attachment; filename="{card.code}-{month:%Y-%m}.csv"'
        response["Cache-Control"] = "no-store"
        return response  # type: ignore[return-value]


def _columns(reading: Reading) -> list[str]:
    target = None if reading.target is None else reading.target.value
    numbers = [reading.value, reading.numerator, reading.denominator, target]
    value, numerator, denominator, wanted = ("" if each is None else f"{each:.4f}" for each in numbers)
    return [value, str(reading.card.get_unit_display()), numerator, denominator, wanted]


class FactsView(IndicatorView):
    """GET: the figures from elsewhere, and which cards wait for one. POST: writes one down; province only."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._shown()

    def post(self, request: HttpRequest) -> HttpResponse:
        self.only_province()
        form = FactForm(request.POST, communes=self.communes)
        if form.is_valid():
            wish = form.cleaned_data
            try:
                services.enter_fact(
                    key=wish["key"],
                    commune_code=wish["commune"],
                    value=wish["value"],
                    valid_from=wish["valid_from"],
                    source=wish["source"],
                    by=self.official,
                )
            except Invalid as error:
                form.add_error(error.field, str(error))
            else:
                messages.success(request, _("The figure is written down. The cards count with it at once."))
                return redirect("indicators:facts")
        return self._shown(form=form, status=422)

    def _shown(self, *, form: FactForm | None = None, status: int = 200) -> HttpResponse:
        today = timezone.localdate()
        codes = ["", *(commune.code for commune in self.communes)]
        names = {commune.code: commune.full_name for commune in self.communes}
        rows = Fact.objects.filter(commune_code__in=codes).select_related("entered_by")
        found = list(rows.order_by("key", "commune_code", "-valid_from"))
        for fact in found:
            fact.text = readings.number_text(fact.value)  # type: ignore[attr-defined]
            fact.of = names.get(fact.commune_code, _("The whole province"))  # type: ignore[attr-defined]
        if form is None and self.scope.whole_province:
            key = self.request.GET.get("key", "")
            form = FactForm(communes=self.communes, initial={"valid_from": today, "key": key})
        known = {fact.key for fact in found}
        missing = [label for value, label in Fact.Key.choices if value not in known]
        context = {"facts": found, "missing": missing, "form": form, "today": today}
        return self.page("indicators/facts.html", context, status=status)
