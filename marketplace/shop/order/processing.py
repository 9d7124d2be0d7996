from typing import Any

from django.utils import timezone
from oscar.apps.order import processing

from marketplace.fulfilment import services as fulfilment


class EventHandler(processing.EventHandler):
    """Cancelling in the dashboard frees the stock and nights, or refunds: Oscar only changes a word."""

    def handle_order_status_change(self, order: Any, new_status: str, note_msg: str | None = None) -> None:
        if new_status in ("cancelled", "refunded"):
            fulfilment.cancel(
                number=order.number, now=timezone.now(), reason="cancelled by the administrator"
            )
            order.refresh_from_db()
            if note_msg:
                self.create_note(order, note_msg)
            return
        super().handle_order_status_change(order, new_status, note_msg)
