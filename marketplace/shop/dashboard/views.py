from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Avg, QuerySet, Sum
from django.utils import timezone
from django.views.generic import RedirectView
from oscar.apps.dashboard import views
from oscar.core.loading import get_model

Line = get_model("order", "Line")
Order = get_model("order", "Order")


class IndexView(views.IndexView):
    """Oscar's figures, of orders that are paid: its own count what was cancelled or given back as earned."""

    def get_hourly_report(self, orders: QuerySet[Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super().get_hourly_report(orders.filter(status="paid"), *args, **kwargs)

    def get_stats(self) -> dict[str, Any]:
        paid = Order.objects.filter(status="paid")
        of_last_day = paid.filter(date_placed__gt=timezone.now() - timedelta(hours=24))
        last_day = of_last_day.aggregate(average=Avg("total_incl_tax"), sum=Sum("total_incl_tax"))
        return super().get_stats() | {
            "total_orders": paid.count(),
            "total_orders_last_day": of_last_day.count(),
            "total_lines": Line.objects.filter(order__in=paid).count(),
            "total_lines_last_day": Line.objects.filter(order__in=of_last_day).count(),
            "total_revenue": paid.aggregate(sum=Sum("total_incl_tax"))["sum"] or 0,
            "total_revenue_last_day": last_day["sum"] or 0,
            "average_order_costs": last_day["average"] or 0,
        }


class LoginView(RedirectView):
    """There is one door to the shop, which counts wrong passwords."""

    pattern_name = "customer:login"
    query_string = True
