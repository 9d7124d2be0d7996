"""What the staff do for departments: terms, keys of their programs, and whom releases are told to."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin, UserPassesTestMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from marketplace.accounts.models import User

from . import keys, selectors, webhooks
from .errors import AddressRefused
from .forms import DepartmentForm, KeyForm, WebhookForm
from .models import Delivery, Department, Key, Webhook

SHOWN_DAYS = 14


class StaffOnly(LoginRequiredMixin, UserPassesTestMixin):
    """Strangers are asked to sign in; whoever is signed in and not of the staff is refused (403)."""

    request: HttpRequest

    def test_func(self) -> bool:
        return not self.request.user.is_authenticated or bool(self.request.user.is_staff)

    @property
    def person(self) -> User:
        assert isinstance(self.request.user, User)
        return self.request.user


class DepartmentsView(StaffOnly, View):
    """GET: all departments, what they asked today and what could not be told them. POST: enter one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(DepartmentForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = DepartmentForm(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        department = form.save()
        messages.success(
            request, _("%(name)s is entered. Make a key for its program.") % {"name": department}
        )
        return redirect("departments:department", department.pk)

    def _page(self, form: DepartmentForm, *, status: int = 200) -> HttpResponse:
        found = selectors.departments(today=timezone.localdate())
        context = {"departments": found, "form": form}
        return render(self.request, "departments/staff/departments.html", context, status=status)


class DepartmentView(StaffOnly, View):
    """GET: one department. POST: change its terms."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return _page(request, get_object_or_404(Department, pk=pk))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = DepartmentForm(request.POST, instance=get_object_or_404(Department, pk=pk))
        if not form.is_valid():
            return _page(request, Department.objects.get(pk=pk), form=form, status=422)
        form.save()
        messages.success(request, _("Saved."))
        return redirect("departments:department", pk)


class NewKeyView(StaffOnly, View):
    """POST: make a key and show it, this once."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        department = get_object_or_404(Department, pk=pk)
        form = KeyForm(request.POST)
        if not form.is_valid():
            return _page(request, department, key_form=form, status=422)
        secret = keys.make(
            key_id=form.cleaned_data["id"],
            department=department,
            scopes=form.cleaned_data["scopes"],
            by=self.person,
            now=timezone.now(),
        )
        if not secret:
            messages.info(request, _("This key is made already and was shown then. Revoke it if it is lost."))
            return redirect("departments:department", pk)
        return _page(request, department, secret=secret)


class RevokeKeyView(StaffOnly, View):
    """POST: let a key open nothing any more."""

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        key = get_object_or_404(Key, pk=pk)
        keys.revoke(key_id=key.pk, now=timezone.now())
        messages.success(request, _("The key %(beginning)s… is revoked.") % {"beginning": key.beginning})
        return redirect("departments:department", key.department_id)


class NewWebhookView(StaffOnly, View):
    """POST: tell an address of releases from now on, and show the secret its messages are signed with."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        department = get_object_or_404(Department, pk=pk)
        form = WebhookForm(request.POST)
        if not form.is_valid():
            return _page(request, department, webhook_form=form, status=422)
        try:
            webhook = webhooks.add(
                webhook_id=form.cleaned_data["id"],
                department=department,
                url=form.cleaned_data["url"],
                by=self.person,
                now=timezone.now(),
            )
        except AddressRefused as error:
            form.add_error("url", str(error))
            return _page(request, department, webhook_form=form, status=422)
        return _page(request, department, webhook_secret=webhooks.secret_of(webhook), told=webhook)


class EndWebhookView(StaffOnly, View):
    """POST: tell this address nothing any more."""

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        webhook = get_object_or_404(Webhook, pk=pk)
        webhooks.end(webhook=webhook, now=timezone.now())
        messages.success(request, _("%(url)s is told nothing any more.") % {"url": webhook.url})
        return redirect("departments:department", webhook.department_id)


class RenewSecretView(StaffOnly, View):
    """POST ``version``: make another secret for a webhook, and show it, this once."""

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        webhook = get_object_or_404(Webhook.objects.select_related("department"), pk=pk)
        is_shown = request.POST.get("version") == str(webhook.version)
        if not is_shown or not webhooks.renew_secret(webhook_id=pk, version=webhook.version):
            messages.info(request, _("The page was too old. Press the button once more."))
            return redirect("departments:department", webhook.department_id)
        webhook.refresh_from_db()
        secret = webhooks.secret_of(webhook)
        return _page(request, webhook.department, webhook_secret=secret, told=webhook)


class TestWebhookView(StaffOnly, View):
    """POST ``id``: send a message that says nothing, to try the way."""

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        webhook = get_object_or_404(Webhook.objects.select_related("department"), pk=pk, ended_at=None)
        try:
            delivery_id = UUID(request.POST.get("id", ""))
        except ValueError:
            messages.info(request, _("The page was too old. Press the button once more."))
            return redirect("departments:department", webhook.department_id)
        webhooks.test(delivery_id=delivery_id, webhook=webhook, now=timezone.now())
        messages.success(request, _("A test is on its way. Look at this page again in a moment."))
        return redirect("departments:department", webhook.department_id)


class ReplayView(StaffOnly, View):
    """POST: send a message once more, with the same id."""

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        delivery = get_object_or_404(Delivery.objects.select_related("webhook"), pk=pk)
        webhooks.replay(delivery=delivery, now=timezone.now())
        messages.success(request, _("It is sent once more. Look at this page again in a moment."))
        return redirect("departments:department", delivery.webhook.department_id)


def _page(request: HttpRequest, department: Department, *, status: int = 200, **given: Any) -> HttpResponse:
    """One department with all that hangs on it; what is ``given`` takes the place of an empty form."""
    today = timezone.localdate()
    since = today - timedelta(days=SHOWN_DAYS - 1)
    context = {
        "department": department,
        "form": DepartmentForm(instance=department),
        "key_form": KeyForm(initial={"id": uuid.uuid4()}),
        "webhook_form": WebhookForm(initial={"id": uuid.uuid4()}),
        "keys": department.keys.order_by("revoked_at", "-made_at"),
        "webhooks": department.webhooks.filter(ended_at=None).order_by("made_at"),
        "deliveries": selectors.deliveries(department),
        "days": department.days.filter(called_on__gte=since).order_by("-called_on"),
        "calls": selectors.calls(department),
        "test_id": uuid.uuid4(),
        **given,
    }
    response = render(request, "departments/staff/department.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
