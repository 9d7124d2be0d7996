"""A map that does not say how it was drawn is read from where its communes are."""

import pytest

from marketplace.places.models import Commune, MapShape
from marketplace.places.projection import LONGITUDE_RATIO, projection_of
from marketplace.places.selectors import boundary_map

pytestmark = pytest.mark.django_db


def shape(lat: float | None, lon: float | None, x: int, y: int) -> MapShape:
    return MapShape(commune=Commune(lat=lat, lon=lon), label_x=x, label_y=y)


def test_a_map_drawn_to_scale_is_read_exactly():
    drawn = [(21.0, 102.0), (22.0, 102.5), (21.5, 103.5), (21.2, 103.0)]
    shapes = [
        shape(lat, lon, round(20_000 * (lon - 102) * LONGITUDE_RATIO), round(20_000 * (23 - lat)))
        for lat, lon in drawn
    ]

    projection = projection_of(shapes)

    assert projection is not None
    assert projection.scale == pytest.approx(20_000, rel=1e-4)
    assert projection.point(21.75, 102.75) == pytest.approx(
        (20_000 * 0.75 * LONGITUDE_RATIO, 20_000 * 1.25), abs=2
    )


def test_a_commune_without_a_point_says_nothing_and_one_alone_is_not_enough():
    known = [shape(21.0, 102.0, 0, 100), shape(22.0, 102.0, 0, 0)]

    assert projection_of([*known, shape(None, None, 5, 5)]) == projection_of(known)
    assert projection_of(known[:1]) is None
    assert projection_of([]) is None


def test_the_sheet_that_comes_with_the_project_has_its_capital_where_the_province_has(places):
    shapes = list(boundary_map().shapes.all())
    capital = next(each for each in shapes if each.commune.full_name == "Phường Điện Biên Phủ")

    x, y = projection_of(shapes).point(21.3835, 103.0178)  # A1 Hill, in the middle of the town

    assert abs(x - capital.label_x) < 40
    assert abs(y - capital.label_y) < 40
