"""The mark of the market for home screens: the five petals of the ban flower, drawn by Pillow."""

from __future__ import annotations

import io
import math
from functools import lru_cache

from PIL import Image, ImageDraw

# As in static/img/mark.svg, of which these are the curves: cubic, on a board of 40 by 40.
FOREST, PAPER, PINK, GOLD = "#1f6b4a", "#fbf8f3", "#e58fb4", "#d9a21b"
CENTRE = (20.0, 21.0)
Point = tuple[float, float]
Curve = tuple[Point, Point, Point, Point]
PETAL: tuple[Curve, ...] = (
    ((20, 20.5), (15, 17), (12.5, 11.5), (15.5, 7)),
    ((15.5, 7), (16.7, 5.2), (18.3, 4.2), (20, 3.2)),
    ((20, 3.2), (21.7, 4.2), (23.3, 5.2), (24.5, 7)),
    ((24.5, 7), (27.5, 11.5), (25, 17), (20, 20.5)),
)
HEART: tuple[Curve, ...] = (
    ((20, 20.5), (17, 17.9), (15.7, 14.2), (17.5, 11)),
    ((17.5, 11), (18.1, 9.8), (19.1, 9), (20, 8.3)),
    ((20, 8.3), (20.9, 9), (21.9, 9.8), (22.5, 11)),
    ((22.5, 11), (24.3, 14.2), (23, 17.9), (20, 20.5)),
)
STAMENS: tuple[Curve, ...] = (
    ((20, 21), (20.3, 24), (21.5, 26.3), (23.6, 28)),
    ((20, 21), (19.7, 24), (18.5, 26.3), (16.4, 28)),
    ((20, 21), (20, 23.6), (20, 26.3), (20, 29)),
)
STEPS = 16  # of a curve
FINER = 4  # drawn so many times larger, then made smaller: edges become smooth
FLOWER_SHARE = 0.72  # of the width: a phone may cut off the edges (the safe zone of maskable icons)


@lru_cache(maxsize=4)
def draw_icon(size: int) -> bytes:
    """Return the mark as a PNG of ``size`` by ``size`` pixels, green to its edges."""
    whole = size * FINER
    scale = whole * FLOWER_SHARE / 36
    image = Image.new("RGB", (whole, whole), FOREST)
    draw = ImageDraw.Draw(image)

    def placed(points: list[Point], turn: float) -> list[Point]:
        return [
            (whole / 2 + (x - CENTRE[0]) * scale, whole / 2 + (y - CENTRE[1]) * scale)
            for x, y in (_turned(point, turn) for point in points)
        ]

    for fifth in range(5):
        draw.polygon(placed(_line(PETAL), fifth * 72), fill=PAPER)
    draw.polygon(placed(_line(HEART), 0), fill=PINK)
    for curve in STAMENS:
        draw.line(placed(_line((curve,)), 0), fill=GOLD, width=round(1.5 * scale), joint="curve")
    small = image.resize((size, size), Image.Resampling.LANCZOS).quantize(64)
    written = io.BytesIO()
    small.save(written, "PNG", optimize=True)
    return written.getvalue()


def _line(curves: tuple[Curve, ...]) -> list[Point]:
    """Return points along Bézier curves that follow each other."""
    points = []
    for start, first, second, end in curves:
        for step in range(STEPS + 1):
            t = step / STEPS
            weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
            x = sum(w * p[0] for w, p in zip(weights, (start, first, second, end), strict=True))
            y = sum(w * p[1] for w, p in zip(weights, (start, first, second, end), strict=True))
            points.append((x, y))
    return points


def _turned(point: Point, degrees: float) -> Point:
    angle = math.radians(degrees)
    x, y = point[0] - CENTRE[0], point[1] - CENTRE[1]
    return (
        CENTRE[0] + x * math.cos(angle) - y * math.sin(angle),
        CENTRE[1] + x * math.sin(angle) + y * math.cos(angle),
    )
