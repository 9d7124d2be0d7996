"""How the API describes itself: one shape for errors, and every answer an operation may give."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.permissions import AllowAny

WRITES = ("POST", "PUT", "PATCH", "DELETE")

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.UUID,
    OpenApiParameter.HEADER,
    description=(
        "Made by the caller before the first attempt, best at random. The same key with the same body gets "
        "the same answer for 48 hours, however often it is sent; with another body it is refused."
    ),
)


class Problem(serializers.Serializer):
    """Why it did not work. ``details`` has what a program may want to know, by field where there is one."""

    code = serializers.CharField()
    message = serializers.CharField()
    details = serializers.DictField()


def whole_list(rows: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """Return the shape of a list that is one page, for a view without a paginator."""
    fields = {
        "count": serializers.IntegerField(),
        "next": serializers.URLField(allow_null=True, help_text="Always null: this is all."),
        "previous": serializers.URLField(allow_null=True),
        "results": rows(many=True),
    }
    return type(f"Whole{rows.__name__}List", (serializers.Serializer,), fields)


class Schema(AutoSchema):
    """Adds the errors that follow from what an operation takes; views name only what is peculiar to them."""

    def get_serializer_name(self, serializer: serializers.Serializer, direction: Any) -> str:
        """``OrderView.Output`` is the component OrderOutput: the classes of views have names of their own."""
        return serializer.__class__.__qualname__.replace("View.", "").replace(".", "")

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        for code in sorted(self._refusals()):
            bodies.setdefault(
                str(code), self._get_response_for_code(Problem, str(code), ["application/json"], direction)
            )
        return bodies

    def _refusals(self) -> set[int]:
        found = set()
        if self.view.authentication_classes:
            found.add(401)  # a wrong token is refused also where none is needed
        if any(permission is not AllowAny for permission in self.view.permission_classes):
            found.add(403)
        if "{" in self.path or getattr(self.view, "pagination_class", None):
            found.add(404)  # of what the path names, or of a page beyond the last
        if self.method in WRITES:
            found |= {400, 415}
        elif any(parameter["in"] == "query" for parameter in self._get_parameters()):
            found.add(400)
        if getattr(getattr(self.view, self.method.lower(), None), "is_idempotent", False):
            found.add(409)
        return found
