import json
import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
import shapely
from django.core.management import call_command
from django.core.management.base import CommandError
from shapely.geometry import MultiPoint, Polygon, mapping

from marketplace.places import build_map, selectors, sheets
from marketplace.places.models import Commune, MapSheet
from marketplace.places.reference import DATA_DIR

OFFICIAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "communes_2025.geojson"
TODAY = date(2026, 3, 1)


def rings(path: str) -> list[list[tuple[int, int]]]:
    """The corners of every ring of an SVG path of ``M``, ``l`` and ``z``."""
    found = []
    for start, steps in re.findall(r"M(\d+ \d+)l([-0-9 ]+)z", path):
        numbers = [int(number) for number in re.findall(r"-?\d+", steps)]
        x, y = map(int, start.split())
        corners = [(x, y)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            corners.append((x, y))
        found.append(corners)
    return found


def sides(paths: list[str]) -> dict[frozenset[tuple[int, int]], int]:
    """How many areas have each side: two if it is a border between them, one at the edge of the province."""
    count: dict[frozenset[tuple[int, int]], int] = {}
    for path in paths:
        for ring in rings(path):
            for side in pairwise([*ring, ring[0]]):
                count[frozenset(side)] = count.get(frozenset(side), 0) + 1
    return count


def polygon(path: str) -> Polygon:
    shell, *holes = rings(path)
    return Polygon(shell, holes)


@pytest.fixture
def schematic() -> sheets.Sheet:
    codes = re.findall(r'"(\d{5})"', (DATA_DIR / "map.json").read_text(encoding="utf-8"))
    return sheets.read(DATA_DIR / "map.json", codes=codes)


def test_the_schematic_map_is_small_and_says_that_it_is_one(schematic):
    assert len(schematic.outlines) == 45
    assert (DATA_DIR / "map.json").stat().st_size < 20_000
    assert "Sơ đồ" in schematic.credit
    assert re.fullmatch(r"0 0 1000 1[12]\d\d", schematic.viewbox)


def test_every_commune_of_the_schematic_map_is_one_area_around_its_label(schematic):
    for code, line in schematic.outlines.items():
        [ring] = rings(line.path)
        area = Polygon(ring)
        assert area.is_valid, code
        assert area.contains(shapely.Point(line.label_x, line.label_y)), code


def test_the_communes_of_the_schematic_map_leave_no_gap_and_do_not_overlap(schematic):
    areas = [polygon(line.path) for line in schematic.outlines.values()]

    province = shapely.union_all(areas)

    assert province.geom_type == "Polygon"
    assert not province.interiors
    assert province.area == pytest.approx(sum(area.area for area in areas))
    assert shapely.coverage_is_valid(areas)


def test_the_script_draws_the_map_that_is_committed(schematic, tmp_path, monkeypatch):
    monkeypatch.setattr(build_map, "TARGET", tmp_path / "map.json")

    build_map.main()

    drawn = sheets.read(tmp_path / "map.json", codes=schematic.outlines.keys())
    assert drawn.viewbox == schematic.viewbox
    for code, line in schematic.outlines.items():
        # Libraries of another version may round a corner the other way.
        both = polygon(line.path).intersection(polygon(drawn.outlines[code].path))
        assert both.area > 0.97 * polygon(line.path).area, code


def squares() -> dict[str, Polygon]:
    """A made-up province: 45 squares of 0.1 degrees, nine by five, with teeth along their sides."""
    codes = list(selectors.communes_at(TODAY).values_list("code", flat=True))

    def notch(x: float, y: float) -> tuple[float, float]:
        return round(102.2 + x + 0.0004 * (y * 530 % 1), 6), round(21.0 + y + 0.0004 * (x * 570 % 1), 6)

    areas = {}
    for number, code in enumerate(codes):
        west, south = 0.1 * (number % 9), 0.1 * (number // 9)
        steps = [step / 500 for step in range(50)]
        corners = [(west + step, south) for step in steps]
        corners += [(west + 0.1, south + step) for step in steps]
        corners += [(west + 0.1 - step, south + 0.1) for step in steps]
        corners += [(west, south + 0.1 - step) for step in steps]
        areas[code] = Polygon([notch(round(x, 6), round(y, 6)) for x, y in corners])
    return areas


def write(path: Path, areas: dict[str, Polygon]) -> Path:
    features = [
        {"type": "Feature", "id": code, "properties": {}, "geometry": mapping(area)}
        for code, area in areas.items()
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def test_imported_boundaries_replace_the_schematic_map(places, tmp_path, capsys):
    file = write(tmp_path / "made-up.geojson", squares())

    call_command("import_boundaries", str(file))

    sheet = selectors.boundary_map()
    assert not sheet.is_schematic
    assert sheet.source.startswith("made-up.geojson ")
    assert (
        sheet.credit == "Ranh giới: sapnhap.bando.com.vn qua thanglequoc/vietnamese-provinces-database (MIT)"
    )
    assert len(sheet.shapes.all()) == 45
    assert capsys.readouterr().out.startswith("45 communes drawn, ")


def test_imported_boundaries_are_simplified_alike_on_both_sides(places, tmp_path):
    file = write(tmp_path / "made-up.geojson", squares())

    call_command("import_boundaries", str(file))

    paths = [shape.path for shape in selectors.boundary_map().shapes.all()]
    corners = sum(len(ring) for path in paths for ring in rings(path))
    inner = [side for side, areas in sides(paths).items() if areas == 2]
    areas = [polygon(path) for path in paths]
    assert corners < 45 * 200 / 4
    assert len(inner) >= 8 * 5 + 9 * 4
    assert max(sides(paths).values()) == 2
    assert shapely.union_all(areas).area == pytest.approx(sum(area.area for area in areas))


def test_borders_that_were_digitised_apart_are_laid_on_each_other(places, tmp_path):
    apart = {
        code: area.simplify(0.0005 * (number % 3)) for number, (code, area) in enumerate(squares().items())
    }
    assert not shapely.coverage_is_valid(list(apart.values()))

    call_command("import_boundaries", str(write(tmp_path / "apart.geojson", apart)))

    areas = [polygon(shape.path) for shape in selectors.boundary_map().shapes.all()]
    province = shapely.union_all(areas)
    assert not province.interiors
    assert province.area == pytest.approx(sum(area.area for area in areas))


def test_importing_the_same_file_again_keeps_one_map(places, tmp_path):
    file = write(tmp_path / "made-up.geojson", squares())
    call_command("import_boundaries", str(file))
    first = [(shape.commune_id, shape.path) for shape in selectors.boundary_map().shapes.all()]

    call_command("import_boundaries", str(file))

    assert [(shape.commune_id, shape.path) for shape in selectors.boundary_map().shapes.all()] == first
    assert MapSheet.objects.count() == 2


def test_loading_places_again_keeps_the_imported_boundaries_in_use(places, tmp_path):
    call_command("import_boundaries", str(write(tmp_path / "made-up.geojson", squares())))

    call_command("load_places")

    assert not selectors.boundary_map().is_schematic


def without(areas):
    del areas["03158"]


def with_another(areas):
    areas["99999"] = areas["03158"]


def with_a_bow_tie(areas):
    areas["03158"] = Polygon([(102.2, 21.0), (102.3, 21.1), (102.3, 21.0), (102.2, 21.1)])


def with_points(areas):
    areas["03158"] = MultiPoint([(102.2, 21.0), (102.3, 21.1)])


def turned_over(areas):
    areas["03158"] = shapely.transform(areas["03158"], lambda points: points[:, ::-1])


def on_its_neighbour(areas):
    areas["03160"] = areas["03158"].buffer(0.05)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without, r"today's 45 codes\. Missing: '03158'\."),
        (with_another, r"today's 45 codes\. Not a commune of today: '99999'\."),
        (with_a_bow_tie, r"Feature '03158': invalid area, Self-intersection"),
        (with_points, r"Feature '03158': a Polygon or MultiPolygon is needed\."),
        (
            turned_over,
            r"Feature '03158': its bounds 21.* leave the province\. Coordinates must be longitude and",
        ),
        (on_its_neighbour, r"Feature '03\d{3}': it overlaps its neighbours by \d+\.\d% of its area"),
    ],
)
def test_boundaries_that_are_no_map_of_today_are_refused_by_name(places, tmp_path, change, message):
    areas = squares()
    change(areas)

    with pytest.raises(CommandError, match=rf"wrong\.geojson: .*{message}.*was not changed"):
        call_command("import_boundaries", str(write(tmp_path / "wrong.geojson", areas)))

    assert selectors.boundary_map().is_schematic
    assert MapSheet.objects.count() == 1


