"""Coming in by telephone: the number, then the code. The flow is allauth's, words and pages are ours."""

from __future__ import annotations

from typing import Any

from allauth.account import views as allauth
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.phones import masked
from marketplace.joining import codes, opening
from marketplace.joining.errors import TooManyCodes
from marketplace.joining.forms import CodeForm, EnterForm


class EnterView(allauth.RequestLoginCodeView):
    """GET: what is your number? POST: send a code to it, whether somebody is known by it or not."""

    template_name = "joining/enter.html"

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> None:
        """Ask again, though a code is on its way: it may have gone to a wrong number."""

    def get_form_class(self) -> type[EnterForm]:
        return EnterForm

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.now = timezone.now()
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        # Also who is new has a row to sign in with; nothing tells the two apart.
        form._user = opening.newcomer(phone=form.cleaned_data["phone"])
        return super().form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        too_many = form.has_error("phone", "too_many") or form.has_error("phone", "too_many_login_attempts")
        return self.render_to_response(self.get_context_data(form=form), status=429 if too_many else 422)


class CodeView(allauth.ConfirmLoginCodeView):
    """GET: what does the message say? POST: sign in with it, or have another sent or said."""

    template_name = "joining/code.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    def get_form_class(self) -> Any:
        return super().get_form_class() if self._action == "resend" else CodeForm

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        state = self._process.state
        form.sent = codes.digest(self._process.code, salt=f"{state['phone']}/{state['at']}")
        return form

    def _resend_form_valid(self, form: Any) -> HttpResponse:
        try:
            codes.refuse_too_many(phone=self._process.state["phone"], now=timezone.now())
        except TooManyCodes as error:
            messages.error(self.request, str(error))
            return redirect(self.passthrough_next_url(self.request.path))
        messages.success(self.request, _("A new code is on its way. The one before no longer works."))
        return super()._resend_form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        if form.has_error("code", "ended"):
            # Guesses at the same moment overwrite each other's count in the session, but not this one.
            self._process.state["failed_attempts"] = self._process.max_attempts
        response = super().form_invalid(form)
        if response.status_code == 200:
            response.status_code = 422
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            masked=masked(self._process.state["phone"]),
            tries_left=self._process.max_attempts - self._process.state["failed_attempts"],
        )
