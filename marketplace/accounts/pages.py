"""Pages for some of those who are signed in: strangers are asked to sign in, others hear who may enter."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.views.generic import View

from .models import User


@dataclass(frozen=True)
class Refusal:
    """Whom a page is for, in words for others, and the name of the address where those go on."""

    title: str | Promise
    heading: str | Promise
    text: str | Promise
    icon: str
    leads_to: str
    action: str | Promise

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Return the page that says so (403)."""
        context = {"refusal": self, "url": reverse(self.leads_to)}
        return render(request, "no_entry.html", context, status=403)


class PrivatePage(LoginRequiredMixin, View, ABC):
    """A page that not everybody may enter: strangers sign in, others get ``refusal`` (403)."""

    request: HttpRequest
    user: User
    refusal: Refusal

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(request.user, User):
            self.user = request.user
            if not self.may_enter():
                return self.refusal.answer(request)
        return super().dispatch(request, *args, **kwargs)

    @abstractmethod
    def may_enter(self) -> bool:
        """Return whether ``user`` may, and note what the page needs to know of them."""

    def shared(self) -> dict[str, Any]:
        """Return what all pages of this kind show."""
        return {}

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Render a page that is kept nowhere: people's names, numbers and money may be on it."""
        response = render(self.request, template, {**self.shared(), **context}, status=status)
        response["Cache-Control"] = "no-store"
        return response
