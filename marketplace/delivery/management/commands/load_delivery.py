import re
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from marketplace.delivery.loading import load_names_and_rules, load_offices, load_routes, rows
from marketplace.delivery.models import PostOffice, Province, Rate, Route
from marketplace.places.models import MERGER_ON, Commune

RATES_VALID_FROM = date(2025, 1, 1)


class Command(BaseCommand):
    """Load provinces, rates, post offices and routes. May be run again; needs the communes."""

    help = __doc__

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if not Commune.objects.filter(valid_from=MERGER_ON).exists():
            raise CommandError("There are no communes yet. Run `manage.py load_places` first.")
        for row in rows("shipping_zones.csv"):
            zone = row["zone"] if re.fullmatch(r"Z\d", row["zone"]) else ""
            Province.objects.update_or_create(
                code=row["province_code"], defaults={"name": row["province"], "zone": zone}
            )
        for row in rows("shipping_rates.csv"):
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
        load_names_and_rules()
        load_offices()
        load_routes()
        self.stdout.write(
            f"{Province.objects.count()} provinces, {Rate.objects.count()} rates, "
            f"{PostOffice.objects.count()} post offices and {Route.objects.count()} routes are loaded."
        )