def test_a_commune_there_twice_is_named(places, tmp_path):
    file = write(tmp_path / "twice.geojson", squares())
    collection = json.loads(file.read_text(encoding="utf-8"))
    collection["features"].append(collection["features"][0])
    file.write_text(json.dumps(collection), encoding="utf-8")

    with pytest.raises(CommandError, match=r"There twice: '03127'\."):
        call_command("import_boundaries", str(file))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", r"It is not readable JSON"),
        ("[]", r"It is not a GeoJSON FeatureCollection"),
        ('{"features": [1]}', r"It is not a GeoJSON FeatureCollection"),
    ],
)
def test_a_file_that_is_no_geojson_is_refused(places, tmp_path, text, message):
    file = tmp_path / "no.geojson"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(CommandError, match=message):
        call_command("import_boundaries", str(file))


def test_a_feature_without_a_geometry_is_refused(places, tmp_path):
    file = write(tmp_path / "bare.geojson", squares())
    collection = json.loads(file.read_text(encoding="utf-8"))
    collection["features"][0]["geometry"] = None
    file.write_text(json.dumps(collection), encoding="utf-8")

    with pytest.raises(CommandError, match=r"Feature '03127': "):
        call_command("import_boundaries", str(file))


def test_boundaries_need_communes_first(db, tmp_path):
    with pytest.raises(CommandError, match=r"Run `manage\.py load_places` first"):
        call_command("import_boundaries", str(tmp_path / "any.geojson"))


@pytest.mark.skipif(
    not OFFICIAL.exists(), reason=f"{OFFICIAL.name} is not beside the checkout, in shared/data"
)
def test_the_official_boundaries_of_the_province_can_be_imported(places):
    call_command("import_boundaries", str(OFFICIAL))

    shapes = {shape.commune.code: shape for shape in selectors.boundary_map().shapes.all()}
    paths = [shape.path for shape in shapes.values()]
    assert len(shapes) == 45
    assert sum(len(path) for path in paths) < 30_000
    assert max(sides(paths).values()) == 2
    # Mường Nhé is drawn some 489 km² large, at the scale of the province's 9,539 km².
    drawn = {code: sum(Polygon(ring).area for ring in rings(shape.path)) for code, shape in shapes.items()}
    share = drawn["03160"] / sum(drawn.values())
    assert share == pytest.approx(489.47 / 9539.27, rel=0.02)
    assert Commune.objects.count() == 174
