"""The definition cards, targets, figures from elsewhere and the checklist that the market begins with."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

from django.apps.registry import Apps
from django.db import migrations

DATA = Path(__file__).parent.parent / "data"
FILES = {"Card": "cards.csv", "Target": "targets.csv", "Fact": "facts.csv", "Step": "steps.csv"}


def load(apps: Apps, schema_editor: Any) -> None:
    for name, file in FILES.items():
        model: Any = apps.get_model("indicators", name)
        with (DATA / file).open(newline="", encoding="utf-8") as rows:
            model.objects.bulk_create(model(**_values(row)) for row in csv.DictReader(rows))


def _values(row: dict[str, str]) -> dict[str, Any]:
    days = {
        "valid_from": date.fromisoformat(row["valid_from"]),
        "valid_to": date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
    }
    return {**row, **days}


def unload(apps: Apps, schema_editor: Any) -> None:
    for name in FILES:
        apps.get_model("indicators", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_initial")]

    operations = [migrations.RunPython(load, unload)]
