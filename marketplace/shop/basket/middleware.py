from typing import Any

from django.http import HttpRequest
from oscar.apps.basket import middleware

from marketplace.accounts.models import User

from .models import Basket


class ShopRequest(HttpRequest):
    """A request as the shop's views get it: with the visitor's basket, loaded when it is looked at."""

    basket: Basket
    user: User  # or AnonymousUser, which views behind a login never see
    _basket_cache: Basket | None


class BasketMiddleware(middleware.BasketMiddleware):
    """Oscar's, without the work a page does not need: offers are reckoned on the basket and checkout
    pages only, and a visitor without a session costs no query."""

    def get_basket(self, request: ShopRequest) -> Basket:
        """Return the open basket of the request. Oscar writes one for everybody who is signed in."""
        if request._basket_cache is None and request.user.is_authenticated:
            mine = list(Basket.open.filter(owner=request.user)[:2])
            if len(mine) < 2 and self.get_cookie_key(request) not in request.COOKIES:
                request._basket_cache = mine[0] if mine else Basket()
                request._basket_cache.owner = request.user  # known, so nobody looks it up again
        return super().get_basket(request)

    def apply_offers_to_basket(self, request: HttpRequest, basket: Any) -> None:
        """Left to `basket.services.reckon`, which those two pages call."""

    def process_template_response(self, request: HttpRequest, response: Any) -> Any:
        """Oscar puts the basket, and so its queries, into the context of every page."""
        return response
