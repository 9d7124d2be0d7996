from typing import Any

from oscar.apps.order import reports


class OrderReportGenerator(reports.OrderReportGenerator):
    def get_queryset(self) -> Any:
        """Return the orders with their people, whom Oscar fetches one by one."""
        return super().get_queryset().select_related("user").order_by("-date_placed", "-pk")
