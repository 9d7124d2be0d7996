"""Where a point in degrees lies on a map. A sheet does not say how it was drawn: its communes do."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from .models import MapShape

# One degree of longitude is this much shorter than one of latitude in the middle of the province.
LONGITUDE_RATIO = math.cos(math.radians(21.7))


@dataclass(frozen=True)
class Projection:
    """How a map is drawn: ``scale`` units for a degree of latitude, shifted by ``left`` and ``top``."""

    left: float
    top: float
    scale: float

    def point(self, lat: float, lon: float) -> tuple[int, int]:
        """Return where the point lies on the sheet, in its units. Right to some 1.5 km."""
        return round(self.left + self.scale * lon * LONGITUDE_RATIO), round(self.top - self.scale * lat)


def projection_of(shapes: Iterable[MapShape]) -> Projection | None:
    """Return the projection under which the points of the communes come closest to their shapes' middles.

    Least squares over all of them; None where fewer than two communes have a point. No query if the shapes
    have their communes.
    """
    pairs = [
        (shape.commune.lon * LONGITUDE_RATIO, shape.commune.lat, shape.label_x, shape.label_y)
        for shape in shapes
        if shape.commune.lat is not None and shape.commune.lon is not None
    ]
    if len({(east, north) for east, north, _x, _y in pairs}) < 2:
        return None
    east, north, x, y = (sum(values) / len(pairs) for values in zip(*pairs, strict=True))
    spread = sum((e - east) ** 2 + (n - north) ** 2 for e, n, _x, _y in pairs)
    scale = sum((e - east) * (px - x) - (n - north) * (py - y) for e, n, px, py in pairs) / spread
    return Projection(left=x - scale * east, top=y + scale * north, scale=scale)
