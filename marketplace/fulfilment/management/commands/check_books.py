import sys
from typing import Any

from django.core.management.base import BaseCommand

from marketplace.fulfilment import books


class Command(BaseCommand):
    help = (
        "Compare the sales of all communes with the ledger's revenue, without delivery. "
        "Ends with 1 and names every part that differs."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = books.compare()
        self.stdout.write(f"Sales of the communes {found.counted_vnd:>20,} VND")
        self.stdout.write(f"Revenue in the ledger {found.booked_vnd:>20,} VND")
        if not found.differences:
            self.stdout.write("They agree, part by part.")
            return
        for part in found.differences:
            self.stdout.write(
                f"{part.number}: counted {part.counted_vnd:,} VND, booked {part.booked_vnd:,} VND, "
                f"difference {part.counted_vnd - part.booked_vnd:,} VND"
            )
        self.stdout.write(
            f"{len(found.differences)} parts differ. Events that are underway explain some: run this again "
            f"in a minute. For what stays, compare with `manage.py reconcile` of the order."
        )
        sys.exit(1)
