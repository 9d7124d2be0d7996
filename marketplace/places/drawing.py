"""Outlines in longitude and latitude, drawn as SVG paths. Needs shapely: import it where a map is made."""

import math
from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from .sheets import Outline

WIDTH = 1000  # of the drawing; its height follows from the shape of the province
MARGIN = 12
# One degree of longitude is this much shorter than one of latitude in the middle of the province.
LONGITUDE_RATIO = math.cos(math.radians(21.7))


def to_paper(areas: Mapping[str, BaseGeometry]) -> tuple[str, dict[str, BaseGeometry]]:
    """Scale ``areas`` (degrees) to the units of the drawing, y downwards. Returns its viewBox too."""
    west, south, east, north = shapely.total_bounds(list(areas.values()))
    scale = (WIDTH - 2 * MARGIN) / ((east - west) * LONGITUDE_RATIO)
    height = round((north - south) * scale) + 2 * MARGIN

    def place(points: np.ndarray) -> np.ndarray:
        x = (points[:, 0] - west) * LONGITUDE_RATIO * scale + MARGIN
        y = (north - points[:, 1]) * scale + MARGIN
        return np.column_stack([x, y])

    return f"0 0 {WIDTH} {height}", {code: shapely.transform(area, place) for code, area in areas.items()}


def draw(areas: Mapping[str, BaseGeometry], *, tolerance: float = 0.0) -> tuple[str, dict[str, Outline]]:
    """Draw ``areas``, polygons by code in degrees, as paths of whole units. Returns the viewBox too.

    Areas that share corners go on sharing them: bends smaller than ``tolerance`` (in units of the
    drawing) are left out on both sides of a border alike, and every corner is rounded once.
    """
    viewbox, on_paper = to_paper(areas)
    simple = shapely.coverage_simplify(list(on_paper.values()), tolerance)
    return viewbox, {code: outline(area) for code, area in zip(on_paper, simple, strict=True)}


def outline(area: BaseGeometry) -> Outline:
    parts = list(area.geoms) if isinstance(area, MultiPolygon) else [area]
    label = shapely.maximum_inscribed_circle(max(parts, key=lambda part: part.area), tolerance=1)
    x, y = label.coords[0]
    return Outline("".join(_polygon_path(part) for part in parts), round(x), round(y))


def _polygon_path(polygon: BaseGeometry) -> str:
    assert isinstance(polygon, Polygon), polygon.geom_type
    rings = [polygon.exterior, *polygon.interiors]
    return "".join(_ring_path([(round(x), round(y)) for x, y in ring.coords]) for ring in rings)


def _ring_path(points: list[tuple[int, int]]) -> str:
    """``M`` to the first point, then one relative line to each that differs from the one before."""
    steps = [(x - x0, y - y0) for (x0, y0), (x, y) in pairwise(points[:-1])]
    numbers = "".join(f"{number:+d}" for step in steps if step != (0, 0) for number in step)
    if not numbers:
        return ""  # an islet smaller than one unit
    # A sign parts numbers as well as a space does; a plus is written as a space.
    return f"M{points[0][0]} {points[0][1]}l{numbers.replace('+', ' ').lstrip()}z"
