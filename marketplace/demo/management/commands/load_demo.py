import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from marketplace.delivery.models import PostOffice
from marketplace.demo import accounts, services
from marketplace.demo.errors import DemoError, NotForProduction
from marketplace.demo.history import ORDERS
from marketplace.places.models import Commune


class Command(BaseCommand):
    help = "Fill an empty market with sample sellers, goods, stays, orders and the demo accounts."

    # Tests run with DEBUG off. No command line can say this, only call_command() can.
    stealth_options = ("even_without_debug",)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-pictures", action="store_true", help="leave the pictures out: faster")
        parser.add_argument(
            "--orders", type=int, default=ORDERS, metavar="N", help=f"how many past orders ({ORDERS})"
        )

    def handle(
        self,
        *args: Any,
        no_pictures: bool,
        orders: int,
        verbosity: int,
        even_without_debug: bool = False,
        **options: Any,
    ) -> None:
        stderr = options.get("stderr") or sys.stderr  # self.stderr would end every step with a new line

        def track(items: Sequence[Any], unit: str) -> Iterator[Any]:
            yield from tqdm(items, unit=unit, file=stderr, disable=verbosity == 0)

        try:
            if not (settings.DEBUG or even_without_debug):
                raise NotForProduction
            services.refuse_unless_empty()
            self._load_reference()
            loaded = services.fill(
                now=timezone.now(), with_pictures=not no_pictures, orders=orders, track=track
            )
        except DemoError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{loaded.sellers} sellers with {loaded.produce} listings of produce and {loaded.stays} stays "
            f"({loaded.room_types} kinds of room), {loaded.pictures} pictures and {loaded.orders} paid "
            f"orders are loaded, all of them sample data. Demo accounts, password {accounts.PASSWORD}: "
            f"{', '.join(person.phone for person in accounts.PEOPLE)}."
        )

    def _load_reference(self) -> None:
        """Load the communes and the post offices where there are none yet."""
        for model, command in ((Commune, "load_places"), (PostOffice, "load_delivery")):
            if not model.objects.exists():
                call_command(command, stdout=self.stdout)
