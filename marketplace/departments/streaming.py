"""Sending a file of any length while it is made."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse


def streamed(
    request: HttpRequest, parts: Iterator[str], *, content_type: str, name: str
) -> StreamingHttpResponse:
    """Return an answer that sends ``parts`` as they come, to be kept as the file ``name``.

    Django under ASGI collects all of what a plain iterator yields before it sends the first byte.
    """
    is_async = isinstance(request, ASGIRequest)
    return StreamingHttpResponse(
        _one_by_one(parts) if is_async else parts,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


async def _one_by_one(parts: Iterator[str]) -> AsyncIterator[str]:
    """Take each part in the thread of the request, which has the database's connection."""
    take = sync_to_async(lambda: next(parts, None), thread_sensitive=True)
    while (part := await take()) is not None:
        yield part
