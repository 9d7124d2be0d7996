from rest_framework.pagination import PageNumberPagination


class Pages(PageNumberPagination):
    """``{count, next, previous, results}``, up to 100 rows a page."""

    page_size_query_param = "page_size"
    max_page_size = 100


class WholePages(Pages):
    """For lists somebody chooses from, such as the communes: all of it on one page."""

    page_size = max_page_size = 500
