from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from marketplace.statistics import summaries


class Command(BaseCommand):
    help = (
        "Make the summaries of all sales again from the lines, month by month, while the market runs. "
        "They come out as they were; may be run again."
    )

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        months = summaries.months()
        lines = 0
        for month in tqdm(months, unit="month", file=self.stderr, disable=verbosity == 0):
            lines += summaries.rebuild_month(month)
        self.stdout.write(f"{len(months)} months with {lines:,} sale lines summarised.")
