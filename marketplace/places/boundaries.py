"""Official boundaries from a GeoJSON file. Needs shapely: import it only where boundaries are read."""

import json
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from . import drawing
from .errors import BoundariesRefused
from .sheets import Sheet, source_of

CREDIT = "Ranh giới: sapnhap.bando.com.vn qua thanglequoc/vietnamese-provinces-database (MIT)"
# Where neighbours were digitised apart, their borders are laid on each other across this many degrees.
GAP = 0.002  # some 200 m
AREA_CHANGE_MAX = 0.02  # of a commune, by doing so; more than that is a wrong map
TOLERANCE = 1.5  # units of the drawing, some 230 m: what can be seen on a screen
# The province lies in this box of degrees: west, south, east, north.
BOX = shapely.box(101.9, 20.7, 103.8, 22.8)


def read(path: Path, *, codes: Collection[str]) -> Sheet:
    """Read polygons in degrees (WGS 84) whose feature ids are commune codes, and draw them.

    Bends too small to see are left out, on both sides of a border alike. Raises BoundariesRefused
    unless the file has one valid area for each of ``codes``, and none for any other.
    """
    features = _features(path)
    ids = [str(feature.get("id", "")) for feature in features]
    missing, extra = sorted(set(codes) - set(ids)), sorted(set(ids) - set(codes))
    twice = sorted(code for code, count in Counter(ids).items() if count > 1)
    if missing or extra or twice:
        lists = [("missing", missing), ("not a commune of today", extra), ("there twice", twice)]
        problem = "; ".join(f"{what}: {', '.join(map(repr, found))}" for what, found in lists if found)
        raise BoundariesRefused(
            file=path.name, problem=f"Feature ids must be today's {len(codes)} codes. {problem.capitalize()}."
        )
    areas = {code: _area(path, code, feature) for code, feature in zip(ids, features, strict=True)}
    viewbox, outlines = drawing.draw(_matched(path, areas), tolerance=TOLERANCE)
    return Sheet(source_of(path), CREDIT, viewbox, outlines)


def _features(path: Path) -> list[dict[str, Any]]:
    try:
        collection = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise BoundariesRefused(file=path.name, problem=f"It is not readable JSON ({error}).") from error
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise BoundariesRefused(file=path.name, problem="It is not a GeoJSON FeatureCollection.")
    return features


def _area(path: Path, code: str, feature: dict[str, Any]) -> BaseGeometry:
    try:
        area = shapely.from_geojson(json.dumps(feature.get("geometry")))
    except shapely.errors.ShapelyError as error:
        raise BoundariesRefused(
            file=path.name, problem=f"Feature {code!r}: no geometry ({error})."
        ) from error
    if area is None or area.geom_type not in ("Polygon", "MultiPolygon") or area.is_empty:
        raise BoundariesRefused(
            file=path.name, problem=f"Feature {code!r}: a Polygon or MultiPolygon is needed."
        )
    if not area.is_valid:
        reason = shapely.is_valid_reason(area)
        raise BoundariesRefused(file=path.name, problem=f"Feature {code!r}: invalid area, {reason}.")
    if not BOX.covers(area):
        bounds = ", ".join(f"{bound:g}" for bound in area.bounds)
        raise BoundariesRefused(
            file=path.name,
            problem=f"Feature {code!r}: its bounds {bounds} leave the province. Coordinates must be "
            f"longitude and latitude in degrees (WGS 84), in this order.",
        )
    return area


def _matched(path: Path, areas: dict[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    """Make neighbours share their borders corner by corner, which simplifying them together needs."""
    if shapely.coverage_is_valid(list(areas.values())):
        return areas
    matched = dict(zip(areas, shapely.coverage_clean(list(areas.values()), gap_width=GAP), strict=True))
    for code, area in areas.items():
        change = abs(matched[code].area - area.area) / area.area
        if change > AREA_CHANGE_MAX:
            raise BoundariesRefused(
                file=path.name,
                problem=f"Feature {code!r}: it overlaps its neighbours by {change:.1%} of its area.",
            )
    return matched
