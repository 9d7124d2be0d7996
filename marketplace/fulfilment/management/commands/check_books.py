import sys
from typing import Any

from django.core.management.base import BaseCommand

from marketplace.fulfilment import books
from marketplace.statistics import selectors as statistics


class Command(BaseCommand):
    help = (
        "Compare the sales of all communes with the ledger's revenue, without delivery, and the summaries of "
        "sales with their lines. Ends with 1 and names every part and every day that differs."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        agree = [self._parts_agree(), self._summaries_agree()]
        if not all(agree):
            sys.exit(1)

    def _parts_agree(self) -> bool:
        found = books.compare()
        self.stdout.write(f"Sales of the communes {found.counted_vnd:>20,} VND")
        self.stdout.write(f"Revenue in the ledger {found.booked_vnd:>20,} VND")
        if not found.differences:
            self.stdout.write("They agree, part by part.")
            return True
        for part in found.differences:
            self.stdout.write(
                f"{part.number}: counted {part.counted_vnd:,} VND, booked {part.booked_vnd:,} VND, "
                f"difference {part.counted_vnd - part.booked_vnd:,} VND"
            )
        self.stdout.write(
            f"{len(found.differences)} parts differ. Events that are underway explain some: run this again "
            f"in a minute. For what stays, compare with `manage.py reconcile` of the order."
        )
        return False

    def _summaries_agree(self) -> bool:
        found = statistics.deviations()
        for one in found:
            self.stdout.write(
                f"{one.sold_on}, {one.unit}: summarised {one.summarised_vnd:,} VND, "
                f"lines {one.lines_vnd:,} VND"
            )
        if found:
            self.stdout.write(
                f"{len(found)} summaries differ from their lines. `manage.py rebuild_statistics` makes all "
                f"of them again."
            )
        return not found
