"""`make screenshots`: every page as every role sees it, in both languages and three widths, judged by axe.

Writes var/screenshots/index.html and the pictures beside it; says what axe found, and fails if it did.
Without an address it starts a shop of its own on the demonstration's database.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from marketplace.local import processes, services
from marketplace.local.paths import BASE_DIR, VAR_DIR

FOLDER = VAR_DIR / "screenshots"
WIDTHS = (360, 768, 1280)
HEIGHT = 800
TALLEST = 6_000  # pixels of one picture
LANGUAGES = ("vi", "en")


@dataclass
class Seen:
    """One page of one role: its pictures by language and width, and what axe found."""

    person: str
    path: str
    pictures: dict[tuple[str, int], str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.gallery", description=__doc__)
    parser.add_argument("--shop", default="", help="the address of a running demonstration")
    parser.add_argument("--only", default="", help="the name of one role")
    parser.add_argument("--widths", default=",".join(map(str, WIDTHS)))
    options = parser.parse_args()
    services.ensure_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.dev")
    import django

    django.setup()
    widths = [int(width) for width in options.widths.split(",")]
    began = time.monotonic()
    if options.shop:
        seen = photograph(options.shop, only=options.only, widths=widths)
    else:
        with own_shop() as shop:
            seen = photograph(shop, only=options.only, widths=widths)
    write_index(seen, widths)
    wrong = [page for page in seen if page.faults]
    for page in wrong:
        print(f"{page.person} {page.path}: {'; '.join(page.faults)}")
    pictures = sum(len(page.pictures) for page in seen)
    print(f"{len(seen)} pages, {pictures} pictures in {time.monotonic() - began:.0f} s: {FOLDER}/index.html")
    print(f"axe finds something on {len(wrong)} of them.")
    return 1 if wrong else 0


@contextmanager
def own_shop() -> Iterator[str]:
    """Run a shop of its own on the demonstration's database, without worker and wallet operator."""
    from tests.wallet_operator import free_port, wait_until

    port = free_port()
    shop = f"http://127.0.0.1:{port}"
    environment = os.environ | {"PUBLIC_BASE_URL": shop}
    subprocess.run(
        [sys.executable, "-m", "marketplace.local.prepare", "shop"], check=True, cwd=BASE_DIR, env=environment
    )
    command, extra = processes.commands(port=port, wallet_port=free_port())["shop"]
    running = subprocess.Popen(command, cwd=BASE_DIR, env=environment | extra, stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: _answers(shop), "the shop answers", timeout_s=60)
        yield shop
    finally:
        running.terminate()
        running.wait(timeout=20)


def _answers(shop: str) -> bool:
    import httpx

    try:
        return httpx.get(f"{shop}/healthz", timeout=5, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def photograph(shop: str, *, only: str, widths: list[int]) -> list[Seen]:
    """Walk the shop as every role, and take every page."""
    from playwright.sync_api import sync_playwright

    from tests.e2e.browser import CHROMIUM, FLAGS
    from tests.gallery.walking import PEOPLE, enter, pages_of

    FOLDER.mkdir(parents=True, exist_ok=True)
    known: Counter[str] = Counter()
    seen: list[Seen] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for person in PEOPLE:
            if only not in ("", person.name):
                continue
            http = enter(shop, person)
            paths = pages_of(http, person, known)
            print(f"{person.name}: {len(paths)} pages", file=sys.stderr)
            rows = {path: Seen(person.name, path) for path in paths}
            for language in LANGUAGES:
                context = browser.new_context(
                    base_url=shop, service_workers="block", reduced_motion="reduce", locale=language
                )
                host = str(urlsplit(shop).hostname)
                for name, value in [*http.cookies.items(), ("django_language", language)]:
                    context.add_cookies([{"name": name, "value": value, "domain": host, "path": "/"}])
                page = context.new_page()
                for row in rows.values():
                    take(page, row, language, widths)
                context.close()
            seen.extend(rows.values())
        browser.close()
    return seen


def take(page: Any, row: Seen, language: str, widths: list[int]) -> None:
    """Open one page once, and take it at every width; judge the narrowest."""
    from playwright.sync_api import Error

    from tests.e2e import axe

    page.set_viewport_size({"width": widths[0], "height": HEIGHT})
    try:
        page.goto(row.path, wait_until="load", timeout=30_000)
        row.faults += [f"{language}: {fault}" for fault in axe.faults(page)]
        for width in widths:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            name = f"{row.person}{row.path.replace('/', '_')[:90]}.{language}.{width}.jpg"
            height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
            page.screenshot(
                path=FOLDER / name,
                type="jpeg",
                quality=60,
                full_page=True,
                clip={"x": 0, "y": 0, "width": width, "height": height},
            )
            row.pictures[language, width] = name
    except Error as error:
        row.faults.append(f"{language}: could not be taken: {str(error).splitlines()[0]}")


def write_index(seen: list[Seen], widths: list[int]) -> Path:
    """Write the page that shows all pictures side by side."""
    rows = []
    for page in seen:
        pictures = "".join(
            f'<a href="{escape(name)}"><img loading="lazy" src="{escape(name)}" alt="{language} {width}"></a>'
            for (language, width), name in sorted(page.pictures.items())
        )
        found = "".join(f"<li>{escape(fault)}</li>" for fault in page.faults)
        title = f"{page.person} <code>{escape(page.path)}</code>"
        rows.append(f"<section><h2>{title}</h2><ul>{found}</ul>{pictures}</section>")
    style = "body{font:16px system-ui}img{height:360px;margin:4px;border:1px solid #999}li{color:#b00}"
    index = FOLDER / "index.html"
    index.write_text(
        f"<!doctype html><meta charset=utf-8><title>{len(seen)} pages</title><style>{style}</style>"
        f"<h1>{len(seen)} pages at {', '.join(map(str, widths))} px</h1>{''.join(rows)}",
        encoding="utf-8",
    )
    return index


if __name__ == "__main__":
    sys.exit(main())
