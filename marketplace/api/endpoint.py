from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class Endpoint(APIView):
    """What every address of the API shares."""

    def get_authenticate_header(self, request: Request) -> str:
        """Also where no token is asked for: without it the framework turns a 401 into a 403."""
        return 'Bearer realm="api"'

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        """Prices, stock and orders are of the moment, and some are nobody else's business."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer


class NothingHereView(Endpoint):
    """Any address nobody answers at: an error like the others, and no page."""

    authentication_classes = ()
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound(_("There is nothing at this address. The addresses are listed at /api/docs/."))
