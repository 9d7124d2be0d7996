"""The officials' board: certificates to verify, and mistakes that readers of codes reported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from agriculture.trace import selectors, services
from agriculture.trace.models import Certificate, Mistake
from agriculture.trace.views.sellers import paper_response
from marketplace.errors import ShopError

from .views import BoardView

A_PAGE = 20
DECIDE: dict[str, Callable[..., Certificate]] = {
    "verify": services.verify,
    "refuse": services.refuse,
    "withdraw": services.withdraw,
}


class CertificateBoardView(BoardView):
    """Of the communes an official answers for; others are not there."""

    def certificate(self, pk: UUID) -> Certificate:
        return get_object_or_404(selectors.certificates_for(self.scope), pk=pk)


class CertificatesView(CertificateBoardView):
    """GET: the certificates, those to look at first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = Paginator(selectors.certificates_for(self.scope), A_PAGE).get_page(request.GET.get("page"))
        return self.page("board/certificates.html", {"page_obj": found, "today": timezone.localdate()})


class CertificateView(CertificateBoardView):
    """GET: one certificate with its paper. POST ``act=verify|refuse|withdraw`` and ``note``: decides."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        return self._shown(self.certificate(pk))

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        certificate = self.certificate(pk)
        decide = DECIDE.get(request.POST.get("act", ""))
        if decide is None:
            raise Http404(_("There is no such decision."))
        note = request.POST.get("note", "")
        try:
            decide(certificate_id=certificate.pk, by=self.official, note=note, now=timezone.now())
        except ShopError as error:
            said = {"refused": str(error), "note": note}
            return self._shown(certificate, **said, status=error.status if error.status != 400 else 422)
        messages.success(request, _("Noted. The seller sees it at once, and so do buyers."))
        return redirect("board:certificate", pk=pk)

    def _shown(self, certificate: Certificate, *, status: int = 200, **more: Any) -> HttpResponse:
        context = {"certificate": certificate, "today": timezone.localdate(), **more}
        return self.page("board/certificate.html", context, status=status)


class PaperView(CertificateBoardView):
    """GET: the paper of a certificate."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        return paper_response(self.certificate(pk))


class MistakesView(BoardView):
    """GET: what readers of codes reported. POST ``mistake`` and ``answer``: what was found."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._shown()

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            pk = UUID(request.POST.get("mistake", ""))
        except ValueError as error:
            raise Http404(_("There is no such report.")) from error
        mistake: Mistake = get_object_or_404(selectors.mistakes_for(self.scope), pk=pk)
        answer = request.POST.get("answer", "")
        try:
            services.close_mistake(mistake_id=mistake.pk, answer=answer, by=self.official, now=timezone.now())
        except ShopError as error:
            return self._shown(refused=str(error), about=mistake.pk, status=422)
        messages.success(request, _("Noted. The seller sees it at once."))
        return redirect("board:mistakes")

    def _shown(self, *, status: int = 200, **more: Any) -> HttpResponse:
        found = Paginator(selectors.mistakes_for(self.scope), A_PAGE).get_page(self.request.GET.get("page"))
        return self.page("board/mistakes.html", {"page_obj": found, **more}, status=status)
