from rest_framework.pagination import PageNumberPagination


class Pages(PageNumberPagination):
    """`{count, next, previous, results}`, up to 100 rows a page."""

    page_size_query_param = "page_size"
    max_page_size = 100
