"""The administrator's order pages: Oscar's, as far as an order may be changed by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import View
from oscar.apps.dashboard.orders import views
from oscar.apps.order.exceptions import InvalidOrderStatus
from oscar.apps.payment.exceptions import PaymentError
from oscar.core.loading import get_model

from marketplace.shop.dashboard.names import with_name

from .forms import in_words

Order = get_model("order", "Order")


class OrderStatsView(views.OrderStatsView):
    """Oscar's figures; the revenue is that of the orders that are paid."""

    def get_stats(self, filters: dict[str, Any]) -> dict[str, Any]:
        paid = Order.objects.filter(status="paid", **filters)
        revenue = paid.aggregate(sum=Sum("total_incl_tax"))["sum"] or 0
        return super().get_stats(filters) | {"total_revenue": revenue}


class OrderListView(views.OrderListView):
    def get_queryset(self) -> QuerySet[Any]:
        """Find names as people have them: Oscar looks for the first word only, or finds nothing."""
        orders = super().get_queryset().select_related("placement")
        name = self._name()
        return with_name(orders, name, "placement__name", "user__name") if name else orders

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        by_hand = in_words((status, status) for status in ("cancelled", "refunded"))
        return super().get_context_data(**kwargs) | {"status_choices": by_hand}

    def get_search_filter_descriptions(self) -> list[str]:
        name = self._name()
        named = [_("Placed by “%(name)s”") % {"name": name}] if name else []
        return [*super().get_search_filter_descriptions(), *named]

    def change_order_status(self, request: HttpRequest, order: Any) -> None:
        change_status(self, order, request.POST.get("new_status", "").strip())

    def _name(self) -> str:
        return getattr(self.form, "cleaned_data", {}).get("placed_by", "")


class OrderDetailView(views.OrderDetailView):
    """Notes, and cancelling. Lines follow their order, and money moves in `payments` only."""

    order_actions = ("save_note", "delete_note", "change_order_status")
    line_actions = ()

    def change_order_status(self, request: HttpRequest, order: Any) -> HttpResponse:
        change_status(self, order, request.POST.get("new_status", "").strip())
        return self.reload_page()


class ShippingAddressUpdateView(View):
    """The address is part of what was priced and agreed: it is shown, and not changed."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        messages.warning(
            request,
            _("The delivery was priced for this address. To send it elsewhere, cancel and order anew."),
        )
        return redirect("dashboard:order-detail", number=kwargs["number"])


def change_status(view: Any, order: Any, wanted: str) -> None:
    """Bring ``order`` into the status ``wanted`` by the EventHandler, and say what came of it.

    A refund ends when the provider says so; the order keeps its status until then.
    """
    before = order.status
    try:
        view.get_handler(user=view.request.user).handle_order_status_change(order, wanted)
    except (PaymentError, InvalidOrderStatus) as error:
        messages.error(view.request, str(error))
        return
    order.refresh_from_db()
    if order.status == wanted:
        text = _("Order %(number)s: status changed from “%(before)s” to “%(after)s”.")
    else:
        text = _("Order %(number)s is being refunded. It is “%(after)s” once the provider confirms.")
    message = text % {"number": order.number, "before": before, "after": wanted}
    messages.info(view.request, message)
    order.notes.create(user=view.request.user, message=message, note_type=order.notes.model.SYSTEM)
