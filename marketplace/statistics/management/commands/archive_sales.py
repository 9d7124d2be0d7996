from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from marketplace.statistics import archive


class Command(BaseCommand):
    help = (
        "Write the sale lines of every month that has ended to a Parquet file, and again where lines came "
        "late. Each file is compared with the table. May be run again; what is archived is left as it is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        default = Path(settings.BASE_DIR, "var", "archive")
        parser.add_argument("--folder", type=Path, default=default, help=f"where to; {default} if left out")

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        folder: Path = options["folder"]
        months = archive.closed_months(today=timezone.localdate())
        lines = 0
        try:
            for month in tqdm(months, unit="month", file=self.stderr, disable=verbosity == 0):
                lines += archive.archive_month(month, folder=folder)
        except (archive.NotArchived, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{len(months)} closed months in {folder}, {lines:,} sale lines written.")
