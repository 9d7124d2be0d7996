from typing import Any

from django_tables2 import TemplateColumn
from oscar.apps.dashboard import tables


class DashboardTable(tables.DashboardTable):
    """Oscar's, without links that sort by a column of buttons or check boxes: those answer 500."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for bound in self.columns.iterall():
            column = bound.column
            if isinstance(column, TemplateColumn) and column.accessor is None and column.order_by is None:
                column.orderable = False
