"""What scripts send instead of a form: a small JSON object."""

import json

from django.http import HttpRequest

BODY_MAX = 2_000  # bytes


def is_json(request: HttpRequest) -> bool:
    """Return whether a script of ours asks, which wants JSON for an answer."""
    return request.content_type == "application/json"


def fields(request: HttpRequest) -> dict[str, str]:
    """Return the fields of a JSON body as a form has them; none of them if it is nothing of ours."""
    try:
        body = json.loads(request.body) if len(request.body) <= BODY_MAX else None
    except ValueError:
        body = None
    if not isinstance(body, dict):
        return {}
    return {name: str(value).replace("\x00", "") for name, value in body.items() if value is not None}
