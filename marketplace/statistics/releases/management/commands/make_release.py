from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from marketplace.statistics.disclosure.protection import CannotProtect
from marketplace.statistics.errors import DisclosureRuleMissing
from marketplace.statistics.periods import months_before
from marketplace.statistics.releases import services
from marketplace.statistics.releases.errors import ReleaseRefused
from marketplace.statistics.releases.months import MonthUnreadable, read_month


class Command(BaseCommand):
    help = "Publish the figures of a month: count, hide what tells too much, attack the rest, sign."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "month", nargs="?", help="such as 2026-10; the month before this one if not given"
        )
        parser.add_argument("--revise", action="store_true", help="publish the newest month again")
        parser.add_argument("--changelog", default="", help="what changed, for everybody to read")

    def handle(self, *args: Any, month: str | None, revise: bool, changelog: str, **options: Any) -> None:
        now = timezone.now()
        if revise and not changelog:
            raise CommandError("Say what changed: --changelog '...'. Readers of the figures before need it.")
        try:
            first_day = (
                read_month(month) if month else months_before(timezone.localdate(now).replace(day=1), 1)
            )
            release = services.make_release(
                month=first_day, now=now, revise=revise, changelog=changelog, note=self.stderr.write
            )
        except (MonthUnreadable, ReleaseRefused, DisclosureRuleMissing, CannotProtect) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Release {release.number}: {release.month:%Y-%m}, revision {release.revision}, "
            f"hash {release.hash}."
        )
