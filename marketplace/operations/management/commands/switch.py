import uuid
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from marketplace.places.models import Commune
from marketplace.switches import selectors, services
from marketplace.switches.models import Switch


class Command(BaseCommand):
    help = (
        "Switch something on or off: cash, joining, pre-orders, tours, or the whole market (maintenance). "
        "Without words: say how everything stands."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", choices=Switch.Name.values)
        parser.add_argument("state", nargs="?", choices=["on", "off"])
        parser.add_argument("--commune", metavar="CODE", help="there only, by its code of today")
        parser.add_argument(
            "--from", dest="from_at", metavar="MOMENT", help="2026-11-24T22:00; at once without"
        )
        parser.add_argument("--note", default="", help="why; kept")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["name"] is None:
            self._tell(now)
            return
        if options["state"] is None or not options["note"]:
            raise CommandError("Say on or off, and why: switch market off --note 'new version'")
        switch = services.decide(
            switch_id=uuid.uuid4(),
            name=Switch.Name(options["name"]),
            commune=self._commune(options["name"], options["commune"]),
            is_on=options["state"] == "on",
            from_at=self._moment(options["from_at"], now),
            note=options["note"],
            by=None,
            now=now,
        )
        where = switch.commune.name if switch.commune else "everywhere"
        since = f"{timezone.localtime(switch.from_at):%d/%m/%Y %H:%M}"
        self.stdout.write(f"{switch.name} is {options['state']} {where} from {since}.")

    def _commune(self, name: str, code: str | None) -> Commune | None:
        if code is None:
            return None
        if name in Switch.EVERYWHERE_ONLY:
            raise CommandError("The market is closed everywhere or nowhere: leave --commune out.")
        try:
            return Commune.objects.get(code=code, valid_to=None)
        except Commune.DoesNotExist as error:
            raise CommandError(f"There is no commune of today with the code {code}.") from error

    def _moment(self, text: str | None, now: datetime) -> datetime | None:
        if text is None:
            return None
        moment = parse_datetime(text)
        if moment is None:
            raise CommandError(f"{text} is no moment: write 2026-11-24T22:00.")
        moment = timezone.make_aware(moment) if timezone.is_naive(moment) else moment
        if moment < now:
            raise CommandError(f"{text} has passed: name a later moment, or leave --from out.")
        return moment

    def _tell(self, now: datetime) -> None:
        for standing in selectors.standings(now=now):
            self.stdout.write(f"{standing.name}: {'on' if standing.is_on else 'off'}")
            for row in standing.rows:
                where = row.commune.name if row.commune else "everywhere"
                since = timezone.localtime(row.from_at)
                self.stdout.write(
                    f"  {where} {'on' if row.is_on else 'off'} from {since:%d/%m/%Y %H:%M}: {row.note}"
                )
