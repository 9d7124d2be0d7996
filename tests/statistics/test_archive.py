import uuid
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import duckdb
import pytest
from django.core.management import CommandError, call_command

from marketplace.statistics import archive, services
from marketplace.statistics.models import SaleLine
from tests.factories import commune_named
from tests.statistics.orders import at, rice_of, sell_from, write

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)

pytestmark = pytest.mark.usefixtures("province")


def archived(folder) -> str:
    out = StringIO()
    call_command("archive_sales", folder=folder, stdout=out, verbosity=0)
    return out.getvalue()


def test_the_files_and_the_table_come_to_the_same_sums_commune_by_commune(tmp_path):
    for name, amount_vnd in (("Mường Phăng", 70_000), ("Sín Chải", 30_000)):
        sell_from(commune_named(name), amount_vnd, on=date(2026, 3, 31), sellers=2)
        sell_from(commune_named(name), amount_vnd, on=APRIL)
    (sale,) = write((rice_of(commune_named("Mường Phăng")), 2, 350_000), on=date(2026, 3, 30))
    services.write_refund(
        order_id=sale.order_id, amounts_vnd=None, refund_id=uuid.UUID(int=1), refunded_at=at(APRIL)
    )

    assert archive.closed_months(today=date(2026, 5, 1)) == [MARCH, APRIL]
    written = [archive.archive_month(month, folder=tmp_path) for month in (MARCH, APRIL)]

    whole: Counter[int] = Counter()
    for line in SaleLine.objects.all():
        whole[line.unit_id] += line.amount_vnd
    assert sum(written) == SaleLine.objects.count()
    assert archive.net_by_unit(folder=tmp_path, first_day=MARCH, last_day=date(2026, 4, 30)) == dict(whole)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "sales-2026-03.parquet",
        "sales-2026-04.parquet",
    ]


def test_every_column_of_a_line_comes_back_as_it_was(tmp_path):
    (sale,) = write((rice_of(commune_named("Mường Phăng")), 2, 350_000), on=MARCH)
    names = [field.column for field in SaleLine._meta.concrete_fields]

    archive.archive_month(MARCH, folder=tmp_path)

    with duckdb.connect() as memory:
        found = memory.execute(
            "SELECT * REPLACE (epoch_us(recorded_at) AS recorded_at) FROM read_parquet(?)",
            [str(archive.file_of(MARCH, folder=tmp_path))],
        )
        columns = [name for name, *_ in found.description]
        (row,) = found.fetchall()
    sale.refresh_from_db()
    recorded_us = (sale.recorded_at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    wanted = {name: getattr(sale, name) for name in names} | {"recorded_at": recorded_us}
    assert dict(zip(columns, row, strict=True)) == wanted


def test_a_month_is_archived_once_and_again_when_a_sale_came_late(tmp_path):
    write((rice_of(commune_named("Mường Phăng")), 1, 10_000), on=MARCH)

    first, again = archived(tmp_path), archived(tmp_path)
    write((rice_of(commune_named("Mường Phăng")), 1, 5_000), on=date(2026, 3, 31))
    late = archived(tmp_path)

    assert f"1 closed months in {tmp_path}, 1 sale lines written." in first
    assert "0 sale lines written." in again
    assert "2 sale lines written." in late
    assert archive.totals(archive.file_of(MARCH, folder=tmp_path)).amount_vnd == 15_000


def test_a_month_that_goes_on_is_not_archived():
    write((rice_of(commune_named("Mường Phăng")), 1, 10_000), on=date(2026, 3, 31))

    assert archive.closed_months(today=date(2026, 3, 31)) == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    write((rice_of(commune_named("Mường Phăng")), 1, 10_000), on=MARCH)
    blocked = tmp_path / "a file"
    blocked.write_text("")

    with pytest.raises(CommandError, match="a file"):
        archived(blocked)
