"""Many things at once, from a file: read it and say what is wrong, then list it row by row in the worker."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from marketplace.accounts.models import User
from marketplace.errors import Invalid
from marketplace.messaging.acts import note_act
from marketplace.sellers.models import Seller
from payments.services.outbox import run_later

from . import services, sheets
from .models import Import

WRONG_KEPT = 200
# One task lists so many rows, then the next one goes on: no task lasts as long as the broker waits.
CHUNK = 500
STEP = 50  # rows between two looks at the progress bar
AGAIN_AFTER = timedelta(minutes=3)


def send(*, seller: Seller, file: Any, import_id: UUID, by: User, now: datetime) -> Import:
    """Keep a file and have the worker read it. ``import_id`` is made with the form. Raises Invalid."""
    known = Import.objects.filter(pk=import_id, seller=seller).first()
    if known is not None:
        return known
    if file is None or not file.size:
        raise Invalid("file", _("Choose the file first."))
    if file.size > sheets.BYTES_MAX:
        raise Invalid("file", _("The file is larger than 10 MB. Cut it in two, and send both."))
    if not file.name.lower().endswith((".xlsx", ".csv")):
        raise Invalid("file", _("Send a file that ends in .xlsx or .csv."))
    with transaction.atomic():
        wanted = Import(
            pk=import_id, seller=seller, by=by, name=file.name[-120:], sent_at=now, changed_at=now
        )
        wanted.file.save(f"{import_id}", file, save=False)
        wanted.save(force_insert=True)
        _enqueue(import_id)
    return wanted


@transaction.atomic
def start(*, import_id: UUID, by: User, now: datetime) -> None:
    """List what was read. Starting again changes nothing."""
    started = Import.objects.filter(pk=import_id, state=Import.State.CHECKED)
    if not started.update(state=Import.State.RUNNING, done=0, listed=0, changed_at=now):
        return
    wanted = Import.objects.select_related("seller").get(pk=import_id)
    detail = f"{wanted.name}: {wanted.rows - wanted.wrong_rows}"
    note_act(seller=wanted.seller, by=by, what=gettext_noop("Listed a file of goods"), detail=detail, now=now)
    _enqueue(import_id)


def _enqueue(import_id: UUID) -> None:
    """Have the worker go on after the commit; where the broker is away, its sweep takes the file up."""
    run_later("marketplace.listing.tasks.work_at_import", import_id=str(import_id))


def work(*, import_id: UUID, now: datetime) -> None:
    """Read the file, or list its next rows. Repeats list no row twice; there is no transaction around it."""
    wanted = Import.objects.select_related("seller__unit", "by").get(pk=import_id)
    if wanted.state == Import.State.WAITING:
        _check(wanted, now=now)
    elif wanted.state == Import.State.RUNNING:
        try:
            _list_some(wanted, now=now)
        except sheets.Unreadable as error:
            facts = {"state": Import.State.REFUSED, "words": str(error)[:300], "changed_at": now}
            _change(wanted, Import.State.RUNNING, facts)


def _check(wanted: Import, *, now: datetime) -> None:
    rows, wrong = 0, []
    try:
        with _local(wanted) as path:
            for row in sheets.rows_of(path, name=wanted.name):
                rows += 1
                if row.wrong:
                    wrong.append([row.number, row.wrong])
                if rows % CHUNK == 0:
                    Import.objects.filter(pk=wanted.pk).update(rows=rows, changed_at=now)
    except sheets.Unreadable as error:
        facts: dict[str, Any] = {"state": Import.State.REFUSED, "words": str(error)[:300]}
    else:
        facts = {"state": Import.State.CHECKED, "wrong": wrong[:WRONG_KEPT], "wrong_rows": len(wrong)}
    _change(wanted, Import.State.WAITING, facts | {"rows": rows, "changed_at": now})


def _list_some(wanted: Import, *, now: datetime) -> None:
    done, listed, wrong = wanted.done, wanted.listed, list(wanted.wrong)
    with _local(wanted) as path:
        for row in islice(sheets.rows_of(path, name=wanted.name), done, done + CHUNK):
            if not row.wrong:
                words = _list(wanted, row, now=now)
                listed += not words
                if words and len(wrong) < WRONG_KEPT:
                    wrong.append([row.number, words])
            done += 1
            if done % STEP == 0:
                _change(wanted, Import.State.RUNNING, {"done": done, "listed": listed, "changed_at": now})
    facts: dict[str, Any] = {"done": done, "listed": listed, "wrong": wrong, "changed_at": now}
    facts["wrong_rows"] = max(wanted.wrong_rows, done - listed)
    if done < wanted.rows:
        _change(wanted, Import.State.RUNNING, facts)
        _enqueue(wanted.pk)
        return
    facts |= {"state": Import.State.DONE, "done_at": now}
    _change(wanted, Import.State.RUNNING, facts | {"file": ""})
    wanted.file.storage.delete(str(wanted.file.name))


def _list(wanted: Import, row: sheets.Row, *, now: datetime) -> str:
    """List one row; return what is wrong with it, or nothing."""
    listing_id = uuid5(wanted.pk, str(row.number))
    facts: dict[str, Any] = {"seller": wanted.seller, "by": wanted.by, "now": now, "listing_id": listing_id}
    try:
        services.list_produce(**facts, **row.facts, is_noted=False)
    except Invalid as error:
        return str(error)
    except IntegrityError:  # listed by another task in this very moment
        return ""
    return ""


def _change(wanted: Import, state: str, facts: dict[str, Any]) -> None:
    """Write how far it is, unless another task was faster."""
    Import.objects.filter(pk=wanted.pk, state=state, done__lte=facts.get("done", wanted.rows or 0)).update(
        **facts
    )


@contextmanager
def _local(wanted: Import) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        try:
            with wanted.file.open("rb") as file, path.open("wb") as copy:
                for chunk in file.chunks():
                    copy.write(chunk)
        except (FileNotFoundError, ValueError) as error:
            raise sheets.Unreadable(_("The file was lost on the way. Send it once more.")) from error
        yield path


def waiting(*, now: datetime) -> list[UUID]:
    """Return imports whose task was lost, oldest first. One query."""
    states = [Import.State.WAITING, Import.State.RUNNING]
    late = Import.objects.filter(state__in=states, changed_at__lt=now - AGAIN_AFTER)
    return list(late.order_by("changed_at").values_list("pk", flat=True)[:10])
