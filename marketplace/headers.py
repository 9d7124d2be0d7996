"""What every answer tells the browser it may do, beside the policy of what a page may load."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class PermissionsPolicyMiddleware:
    """Sets Permissions-Policy by ``settings.PERMISSIONS_POLICY``: which parts of a phone a page may use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response
        policy = settings.PERMISSIONS_POLICY
        self._policy = ", ".join(f"{feature}={who}" for feature, who in policy.items())

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        response.headers.setdefault("Permissions-Policy", self._policy)
        return response
