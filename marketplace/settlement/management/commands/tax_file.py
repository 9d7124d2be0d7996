from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace.settlement import sheets, tax_files
from marketplace.settlement.months import MonthUnreadable, read_month


class Command(BaseCommand):
    help = "Write what was withheld for the State in a month, seller by seller, as XLSX or CSV."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--month", required=True, help="such as 2026-11")
        parser.add_argument("--to", type=Path, help="the file, .xlsx or .csv; tax-<month>.xlsx if not given")

    def handle(self, *args: Any, month: str, to: Path | None, **options: Any) -> None:
        try:
            found = tax_files.tax_file(read_month(month))
        except MonthUnreadable as error:
            raise CommandError(str(error)) from error
        path = to or Path(f"tax-{month}.xlsx")
        write = {".csv": sheets.to_csv, ".xlsx": sheets.to_xlsx}.get(path.suffix)
        if write is None:
            raise CommandError(f"{path} is neither .xlsx nor .csv. Give the file a name that ends so.")
        path.write_bytes(write(tax_files.as_sheet(found)))
        self.stdout.write(
            f"{path}: {len(found.rows)} sellers, VAT {found.vat_vnd:,} VND, income tax {found.pit_vnd:,} VND."
        )
