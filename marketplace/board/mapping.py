"""The map of the board: the communes an official answers for, darker where more was sold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from marketplace.places import selectors as places
from marketplace.places.errors import MapMissing
from marketplace.places.models import MapSheet
from marketplace.statistics import charts
from marketplace.statistics.tables import Row

OTHER = "map__other"  # not of this official


@dataclass(frozen=True)
class Area:
    """One commune; ``row`` is None where it is not the official's. Its name is written if ``labelled``."""

    code: str
    name: str
    full_name: str
    path: str
    label_x: int
    label_y: int
    css_class: str
    row: Row | None
    labelled: bool = False


def areas(rows: Mapping[str, Row], shading: charts.Shading) -> tuple[MapSheet | None, list[Area]]:
    """Return the map in use and its areas, largest first; nothing where no map was drawn. Two queries."""
    try:
        sheet = places.boundary_map()
    except MapMissing:
        return None, []
    shapes = sorted(sheet.shapes.all(), key=lambda shape: -(shape.commune.area_km2 or 0))
    found = [
        Area(
            code=shape.commune.code,
            name=shape.commune.name,
            full_name=shape.commune.full_name,
            path=shape.path,
            label_x=shape.label_x,
            label_y=shape.label_y,
            css_class=shading.css_classes.get(shape.commune.code, OTHER),
            row=rows.get(shape.commune.code),
        )
        for shape in shapes
    ]
    own_first = sorted(found, key=lambda area: area.row is None)
    labelled = charts.labels_that_fit(own_first)
    return sheet, [replace(area, labelled=area.name in labelled) for area in found]
