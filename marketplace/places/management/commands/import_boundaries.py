from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from marketplace.places import boundaries, services
from marketplace.places.errors import BoundariesRefused
from marketplace.places.models import HOME
from marketplace.places.selectors import communes_at


class Command(BaseCommand):
    help = "Replace the map by official boundaries: polygons in degrees whose feature ids are commune codes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.geojson")
        parser.add_argument(
            "--province", default=HOME, metavar="CODE", help="of which province; 11, Điện Biên"
        )

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        today = timezone.localdate()
        codes = set(communes_at(today, province=options["province"]).values_list("code", flat=True))
        if not codes:
            raise CommandError("There are no communes yet. Run `manage.py load_places` first.")
        try:
            sheet = boundaries.read(file, codes=codes)
        except BoundariesRefused as error:
            raise CommandError(str(error)) from error
        services.store_map(
            sheet, province=options["province"], is_schematic=False, on=today, now=timezone.now()
        )
        size = sum(len(line.path) for line in sheet.outlines.values())
        self.stdout.write(f"{len(sheet.outlines)} communes drawn, {size:,} characters of paths.")
