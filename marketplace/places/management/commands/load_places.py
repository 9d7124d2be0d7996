from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from marketplace.places import consistency, services, sheets
from marketplace.places.errors import ReferenceRefused
from marketplace.places.reference import DATA_DIR


class Command(BaseCommand):
    help = "Load the communes of today and before 1 July 2025, and the schematic map. May be run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--data",
            type=Path,
            default=DATA_DIR,
            metavar="DIR",
            help="a folder of communes_2024.csv, communes_2025.csv, merges.csv, neighbours.csv and, if it "
            "is of another province, province.json and map.json",
        )

    def handle(self, *args: Any, data: Path, **options: Any) -> None:
        try:
            reference = consistency.read(data)
            map_file = data / "map.json"
            schematic = sheets.read(
                map_file if map_file.exists() else DATA_DIR / "map.json",
                codes={unit.code for unit in reference.communes_2025},
            )
            loaded = services.load_places(reference, schematic, now=timezone.now())
        except ReferenceRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{len(reference.communes_2025)} communes and {len(reference.communes_2024)} former units read, "
            f"{loaded.new} new, {loaded.read - loaded.new} already known; "
            f"{len(reference.merges)} successions, {len(reference.neighbours)} pairs of neighbours."
        )
