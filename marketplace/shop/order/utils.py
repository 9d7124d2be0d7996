import secrets
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import gettext as _
from oscar.apps.order import utils
from oscar.apps.order.signals import order_placed
from oscar.core.loading import get_model
from oscar.core.prices import Price

from marketplace.regulars.errors import VoucherRefused

ConditionalOffer = get_model("offer", "ConditionalOffer")

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
    """Oscar's, without its questions for what this shop has none of: discounts of the post."""

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

        Raises SoldOut, VoucherRefused for a code whose last use was somebody else's a moment ago, and
        IntegrityError for a number that another order has.
        """
        vouchers = _lock_codes(basket)
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
        for voucher in vouchers:
            self.record_voucher_usage(order, voucher, user or AnonymousUser())
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


def _lock_codes(basket: Any) -> list[Any]:
    """Lock the codes that take something off ``basket``, and have them count on from what is used by now.

    Returns their vouchers. Raises VoucherRefused for one that has been used up. No query without a code.
    """
    applied = {each["offer"].pk: each for each in basket.offer_applications if each["voucher"]}
    if not applied:
        return []
    offers = ConditionalOffer.objects.select_for_update().filter(pk__in=applied).order_by("pk")
    for offer in offers:
        most = offer.max_global_applications
        if most is not None and offer.num_applications >= most:
            raise VoucherRefused(_("The code has just been used up. Take it out of the basket."))
        applied[offer.pk]["offer"].num_applications = offer.num_applications
        applied[offer.pk]["offer"].num_orders = offer.num_orders
        applied[offer.pk]["offer"].total_discount = offer.total_discount
    vouchers = {each["voucher"].pk: each["voucher"] for each in applied.values()}
    for voucher in vouchers.values():
        voucher.refresh_from_db(fields=["num_orders", "total_discount"])
    return list(vouchers.values())
