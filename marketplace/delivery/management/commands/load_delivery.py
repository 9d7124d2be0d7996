import csv
import re
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from marketplace.delivery.models import PostOffice, Province, Rate
from marketplace.places.models import MERGER_ON, Commune

DATA = Path(__file__).resolve().parents[2] / "data"
RATES_VALID_FROM = date(2025, 1, 1)


class Command(BaseCommand):
    """Load provinces, rates and post offices. May be run again; needs the communes (`load_places`)."""

    help = __doc__

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        for row in _rows("shipping_zones.csv"):
            zone = row["zone"] if re.fullmatch(r"Z\d", row["zone"]) else ""
            Province.objects.update_or_create(
                code=row["province_code"], defaults={"name": row["province"], "zone": zone}
            )
        for row in _rows("shipping_rates.csv"):
            Rate.objects.update_or_create(
                zone=row["zone"].split()[0],
                valid_from=RATES_VALID_FROM,
                defaults={
                    "first_g": int(row["weight_to_g"]),
                    "first_vnd": int(row["price_vnd"]),
                    "step_g": int(row["step_g"]),
                    "step_vnd": int(row["step_price_vnd"]),
                    "days": int(row["note"].split()[0]),
                },
            )
        self._load_post_offices()
        self.stdout.write(
            f"{Province.objects.count()} provinces, {Rate.objects.count()} rates and "
            f"{PostOffice.objects.count()} post offices are loaded."
        )

    def _load_post_offices(self) -> None:
        communes = {commune.code: commune for commune in Commune.objects.filter(valid_from=MERGER_ON)}
        if not communes:
            raise CommandError("There are no communes yet. Run `manage.py load_places` first.")
        for row in _rows("post_offices.csv"):
            PostOffice.objects.update_or_create(
                code=row["vnpost_code6"],
                defaults={
                    "name": row["name"],
                    "commune": communes[row["code_2025"]],
                    "address": row["address_before_2025"],
                },
            )


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
