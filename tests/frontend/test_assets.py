"""What the frame of every page weighs, and whether everything it names is there."""

import re
from pathlib import Path

import brotli
import pytest
from django.conf import settings

FRONTEND = Path(settings.BASE_DIR) / "frontend"
STATIC = FRONTEND / "static"
SHEETS = ("tokens", "base", "layout", "components", "pages")
SCRIPTS = ("app", "countdown", "dates", "stepper", "payment-status")
TEMPLATES = sorted((FRONTEND / "templates").rglob("*.html"))

CSS_BUDGET = 15_000  # bytes, brotli: the budget of the storefront
JS_BUDGET = 4_000
BROCADE_BUDGET = 1_000

LITERAL_ICON = re.compile(r"""\{%\s*icon\s+["']([\w-]+)["']""")
PASSED_ICON = re.compile(r"""\bicon(?:_name)?=["']([\w-]+)["']""")


def brotli_size(paths):
    return sum(len(brotli.compress(path.read_bytes(), quality=11)) for path in paths)


def test_the_style_sheets_fit_the_budget():
    assert brotli_size(STATIC / "css" / f"{name}.css" for name in SHEETS) <= CSS_BUDGET


def test_the_scripts_fit_the_budget():
    assert brotli_size(STATIC / "js" / f"{name}.js" for name in SCRIPTS) <= JS_BUDGET


def test_the_brocade_stays_thin():
    strip = (FRONTEND / "templates" / "partials" / "_brocade.html").read_text(encoding="utf-8")

    assert len(strip.encode()) < BROCADE_BUDGET


def test_every_icon_a_template_asks_for_is_in_the_sprite():
    sprite = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "img" / "icons.svg").read_text()))
    asked = {
        name
        for template in TEMPLATES
        for pattern in (LITERAL_ICON, PASSED_ICON)
        for name in pattern.findall(template.read_text(encoding="utf-8"))
    }

    assert len(asked) > 20
    assert asked <= sprite, f"not drawn yet: {sorted(asked - sprite)}"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_inline_script_and_no_inline_style(template):
    source = template.read_text(encoding="utf-8")

    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\s(?:src|nonce)=)|javascript:", source)


@pytest.mark.parametrize(
    "template", [path for path in TEMPLATES if path.name.startswith("_")], ids=lambda path: path.name
)
def test_a_partial_begins_with_what_it_needs(template):
    lines = template.read_text(encoding="utf-8").splitlines()
    first = next(line for line in lines if line and not line.startswith("{% load"))

    assert first.startswith("{#"), f"{template.name} begins with {first!r} instead of a comment"


def test_a_colour_is_written_in_the_tokens_and_the_map_only():
    for name in ("base", "layout", "pages"):
        sheet = (STATIC / "css" / f"{name}.css").read_text()
        found = set(re.findall(r"#[0-9a-f]{3,6}\b", sheet)) - {"#fff", "#999", "#fcefcf"}

        assert not found, f"{name}.css writes {sorted(found)}; give it a name in tokens.css"
