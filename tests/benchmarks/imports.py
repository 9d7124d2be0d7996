"""A file of 10,000 things to sell, read and listed task by task as the worker does it."""

from __future__ import annotations

import io
import logging
import multiprocessing
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psutil
from celery import current_app
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from openpyxl import Workbook

from marketplace.accounts.models import User
from marketplace.listing import imports, sheets
from marketplace.listing.models import Import
from marketplace.sellers.models import Member, Seller
from tests.benchmarks.measuring import Result
from tests.factories import SellerFactory, UserFactory

ROWS, MB_MOST = 10_000, 1_000
ROWS_A_MOVE = 500  # at least so often the progress bar has to move


def listed() -> list[Result]:
    """Memory of the process that lists the rows, at most 1 GB; and that its progress bar moves."""
    seller, person = SellerFactory(level=Seller.Level.PAPERS), UserFactory()
    Member.objects.create(seller=seller, user=person)
    import_id = uuid4()
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    with tempfile.TemporaryDirectory() as folder:
        connection.close()
        connection.close_pool()
        child = context.Process(target=_list, args=(seller, person, import_id, Path(folder), there))
        child.start()
        there.close()  # a child that breaks off ends what is waited for below
        moves = _moves(import_id, child)
        child.join()
    done, most_mb, took_s = here.recv()
    assert done == ROWS, done
    print(
        f"  {done:,} rows in {took_s:.0f} s, {done / took_s:.0f} a second; the bar moved {moves} times",
        flush=True,
    )
    held, moved = most_mb / MB_MOST, ROWS / ROWS_A_MOVE / max(1, moves)
    return [
        Result(
            f"memory to list a file of {ROWS:,} rows",
            "MB",
            round(most_mb, 1),
            MB_MOST,
            round(held, 2),
            1,
            held <= 1,
        ),
        Result(
            "moves of its progress bar, wanted against seen",
            "moves",
            ROWS // ROWS_A_MOVE,
            moves,
            round(moved, 2),
            1,
            moved <= 1,
        ),
    ]


def _moves(import_id: UUID, child: Any) -> int:
    """Return how many different states of the bar somebody saw who looked twice a second."""
    seen: set[tuple[str, int, int]] = set()
    while child.is_alive():
        seen.update(Import.objects.filter(pk=import_id).values_list("state", "rows", "done"))
        child.join(timeout=0.5)
    return len(seen)


def _list(seller: Seller, person: User, import_id: UUID, folder: Path, pipe: Any) -> None:
    """Send the file and list it, each task begun by the one before it as the broker would begin it."""
    current_app.conf.task_always_eager = True
    logging.getLogger("celery.app.trace").setLevel(logging.WARNING)
    with override_settings(UPLOADS_ROOT=folder / "uploads", MEDIA_ROOT=folder / "media"):
        begun = time.perf_counter()
        facts: dict[str, Any] = {"import_id": import_id, "by": person, "now": timezone.now()}
        imports.send(seller=seller, file=_file(), **facts)
        imports.start(**facts)
        took_s = time.perf_counter() - begun
    listed = Import.objects.values_list("listed", flat=True).get(pk=import_id)
    status = Path(f"/proc/{psutil.Process().pid}/status").read_text().splitlines()
    most_kb = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    pipe.send((listed, most_kb / 1024, took_s))


def _file() -> SimpleUploadedFile:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(sheets.HEADINGS)
    for number in range(ROWS):
        sheet.append([f"Gạo nếp nương {number}", "", 50, "kg", "", 45_000, f"Gặt ngày {number % 28 + 1}"])
    content = io.BytesIO()
    book.save(content)
    return SimpleUploadedFile("goods.xlsx", content.getvalue())
