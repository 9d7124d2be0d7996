"""Reports of an official: their figures as files, and by e-mail every week or month."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Max, Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.board.views import BoardView
from marketplace.statistics import daily, exports, periods
from marketplace.statistics.errors import QuestionRefused
from marketplace.statistics.periods import Period
from marketplace.statistics.tables import Table

from . import reports
from .forms import SubscribeForm
from .models import Subscription
from .streaming import streamed

NEWEST = "2025"  # boundaries


class ReportsView(BoardView):
    """GET: take the figures of a period as a file; what comes by e-mail. POST: ask for a report by e-mail."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(SubscribeForm(initial={"email": self.official.email}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SubscribeForm(request.POST)
        if not reports.is_mail_sent() or not form.is_valid():
            return self._page(form, status=422)
        subscription = reports.subscribe(official=self.official, now=timezone.now(), **form.cleaned_data)
        if subscription.confirmed_at is None:
            words = _("A letter is on its way to %(email)s. Open the page it names, and the reports begin.")
            messages.success(request, words % {"email": subscription.email})
        return redirect("board-reports:home")

    def _page(self, form: SubscribeForm, *, status: int = 200) -> HttpResponse:
        today = timezone.localdate()
        mistake = ""
        try:
            period = periods.read_period(self.request.GET.dict(), today=today)
        except QuestionRefused as error:
            mistake, period = str(error), periods.read_period({}, today=today)
            status = error.status
        if not self.request.GET:
            last = reports.last_period(Subscription.Every.MONTH, today=today)
            period = Period(periods.CUSTOM, last.first_day, last.last_day)
        theirs = Subscription.objects.filter(official=self.official, ended_at=None)
        context = {
            "form": form,
            "period": period,
            "mistake": mistake,
            "question": f"from={period.first_day}&to={period.last_day}",
            "is_mail_sent": reports.is_mail_sent(),
            "subscriptions": theirs.annotate(
                last_sent_at=Max("reports__sent_at", filter=Q(reports__first_day__isnull=False))
            ).order_by("every"),
        }
        return self.page("departments/reports.html", context, status=status)


class StopView(BoardView):
    """POST: send this report no more."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        subscription = get_object_or_404(Subscription, pk=pk, official=self.official)
        reports.stop(subscription=subscription, now=timezone.now())
        messages.success(request, _("This report comes no more."))
        return redirect("board-reports:home")


class ConfirmView(BoardView):
    """GET: what the letter was about. POST: begin to send it. The address is signed and stands in it."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        found = reports.subscription_of(token, official=self.official)
        if found is None:
            raise Http404(_("This letter is too old, or was sent to somebody else. Ask for a new one."))
        return self.page("departments/confirm.html", {"subscription": found, "token": token})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        found = reports.confirm(token=token, official=self.official, now=timezone.now())
        if found is None:
            raise Http404(_("This letter is too old, or was sent to somebody else. Ask for a new one."))
        messages.success(request, _("Confirmed. The next report goes to %(email)s.") % {"email": found.email})
        return redirect("board-reports:home")


class FiguresView(BoardView):
    """GET: one table of the official's figures as CSV, XLSX, JSON or a paper.

    ``from``, ``to``, ``boundaries``, ``by``, ``commune``, ``kind`` as in the API; ``bom=1`` for Excel.
    Without ``by`` it is what an official reports: communes, or the product groups of the only one.
    """

    def get(self, request: HttpRequest, form: str) -> HttpResponseBase:
        today = timezone.localdate()
        try:
            table = self._table(today)
        except QuestionRefused as error:
            return self.page("departments/refused.html", {"words": str(error)}, status=error.status)
        name = f"muongthen-{table.question.first_day}-{table.question.last_day}-{'-'.join(table.question.by)}"
        return _file(table, form, name, request=request, paper=lambda: self._paper(table))

    def _table(self, today: date) -> Table:
        asked = self.request.GET
        period = periods.read_period(asked.dict(), today=today)
        narrower = {name: asked[name] for name in ("by", "commune", "kind") if asked.get(name)}
        return reports.figures(
            self.scope,
            first_day=period.first_day,
            last_day=period.last_day,
            boundaries=asked.get("boundaries") or NEWEST,
            **narrower,
        )

    def _paper(self, table: Table) -> bytes:
        return reports.paper_of(table, self.scope, now=timezone.now())


class DailyView(BoardView):
    """GET: a row for each day, unit and product group the official sees, as CSV, JSON or XLSX. Any length."""

    def get(self, request: HttpRequest, form: str) -> HttpResponseBase:
        try:
            period = periods.read_period(request.GET.dict(), today=timezone.localdate())
            rows = daily.rows(first_day=period.first_day, last_day=period.last_day, scope=self.scope)
        except QuestionRefused as error:
            return self.page("departments/refused.html", {"words": str(error)}, status=error.status)
        name = f"muongthen-daily-{period.first_day}-{period.last_day}.{form}"
        if form == "xlsx":
            return _workbook(exports.xlsx_file(daily.COLUMNS, rows), name)
        if form == "json":
            head = {"from": period.first_day, "to": period.last_day}
            parts = exports.json_parts(daily.COLUMNS, rows, head=head)
            return streamed(request, parts, content_type="application/json", name=name)
        parts = exports.csv_parts(daily.COLUMNS, rows, bom="bom" in request.GET)
        return streamed(request, parts, content_type="text/csv; charset=utf-8", name=name)


def _file(table: Table, form: str, name: str, *, request: HttpRequest, paper: Any) -> HttpResponseBase:
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"', "Cache-Control": "no-store"}
    match form:
        case "pdf":
            headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
            return HttpResponse(paper(), content_type="application/pdf", headers=headers)
        case "xlsx":
            return HttpResponse(exports.rows_to_xlsx(table), content_type=exports.XLSX, headers=headers)
        case "json":
            columns = exports.columns_of(table)
            rows = ([row.as_dict()[column] for column in columns] for row in table.rows)
            head: dict[str, Any] = {
                "from": table.question.first_day,
                "to": table.question.last_day,
                "boundaries": table.boundaries,
                "total": table.total.as_dict(),
            }
            text = "".join(exports.json_parts(columns, rows, head=head))
            return HttpResponse(text, content_type="application/json", headers=headers)
    text = exports.rows_to_csv(table, bom="bom" in request.GET)
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


def _workbook(file: Any, name: str) -> FileResponse:
    response = FileResponse(file, as_attachment=True, filename=name, content_type=exports.XLSX)
    response["Cache-Control"] = "no-store"
    return response
