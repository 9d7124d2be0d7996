"""Text is readable on what stands behind it: WCAG 2.2 AA, 4.5 to 1."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = dict(
    re.findall(
        r"--([\w-]+): #([0-9a-f]{3,6});",
        (Path(settings.BASE_DIR) / "frontend/static/css/tokens.css").read_text(encoding="utf-8"),
    )
)

PAIRS = [
    *[(text, ground) for text in ("ink", "ink-soft") for ground in ("paper", "paper-deep", "surface")],
    *[(text, ground) for text in ("forest", "pink", "indigo", "danger") for ground in ("paper", "surface")],
    *[(name, f"{name}-tint") for name in ("forest", "indigo", "danger")],
    ("gold-deep", "gold-tint"),
    ("gold-deep", "paper"),
    ("ink", "gold"),
    ("surface", "forest"),
    ("surface", "pink"),
    ("surface", "indigo"),
]


def luminance(colour: str) -> float:
    digits = colour if len(colour) == 6 else "".join(digit * 2 for digit in colour)
    channels = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_is_readable_on_its_ground(text, ground):
    assert contrast(TOKENS[text], TOKENS[ground]) >= 4.5


def test_the_edge_of_a_control_can_be_seen():
    assert contrast(TOKENS["line-strong"], TOKENS["surface"]) >= 3
