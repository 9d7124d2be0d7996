from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace.statistics.releases.attacking import attack_releases


class Command(BaseCommand):
    help = "Try to calculate withheld figures from everything ever released, by linear programming."

    def handle(self, *args: Any, **options: Any) -> None:
        exposed = []
        for year in attack_releases():
            self.stdout.write(
                f"{year.year} {year.subject} {year.measure}: {year.protected:,} protected figures among "
                f"{year.unknown:,} unknown ones, {len(year.exposed):,} bounded."
            )
            exposed += year.exposed
        if exposed:
            found = "\n".join(
                f"  {one.key.period} {one.key.area or 'province'} {one.key.what or 'all'}: between "
                f"{one.lowest:,} and {one.highest:,}"
                f"{f', to those of seller {one.to}' if one.to else ''}"
                for one in exposed
            )
            raise CommandError(
                f"These can be bounded too closely. Publish nothing more before it is known why:\n{found}"
            )
