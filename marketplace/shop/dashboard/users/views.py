from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import RedirectView, View
from oscar.apps.dashboard.users import views

from marketplace.accounts.errors import InvalidPhone
from marketplace.accounts.phones import to_e164
from marketplace.shop.dashboard.names import with_name

User = get_user_model()


class IndexView(views.IndexView):
    """The people, found by name or phone number. Oscar asks for first and last names, which ours are not."""

    def get_queryset(self) -> QuerySet[Any]:
        people = User.objects.annotate(orders_placed=Count("orders")).order_by("-date_joined", "-pk")
        return self.apply_search(people)

    def apply_search_filters(self, queryset: QuerySet[Any], data: dict[str, str]) -> QuerySet[Any]:
        if data["name"]:
            queryset = with_name(queryset, data["name"], "name")
            self.desc_ctx["name_filter"] = _(" with name matching “%(name)s”") % {"name": data["name"]}
        if data["phone"]:
            try:
                queryset = queryset.filter(phone=to_e164(data["phone"]))
            except InvalidPhone:
                queryset = queryset.filter(phone__contains=data["phone"])
            self.desc_ctx["email_filter"] = _(" with the phone number %(phone)s") % {"phone": data["phone"]}
        return queryset


class PasswordResetView(View):
    """POST: set somebody's password. Oscar would send an e-mail, which few have."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        return redirect("admin:auth_user_password_change", pk)


class ProductAlertListView(RedirectView):
    """The shop takes no orders for what is sold out, so there are no alerts."""

    pattern_name = "dashboard:users-index"
