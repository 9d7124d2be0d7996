import secrets
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone
from oscar.apps.order import utils
from oscar.apps.order.signals import order_placed
from oscar.core.prices import Price

# Crockford's letters: nothing that a telephone mishears or a tired eye confuses.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class OrderNumberGenerator:
    """Order numbers like ``261123-7KQ2MD``: the day, and 30 random bits nobody guesses.

    Oscar's own is 100000 + the basket's id: guessable, and the same for every try with one basket.
    """

    def order_number(self, basket: Any = None, *, placed_on: date | None = None) -> str:
        random = "".join(secrets.choice(_ALPHABET) for _ in range(6))
        return f"{placed_on or timezone.localdate():%y%m%d}-{random}"


class OrderCreator(utils.OrderCreator):
    """Oscar's, without its questions for what this shop has none of: vouchers, and discounts of the post."""

    def place_order(
        self,
        *,
        basket: Any,
        total: Price,
        shipping_method: Any,
        shipping_charge: Price,
        shipping_address: Any,
        user: Any,
        order_number: str,
        **fields: Any,
    ) -> Any:
        """Write the order of a basket that is not empty, inside the caller's transaction.

        Raises SoldOut, and IntegrityError for a number that another order has.
        """
        order = self.create_order_model(
            user,
            basket,
            shipping_address,
            shipping_method,
            shipping_charge,
            None,
            total,
            order_number,
            settings.OSCAR_INITIAL_ORDER_STATUS,
            **fields,
        )
        for application in basket.offer_applications:
            application["message"] = application["offer"].apply_deferred_benefit(basket, order, application)
            if not application["result"].affects_shipping:
                self.create_discount_model(order, application)
                self.record_discount(application)
        for line in basket.all_lines():
            self.create_line_models(order, line)
        # Everybody takes the stock in the same order: two orders can then never deadlock.
        for line in sorted(basket.all_lines(), key=lambda line: line.stockrecord_id):
            self.update_stock_records(line)
        order_placed.send(sender=self, order=order, user=user)
        return order

    def update_stock_records(self, line: Any) -> None:
        line.stockrecord.product = line.product  # which the stock would load to ask whether it is counted
        super().update_stock_records(line)
