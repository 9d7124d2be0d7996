import sys
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from payments.ledger import replay
from payments.ledger.models import Account, Entry


class Command(BaseCommand):
    help = (
        "Read all books again from the first entry: every balance, the balance every entry left, both ends "
        "of every transfer, and the sum of zero. Changes nothing; ends with 1 and names every account that "
        "differs."
    )

    def handle(self, *, verbosity: int, **options: Any) -> None:
        with replay.one_moment():
            accounts, entries = Account.objects.count(), Entry.objects.count()
            progress = partial(
                tqdm, total=entries, unit="entry", unit_scale=True, file=self.stderr, disable=verbosity == 0
            )
            found = list(replay.differences(progress))
        for sentence in found:
            self.stdout.write(sentence)
        if found:
            self.stdout.write(
                f"{len(found)} differences. Somebody wrote to the tables behind the ledger's back: find out "
                f"who before anything is put right, by a second transfer."
            )
            sys.exit(1)
        self.stdout.write(f"{entries:,} entries on {accounts:,} accounts read again: the books are right.")
