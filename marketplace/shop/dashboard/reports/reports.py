from typing import Any

from oscar.apps.dashboard.reports import reports


class ReportGenerator(reports.ReportGenerator):
    """Oscar's, asking the database for every report: its own remember the rows of the first one."""

    def get_queryset(self) -> Any:
        return super().get_queryset().all()
