"""Draw the schematic map of the province: ``python -m marketplace.places.build_map``.

The borders are not ours to draw, but points inside the communes are known: one in each of today's
and one in most of the units before. Every place belongs to the commune of the nearest point (Voronoi
cells, dissolved by commune), and the province is what lies within some kilometres of a point. The
result is data/map.json, which ``load_places`` reads.
"""

import math
import sys
from collections import defaultdict
from collections.abc import Mapping

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPoint, Point
from shapely.geometry.base import BaseGeometry

from . import consistency, drawing, reference, sheets

TARGET = reference.DATA_DIR / "map.json"
KM_PER_DEGREE = 110.75  # of latitude, at 21.7° north
DISC_SHARE = 1.5  # the discs of a commune together have this multiple of its area
SMOOTHING_KM = 6.0  # inlets and capes of the outline narrower than twice this are rounded off
BEND_KM = 1.5  # bends smaller than this are left out of the borders
CORNER_CUTS = 2  # each cut replaces a corner by two softer ones
CREDIT = "Sơ đồ vẽ từ điểm giữa các xã, không phải ranh giới; toạ độ: © OpenStreetMap contributors"


def main() -> None:
    data = consistency.read(reference.DATA_DIR)
    points = points_by_commune(data)
    cells = voronoi_cells(points, province(points, data))
    areas = {code: to_degrees(area) for code, area in soften(cells).items()}
    viewbox, outlines = drawing.draw(areas)
    sheets.write(TARGET, credit=CREDIT, viewbox=viewbox, outlines=outlines)
    sys.stdout.write(f"{len(outlines)} communes drawn, {TARGET.stat().st_size:,} bytes.\n")


def points_by_commune(data: reference.Reference) -> dict[str, list[Point]]:
    """The known points of each of today's communes, in kilometres east and north."""
    points: dict[str, list[Point]] = defaultdict(list)
    for unit in data.communes_2025:
        points[unit.code].append(to_km(unit))
    for old in data.communes_2024:
        if old.lat is not None:
            points[old.new_code].append(to_km(old))
    return points


def to_km(unit: reference.Unit) -> Point:
    assert unit.lat is not None, unit.code
    assert unit.lon is not None, unit.code
    return Point(unit.lon * drawing.LONGITUDE_RATIO * KM_PER_DEGREE, unit.lat * KM_PER_DEGREE)


def to_degrees(area: BaseGeometry) -> BaseGeometry:
    degrees = np.array([1 / (drawing.LONGITUDE_RATIO * KM_PER_DEGREE), 1 / KM_PER_DEGREE])
    return shapely.transform(area, lambda points: points * degrees)


def province(points: Mapping[str, list[Point]], data: reference.Reference) -> BaseGeometry:
    """A disc around every point, as large as its share of its commune, melted into one outline."""
    discs = []
    for unit in data.communes_2025:
        share_km2 = float(unit.area_km2) / len(points[unit.code])
        discs += [point.buffer(math.sqrt(DISC_SHARE * share_km2 / math.pi)) for point in points[unit.code]]
    melted = shapely.union_all(discs)
    return melted.buffer(SMOOTHING_KM).buffer(-2 * SMOOTHING_KM).buffer(SMOOTHING_KM)


def voronoi_cells(points: Mapping[str, list[Point]], land: BaseGeometry) -> dict[str, BaseGeometry]:
    """Divide ``land`` by the nearest point and dissolve the cells of each commune."""
    owners = [code for code, own in points.items() for _ in own]
    every = MultiPoint([point for own in points.values() for point in own])
    cells: dict[str, list[BaseGeometry]] = defaultdict(list)
    drawn = shapely.voronoi_polygons(every, extend_to=land, ordered=True)
    for code, cell in zip(owners, drawn.geoms, strict=True):
        cells[code].append(cell)
    return {code: shapely.union_all(own).intersection(land) for code, own in cells.items()}


def soften(areas: Mapping[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    """Round the corners of the borders, each border once, so that no gap opens between two areas."""
    simple = shapely.coverage_simplify(list(areas.values()), BEND_KM)
    borders = shapely.line_merge(shapely.union_all([area.boundary for area in simple]))
    pieces = shapely.polygonize([cut_corners(border) for border in borders.geoms]).geoms
    return {
        code: max(pieces, key=lambda piece: piece.intersection(area).area)
        for code, area in zip(areas, simple, strict=True)
    }


def cut_corners(border: LineString) -> LineString:
    """Chaikin's curve: both ends stay, every other corner is cut at a quarter of its two sides."""
    points = np.asarray(border.coords)
    for _ in range(CORNER_CUTS):
        start, end = points[:-1], points[1:]
        cut = np.stack([0.75 * start + 0.25 * end, 0.25 * start + 0.75 * end], axis=1).reshape(-1, 2)
        points = np.vstack([points[:1], cut[1:-1], points[-1:]])
    return LineString(points)


if __name__ == "__main__":
    main()
