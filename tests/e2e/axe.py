"""Whether a page can be used by everybody: axe-core's judgement by WCAG 2.2 AA, and its own width."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def faults(page: Any) -> list[str]:
    """Return what is wrong with the page as it stands, each as "rule: words (where)"; [] for nothing."""
    found = Axe().run(page, options={"runOnly": WCAG})
    wrong = [
        f"{violation['id']}: {violation['help']} ({violation['nodes'][0]['target'][0]})"
        for violation in found.response["violations"]
    ]
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > page.viewport_size["width"]:
        wrong.append(f"width: the page is {width} px wide, the window {page.viewport_size['width']}")
    return wrong
