from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.views import APIView


class Pages(PageNumberPagination):
    """``{count, next, previous, results}``, up to 100 rows a page."""

    page_size_query_param = "page_size"
    max_page_size = 100

    def get_page_size(self, request: Request) -> int | None:
        """Refuse what is no size, instead of taking another one without a word."""
        wanted = request.query_params.get("page_size", "")
        if not wanted:
            return self.page_size
        # More digits than this are none; int() itself refuses thousands of them.
        if wanted.isascii() and wanted.isdecimal() and len(wanted) <= 4:
            size = int(wanted)
            if 1 <= size <= self.max_page_size:
                return size
        raise ValidationError(
            {"page_size": [_("Give a number from 1 to %(max)d.") % {"max": self.max_page_size}]}
        )

    def get_schema_operation_parameters(self, view: APIView) -> list[dict]:
        parameters = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            parameter["schema"]["minimum"] = 1
            if parameter["name"] == self.page_size_query_param:
                parameter["schema"]["maximum"] = self.max_page_size
        return parameters


class WholePages(Pages):
    """For lists somebody chooses from, such as the communes: all of it on one page."""

    page_size = max_page_size = 500
