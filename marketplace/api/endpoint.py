from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.views import APIView


class Endpoint(APIView):
    """What every address of the API shares."""

    def get_authenticate_header(self, request: Request) -> str:
        """Also where no token is asked for: without it the framework turns a 401 into a 403."""
        return 'Bearer realm="api"'

    def finalize_response(
        self, request: HttpRequest | Request, response: Any, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Prices, stock and orders are of the moment, and some are nobody else's business."""
        answer = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[arg-type]
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer
