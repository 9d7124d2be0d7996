from typing import Any

from django.http import HttpRequest
from oscar.apps.basket import middleware

from marketplace.accounts.models import User

from .models import Basket


class ShopRequest(HttpRequest):
    """A request as the shop's views get it: with the visitor's basket, loaded when it is looked at."""

    basket: Basket
    user: User  # or AnonymousUser, which views behind a login never see


class BasketMiddleware(middleware.BasketMiddleware):
    """Oscar's, without the work a page does not need: offers are reckoned on the basket and checkout
    pages only, and a visitor without a session costs no query."""

    def apply_offers_to_basket(self, request: HttpRequest, basket: Any) -> None:
        """Left to `basket.services.reckon`, which those two pages call."""

    def process_template_response(self, request: HttpRequest, response: Any) -> Any:
        """Oscar puts the basket, and so its queries, into the context of every page."""
        return response
