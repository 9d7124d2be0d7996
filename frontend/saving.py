"""Saving data: whoever asks for it gets the smallest pictures, and no fonts or decoration."""

from django.http import HttpRequest

COOKIE = "saving"


def is_saving(request: HttpRequest) -> bool:
    """Whether to send little: what the switch at the foot of the page says, else the browser's Save-Data."""
    chosen = request.COOKIES.get(COOKIE)
    if chosen is not None:
        return chosen == "1"
    return request.headers.get("Save-Data", "").lower() == "on"
