from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth import views as auth
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.generic import FormView, ListView, TemplateView, UpdateView
from oscar.core.loading import get_model
from rest_framework.exceptions import Throttled

from marketplace.accounts.models import User
from marketplace.shop.basket.middleware import ShopRequest
from marketplace.tries import HOUR_S, limited

from .forms import LoginForm, ProfileForm, RegisterForm

Order = get_model("order", "Order")


class LoginView(auth.LoginView):
    """Sign in by phone number and password, then with the second factor of those who have one."""

    template_name = "shop/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        entry = Login(user=form.get_user(), redirect_url=self.get_success_url())
        return perform_password_login(self.request, {}, entry)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class LogoutView(auth.LogoutView):
    next_page = "/"


class _KnownNumber(Exception):
    """The number has an account: what could be read out, one number after the other."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__()
        self.answer = answer


class RegisterView(FormView):
    """Make an account: phone number, name and password."""

    template_name = "shop/register.html"
    form_class = RegisterForm
    success_url = reverse_lazy("customer:summary")
    _is_known = False

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Make the account. Who asks for one known number after the other is answered no more (429)."""
        network = request.META.get("REMOTE_ADDR", "")
        most = settings.REGISTRATIONS_OF_A_NETWORK
        try:
            with limited(f"registering-from-{network}", most=most, refusal=_KnownNumber):
                answer: HttpResponse = super().post(request, *args, **kwargs)
                if self._is_known:
                    raise _KnownNumber(answer)
        except _KnownNumber as known:
            answer = known.answer
        except Throttled:
            answer = render(request, "429.html", status=429)
            answer["Retry-After"] = str(HOUR_S)
        return answer

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                person = form.save()
        except IntegrityError:
            form.add_error("phone", form.taken())  # a second click was faster
            return self.form_invalid(form)
        login(self.request, person, backend="marketplace.accounts.backends.PhoneBackend")
        messages.success(self.request, _("Welcome to Mường Then."))
        return super().form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        self._is_known = form.has_error("phone", "taken")
        return self.render_to_response(self.get_context_data(form=form), status=422)


class AccountView(TemplateView):
    """Where a person's things are: orders, and what their roles open to them."""

    template_name = "shop/account.html"
    request: ShopRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        return super().get_context_data(
            **kwargs,
            orders=_orders(user)[:3],
            sellers=list(user.sellers.order_by("name")),
            roles=list(user.roles.select_related("commune").order_by("pk")),
        )


class ProfileView(UpdateView):
    template_name = "shop/profile.html"
    request: ShopRequest
    form_class = ProfileForm
    success_url = reverse_lazy("customer:summary")

    def get_object(self, queryset: Any = None) -> User:
        return self.request.user

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("Saved."))
        return super().form_valid(form)


class ChangePasswordView(auth.PasswordChangeView):
    """A new password; the old one is asked for where there is one. Who comes in by code has none."""

    template_name = "shop/change_password.html"
    request: ShopRequest
    success_url = reverse_lazy("customer:summary")

    def get_form_class(self) -> Any:
        return PasswordChangeForm if self.request.user.has_usable_password() else SetPasswordForm

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("Your new password holds from now on."))
        return super().form_valid(form)


class OrderHistoryView(ListView):
    """The orders of whoever is signed in, newest first."""

    template_name = "shop/order_history.html"
    request: ShopRequest
    paginate_by = 20

    def get_queryset(self) -> QuerySet[Any]:
        return _orders(self.request.user)


def _orders(user: Any) -> QuerySet[Any]:
    return (
        Order.objects.filter(user=user)
        .select_related("placement")
        .prefetch_related("lines")
        .order_by("-date_placed", "-pk")
    )
