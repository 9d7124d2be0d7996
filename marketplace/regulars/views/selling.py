"""What a page of a seller needs: somebody who acts for one."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.generic import View

from marketplace.accounts.models import User
from marketplace.sellers.models import Seller
from marketplace.sellers.selectors import sellers_of


class SellingView(LoginRequiredMixin, View):
    """A page for members of a seller, and for agents whom it allows to list things."""

    sellers: list[Seller]
    user: User

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            assert isinstance(request.user, User)
            self.user = request.user
            self.sellers = list(sellers_of(request.user.pk, scope="listing"))
            if not self.sellers:
                return render(request, "sellers/none.html", status=403)
        return super().dispatch(request, *args, **kwargs)
