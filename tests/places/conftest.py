import csv
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from marketplace.places import consistency, services, sheets
from marketplace.places.reference import DATA_DIR
from tests.places.rows import Edit

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.fixture
def places(db: None) -> None:
    """The reference data, loaded."""
    data = consistency.read(DATA_DIR)
    schematic = sheets.read(DATA_DIR / "map.json", codes={unit.code for unit in data.communes_2025})
    services.load_places(data, schematic, now=NOW)


@pytest.fixture
def changed_data(tmp_path: Path) -> Callable[[str, Edit], Path]:
    """A copy of the data with one file changed by a function of its rows."""

    def change(name: str, edit: Edit) -> Path:
        for file in DATA_DIR.glob("*.csv"):
            shutil.copy(file, tmp_path)
        with (DATA_DIR / name).open(encoding="utf-8", newline="") as source:
            reader = csv.DictReader(source)
            rows, columns = list(reader), reader.fieldnames or []
        edit(rows)
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(target, columns)
            writer.writeheader()
            writer.writerows(rows)
        return tmp_path

    return change
