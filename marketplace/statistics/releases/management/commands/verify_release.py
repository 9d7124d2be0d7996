from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from marketplace.statistics.releases import verification
from marketplace.statistics.releases.errors import ReleaseBroken
from marketplace.statistics.releases.models import Release


class Command(BaseCommand):
    help = "Check that no release was changed since it was signed, and that the lines still give its digits."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", nargs="?", type=int, help="count only this one again; all if not given")

    def handle(self, *args: Any, number: int | None, verbosity: int, **options: Any) -> None:
        releases = Release.objects.order_by("number").prefetch_related("tables")
        if number is not None:
            releases = releases.filter(number=number)
            if not releases:
                raise CommandError(f"There is no release {number}. `manage.py verify_release` checks all.")
        try:
            chain = verification.verify_chain()
            compared = sum(
                verification.verify_figures(release)
                for release in tqdm(releases, unit="release", file=self.stderr, disable=verbosity == 0)
            )
        except ReleaseBroken as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{chain} releases are as they were signed; {compared:,} figures were counted again and agree."
        )
