"""Makes the part of the postal network that no public list names.

Run it by `python -m marketplace.delivery.build_network`.

The province counts 167 post points and 89 postal roads; the public list names 68 points and no road. The rest
is made here, the same every time, and marked simulated: a point for every commune of before the merger that
has none, then second points; one road from the centre to each district's post office, and from there as many
as are left, in proportion to their points. How often a road is served depends on how far it goes.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data"
PLACES = Path(__file__).resolve().parent.parent / "places" / "data"
POINTS, ROADS = 167, 89
FIRST_CODE = 388_001  # of the codes nobody uses
CENTRE = "Thành phố Điện Biên Phủ"
KM_PER_DEGREE = 111.2
NEAR_KM, FAR_KM = 12.0, 30.0
DAILY = (0, 1, 2, 3, 4, 5)
THRICE = ((0, 2, 4), (1, 3, 5))
TWICE = ((0, 3), (1, 4))
FAR_FEE_VND = 3_000


@dataclass(frozen=True)
class Point:
    code: str
    name: str
    district: str
    code_2024: str
    code_2025: str
    lat: float
    lon: float
    is_hub: bool = False
    is_simulated: bool = True


def build() -> dict[str, list[dict[str, Any]]]:
    """Return the rows of the three files by their names."""
    real = _real_points()
    simulated = _simulated_points(real)
    offices = [*real, *simulated]
    hubs = {point.district: point for point in offices if point.is_hub}
    centre = hubs[CENTRE]
    routes, stops = [], []
    for number, hub in enumerate((hub for hub in hubs.values() if hub is not centre), start=1):
        code = f"T{number:02d}"
        routes.append(_route(code, centre, [hub], DAILY, 0))
        stops.append({"route": code, "place": 1, "office": hub.code})
    for code, hub, points in _local_roads(offices, hubs, ROADS - len(routes)):
        km = max(_km(hub, point) for point in points)
        index = len(routes)
        days = DAILY if km < NEAR_KM else THRICE[index % 2] if km < FAR_KM else TWICE[index % 2]
        routes.append(_route(code, hub, points, days, FAR_FEE_VND if km >= FAR_KM else 0))
        stops += [
            {"route": code, "place": place, "office": point.code}
            for place, point in enumerate(points, start=1)
        ]
    return {
        "post_offices_simulated.csv": [_office_row(point) for point in simulated],
        "hubs.csv": [
            {"office": point.code, "hub": "" if point is centre else _hub_of(point, hubs, centre).code}
            for point in offices
        ],
        "routes.csv": routes,
        "route_stops.csv": stops,
    }


def _real_points() -> list[Point]:
    return [
        Point(
            code=row["vnpost_code6"],
            name=row["name"],
            district=row["old_district"],
            code_2024=row["code_2024"],
            code_2025=row["code_2025"],
            lat=float(row["lat"]),
            lon=float(row["lon"]),
            is_hub="central" in row["kind"] or "district" in row["kind"],
            is_simulated=False,
        )
        for row in _rows(DATA / "post_offices.csv")
    ]


def _simulated_points(real: Sequence[Point]) -> list[Point]:
    served = {point.code_2024 for point in real}
    today = {row["code"]: row for row in _rows(PLACES / "communes_2025.csv")}
    units = sorted(_rows(PLACES / "communes_2024.csv"), key=lambda row: row["code"])
    without = [unit for unit in units if unit["code"] not in served]
    villages = [unit for unit in units if unit["type"] == "xã"]
    wanted = POINTS - len(real)
    chosen = [(unit, "") for unit in without] + [(unit, " 2") for unit in villages]
    points = []
    for number, (unit, suffix) in enumerate(chosen[:wanted]):
        label = today[unit["new_code_2025"]]
        shift = 0.02 if suffix else 0.0  # a second point lies some two kilometres off
        points.append(
            Point(
                code=str(FIRST_CODE + number),
                name=f"BĐ-VHX {unit['name']}{suffix}",
                district=unit["district"],
                code_2024=unit["code"],
                code_2025=unit["new_code_2025"],
                lat=float(unit["lat"] or label["label_lat"]) + shift,
                lon=float(unit["lon"] or label["label_lon"]) + shift,
            )
        )
    return points


def _local_roads(
    offices: Iterable[Point], hubs: dict[str, Point], wanted: int
) -> list[tuple[str, Point, list[Point]]]:
    """Share ``wanted`` roads out among the districts by their points, and the points among the roads."""
    points: dict[str, list[Point]] = defaultdict(list)
    for point in offices:
        if not point.is_hub:
            points[point.district].append(point)
    total = sum(len(group) for group in points.values())
    exact = {district: len(group) * wanted / total for district, group in points.items()}
    count = {district: max(1, int(share)) for district, share in exact.items()}
    by_rest = sorted(exact, key=lambda district: (count[district] - exact[district], district))
    for district in by_rest[: wanted - sum(count.values())]:
        count[district] += 1
    roads = []
    for district, hub in hubs.items():
        around = sorted(points[district], key=lambda point: (_bearing(hub, point), point.code))
        for index in range(count[district]):
            begins = index * len(around) // count[district]
            ends = (index + 1) * len(around) // count[district]
            group = sorted(around[begins:ends], key=lambda point: (_km(hub, point), point.code))
            roads.append((f"{hub.code[2:]}-{index + 1:02d}", hub, group))
    return roads


def _hub_of(point: Point, hubs: dict[str, Point], centre: Point) -> Point:
    return centre if point.is_hub else hubs[point.district]


def _route(
    code: str, hub: Point, points: Sequence[Point], days: Sequence[int], fee_vnd: int
) -> dict[str, Any]:
    return {
        "route": code,
        "name": " – ".join([hub.name, *(point.name for point in points)])[:120],
        "office": hub.code,
        "weekdays": " ".join(str(day) for day in days),
        "fee_vnd": fee_vnd,
    }


def _office_row(point: Point) -> dict[str, Any]:
    return {
        "vnpost_code6": point.code,
        "name": point.name,
        "code_2024": point.code_2024,
        "code_2025": point.code_2025,
        "lat": f"{point.lat:.5f}",
        "lon": f"{point.lon:.5f}",
    }


def _km(a: Point, b: Point) -> float:
    east = (b.lon - a.lon) * math.cos(math.radians(a.lat))
    return math.hypot(east, b.lat - a.lat) * KM_PER_DEGREE


def _bearing(a: Point, b: Point) -> float:
    return round(math.atan2(b.lon - a.lon, b.lat - a.lat), 6)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main() -> None:
    for name, rows in build().items():
        with (DATA / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()
