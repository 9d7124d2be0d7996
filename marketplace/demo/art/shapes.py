"""Outlines: closed sequences of points that a Canvas fills, or draws inside of. Units are the canvas's."""

import math
from collections.abc import Sequence

Point = tuple[float, float]
Outline = Sequence[Point]


def oval(x: float, y: float, rx: float, ry: float | None = None, *, corners: int = 0) -> list[Point]:
    """An ellipse around (x, y); ``ry`` is ``rx`` unless given. ``corners`` makes it a polygon."""
    ry = rx if ry is None else ry
    steps = corners or max(20, min(96, int(max(rx, ry) / 2)))
    turns = (2 * math.pi * step / steps for step in range(steps))
    return [(x + rx * math.cos(turn), y + ry * math.sin(turn)) for turn in turns]


def box(x0: float, y0: float, x1: float, y1: float, radius: float = 0) -> list[Point]:
    """A rectangle with corners rounded by ``radius``."""
    if not radius:
        return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    left, top, right, bottom = x0 + radius, y0 + radius, x1 - radius, y1 - radius
    centres = ((right, bottom), (left, bottom), (left, top), (right, top))
    outline = []
    for quarter, (cx, cy) in enumerate(centres):
        for step in range(7):
            turn = math.pi / 2 * (quarter + step / 6)
            outline.append((cx + radius * math.cos(turn), cy + radius * math.sin(turn)))
    return outline


def smooth(points: Outline, *, closed: bool = True, steps: int = 8) -> list[Point]:
    """A curve through all ``points`` (Catmull-Rom)."""
    count = len(points)
    curve = []
    for index in range(count if closed else count - 1):
        before, start, end, after = (_at(points, index + shift, closed) for shift in (-1, 0, 1, 2))
        curve += [_between(before, start, end, after, step / steps) for step in range(steps)]
    if not closed:
        curve.append(points[-1])
    return curve


def _at(points: Outline, index: int, closed: bool) -> Point:
    count = len(points)
    return points[index % count] if closed else points[max(0, min(count - 1, index))]


def _between(before: Point, start: Point, end: Point, after: Point, t: float) -> Point:
    def along(a: float, b: float, c: float, d: float) -> float:
        return 0.5 * (
            2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
        )

    return (
        along(before[0], start[0], end[0], after[0]),
        along(before[1], start[1], end[1], after[1]),
    )


def lathe(profile: Outline, *, rounded: bool = True) -> list[Point]:
    """What a potter turns: the right half ``profile``, top to bottom, and its mirror image."""
    right = smooth(profile, closed=False) if rounded else list(profile)
    return right + [(-x, y) for x, y in reversed(right)]


def moved(outline: Outline, dx: float, dy: float = 0) -> list[Point]:
    return [(x + dx, y + dy) for x, y in outline]


def mirrored(outline: Outline) -> list[Point]:
    return [(-x, y) for x, y in outline]


def leaf(length: float, width: float, *, bend: float = 0) -> list[Point]:
    """A leaf from its stalk at (0, 0) up to its tip at (bend, -length)."""
    right = [(0, 0), (width * 0.42, -length * 0.28), (width * 0.5, -length * 0.5)]
    right += [(width * 0.28 + bend * 0.6, -length * 0.8), (bend, -length)]
    left = [(-width * 0.18 + bend * 0.5, -length * 0.8), (-width * 0.46, -length * 0.48)]
    left += [(-width * 0.4, -length * 0.26)]
    return smooth(right, closed=False) + smooth([right[-1], *left, (0, 0)], closed=False)


def ribbon(path: Outline, start: float, end: float | None = None) -> list[Point]:
    """A stroke along ``path``, ``start`` wide where it begins and ``end`` where it ends."""
    end = start if end is None else end
    right, left = [], []
    last = len(path) - 1
    for index, (x, y) in enumerate(path):
        (x0, y0), (x1, y1) = path[max(0, index - 1)], path[min(last, index + 1)]
        length = math.hypot(x1 - x0, y1 - y0) or 1
        half = (start + (end - start) * index / last) / 2
        dx, dy = -(y1 - y0) / length * half, (x1 - x0) / length * half
        right.append((x + dx, y + dy))
        left.append((x - dx, y - dy))
    return right + left[::-1]


def stairs(rx: float, ry: float, steps: int, *, flat: float = 0) -> list[Point]:
    """A diamond around (0, 0) with stepped edges, as a loom makes it.

    ``flat`` (0 to 1) is the share of each half side that is cut straight instead.
    """
    corner: list[Point] = []
    for step in range(steps):
        across = rx * (flat + (1 - flat) * step / steps)
        wider = rx * (flat + (1 - flat) * (step + 1) / steps)
        height = ry * (1 - (1 - flat) * step / steps)
        corner += [(across, -height), (wider, -height)]
    right = corner + [(x, -y) for x, y in reversed(corner)]
    return right + [(-x, y) for x, y in reversed(right)]
