import sys
from argparse import ArgumentParser
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from payments.ledger import chain, replay
from payments.ledger.errors import LedgerError
from payments.ledger.models import Account, Entry


class Command(BaseCommand):
    help = (
        "Read all books again from the first entry: every balance, the balance and the digest every entry "
        "left, both ends of every transfer, and the sum of zero. Changes nothing; ends with 1 and names each "
        "account that differs, with the first entry that was edited, removed or inserted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--seal",
            action="store_true",
            help="print a line that fixes all entries so far. Keep it where nobody of the shop can write",
        )
        parser.add_argument(
            "--verify-seal",
            metavar="SEAL",
            help="also check that all entries are still as they were when that line was printed",
        )

    def handle(self, *, verbosity: int, seal: bool, verify_seal: str | None, **options: Any) -> None:
        try:
            with replay.one_moment():
                accounts, entries = Account.objects.count(), Entry.objects.count()
                progress = partial(
                    tqdm,
                    total=entries,
                    unit="entry",
                    unit_scale=True,
                    file=self.stderr,
                    disable=verbosity == 0,
                )
                found = list(replay.differences(progress))
                if verify_seal and not chain.is_unbroken(verify_seal):
                    found.append("The entries are not those that were sealed: the chain was computed anew.")
            if found:
                self._refuse(found)
            self.stdout.write(
                f"{entries:,} entries on {accounts:,} accounts read again: the books are right."
            )
            if verify_seal:
                self.stdout.write("The sealed entries are as they were.")
            if seal:
                self.stdout.write(chain.seal(now=timezone.now()))
        except LedgerError as error:
            raise CommandError(str(error)) from error

    def _refuse(self, found: list[str]) -> None:
        for sentence in found:
            self.stdout.write(sentence)
        self.stdout.write(
            f"{len(found)} differences. Somebody wrote to the tables behind the ledger's back: find out who "
            f"before anything is put right, by a second transfer."
        )
        sys.exit(1)
