"""What a failed browser test says: where its pages were, what they showed, and what the market logged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

# So much of a page is told, and so long is waited for it.
TEXT_MAX = 2_000
PATIENCE_MS = 2_000


def told(browser: Any, market: Any) -> Iterator[tuple[str, str]]:
    """Yield heading and text for every open page of ``browser``, then for ``market``; either may be None."""
    for context in browser.contexts if browser is not None else ():
        for page in context.pages:
            yield f"page at {page.url}", _text(page)
    if market is not None:
        yield "log of the market", market.log()


def _text(page: Any) -> str:
    from playwright.sync_api import Error

    try:
        return str(page.locator("body").inner_text(timeout=PATIENCE_MS))[:TEXT_MAX]
    except Error as error:
        return f"(its text cannot be read: {error})"
