import sys
from typing import Any

from django.core.management.base import BaseCommand

from payments.ledger import replay
from payments.ledger.models import Account


class Command(BaseCommand):
    help = (
        "Name every account whose balance or holds are not the sum of its entries or pending transfers, and "
        "end with 1 if there is any. Quick: check_ledger also reads in which order they came."
    )

    def handle(self, **options: Any) -> None:
        with replay.one_moment():
            accounts, found = Account.objects.count(), list(replay.balances_that_differ())
        for sentence in found:
            self.stdout.write(sentence)
        if found:
            sys.exit(1)
        self.stdout.write(f"{accounts:,} accounts are in balance, and their sum is 0.")
