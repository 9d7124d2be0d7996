"""The pages of files with many things to sell."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from marketplace.errors import Invalid

from . import imports, sheets
from .models import Import
from .views import SellerView, uuid_of

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 10


class ImportsView(SellerView):
    """GET: send a file, and those sent before. POST ``{id, seller, file}``: have it read, no more."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        by: Any = request.user
        seller, import_id = self.seller(request.POST.get("seller")), uuid_of(request.POST.get("id"))
        facts = {"seller": seller, "import_id": import_id, "by": by, "now": timezone.now()}
        try:
            wanted = imports.send(file=request.FILES.get("file"), **facts)
        except Invalid as error:
            return self._page(request, error=str(error), status=400)
        return redirect("listing:import", wanted.pk)

    def _page(self, request: HttpRequest, *, error: str = "", status: int = 200) -> HttpResponse:
        sent = Import.objects.filter(seller__in=self.sellers).order_by("-sent_at")[:SHOWN]
        context = {"sellers": self.sellers, "sent": sent, "import_id": uuid4(), "error": error}
        return render(request, "listing/imports.html", context, status=status)


class ImportView(SellerView):
    """GET: what a file holds, what is wrong with it, how far it is. POST: list what can be listed."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        return render(request, "listing/import.html", {"wanted": self._import(pk)})

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        by: Any = request.user
        imports.start(import_id=self._import(pk).pk, by=by, now=timezone.now())
        return redirect("listing:import", pk)

    def _import(self, pk: UUID) -> Import:
        return get_object_or_404(Import.objects.select_related("seller"), pk=pk, seller__in=self.sellers)


class ImportStateView(ImportView):
    """GET: how far a file is: ``{state, done, rows}``."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        wanted = self._import(pk)
        return JsonResponse({"state": wanted.state, "done": wanted.done, "rows": wanted.rows})


class TemplateView(SellerView):
    """GET: the Excel file to fill in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        headers = {"Content-Disposition": 'attachment; filename="hang-hoa.xlsx"'}
        return HttpResponse(sheets.template(), content_type=EXCEL, headers=headers)
