from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from oscar.apps.order import processing
from oscar.apps.order.exceptions import InvalidOrderStatus
from oscar.apps.payment.exceptions import PaymentError

from marketplace.fulfilment import services as fulfilment
from marketplace.fulfilment.errors import CannotCancel


class EventHandler(processing.EventHandler):
    """Cancelling in the dashboard frees the stock and nights, or refunds: Oscar only changes a word."""

    def handle_order_status_change(self, order: Any, new_status: str, note_msg: str | None = None) -> None:
        """Cancel ``order`` or have it refunded. A refund is ordered here, and ends later.

        Raises InvalidOrderStatus for what cannot become of the order, or not by hand: only money makes
        an order paid. Raises PaymentError when it cannot be cancelled any more.
        """
        if new_status not in order.available_statuses() or new_status not in ("cancelled", "refunded"):
            raise InvalidOrderStatus(
                _("Order %(number)s is “%(status)s” and cannot be made “%(wanted)s” by hand.")
                % {"number": order.number, "status": order.status, "wanted": new_status}
            )
        try:
            fulfilment.cancel(
                number=order.number, now=timezone.now(), reason="cancelled by the administrator"
            )
        except CannotCancel as error:
            raise PaymentError(str(error)) from error
        order.refresh_from_db()
        if note_msg:
            self.create_note(order, note_msg)
