from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tourism.sights import reading, services


class Command(BaseCommand):
    help = "Load the sights and festivals of the province. Needs the communes; may be run again."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            sights, festivals = reading.read_sights(), reading.read_festivals()
            services.load(sights=sights, festivals=festivals)
        except reading.SightsRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{len(sights)} sights and {len(festivals)} festivals are loaded.")
