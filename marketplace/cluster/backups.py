"""`make backup` and `make restore POINT="2026-11-23 09:59:59"`: databases and pictures, to the second.

A backup is a copy of the whole server (shop and wallet operator alike) and of the pictures. From the first
one on, the server sends every file of its write-ahead log after it, at the latest each minute: with a backup
and the log it can be made again as it was at any moment since. A restore touches nothing that is there: it
makes a server beside it, brings it to the moment, and says what to do with it.

    var/backups/20261123T030000.000000Z/base/      the server's files, as pg_basebackup copies them
                                        media/     the pictures; an unchanged one is a link to the last one's
                                        told.json  when it was made, how large it is, how many pictures
    var/backups/log/                               the write-ahead log, compressed
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import psycopg

from marketplace.local import postgres, services
from marketplace.local.errors import LocalError, ServerDidNotStart
from marketplace.local.paths import VAR_DIR

from .postgres import Server

BACKUPS = VAR_DIR / "backups"
RESTORED = VAR_DIR / "restored"
MEDIA = VAR_DIR / "media"
NAME = "%Y%m%dT%H%M%S.%fZ"


class NothingToRestore(LocalError):
    pass


@dataclass(frozen=True)
class Told:
    """What is known of a backup: its moments (ISO 8601), bytes and pictures."""

    begun_at: str
    ended_at: str
    seconds: float
    bytes: int
    pictures: int


def backup(*, server_url: str, media: Path, into: Path, now: datetime) -> Path:
    """Copy the server at ``server_url`` and the pictures below ``into``, and return the new directory.

    A backup that did not come to its end is not there: it is moved to its name when it is whole.
    Raises ServerDidNotStart with the words of pg_basebackup.
    """
    begun = time.monotonic()
    earlier = newest(into)
    unfinished = into / f".{now:{NAME}}"
    shutil.rmtree(unfinished, ignore_errors=True)
    (unfinished / "base").mkdir(parents=True)
    _take_base(server_url, unfinished / "base")
    pictures = copy_pictures(media, unfinished / "media", like=earlier / "media" if earlier else None)
    size = sum(path.stat().st_size for path in unfinished.rglob("*") if path.is_file())
    told = Told(
        begun_at=now.isoformat(),
        ended_at=datetime.now(UTC).isoformat(),
        seconds=round(time.monotonic() - begun, 1),
        bytes=size,
        pictures=pictures,
    )
    (unfinished / "told.json").write_text(json.dumps(asdict(told), indent=2) + "\n")
    finished = into / f"{now:{NAME}}"
    unfinished.rename(finished)
    return finished


def copy_pictures(source: Path, target: Path, *, like: Path | None) -> int:
    """Copy every file below ``source`` and return how many; what ``like`` has unchanged is a link to it."""
    target.mkdir(parents=True, exist_ok=True)
    copied = 0
    for path in sorted(source.rglob("*")) if source.exists() else ():
        if not path.is_file():
            continue
        inside = path.relative_to(source)
        (target / inside).parent.mkdir(parents=True, exist_ok=True)
        before = like / inside if like else None
        if before is not None and before.is_file() and _same(before, path):
            os.link(before, target / inside)
        else:
            shutil.copy2(path, target / inside)
        copied += 1
    return copied


def newest(backups: Path, *, before: datetime | None = None) -> Path | None:
    """Return the last whole backup, or the last that had ended by ``before``."""
    found = None
    for path in sorted(backups.glob("2*Z")) if backups.exists() else ():
        ended_at = datetime.fromisoformat(json.loads((path / "told.json").read_text())["ended_at"])
        if before is None or ended_at <= before:
            found = path
    return found


def restore(*, backups: Path, log: Path, point: datetime, into: Path) -> Server:
    """Make the server again as it was at ``point``, below ``into``, and return it running and taking writes.

    The pictures of the backup lie in ``into``/media. Raises NothingToRestore if no backup had ended by then,
    or the log does not reach that far.
    """
    base = newest(backups, before=point)
    if base is None:
        known = ", ".join(path.name for path in sorted(backups.glob("2*Z"))) or "none"
        raise NothingToRestore(
            f"No backup in {backups} had ended by {point.isoformat()} (there are: {known}). "
            "Name a later POINT."
        )
    shutil.rmtree(into, ignore_errors=True)
    server = Server(into)
    server.furnish()
    shutil.copytree(base / "base", server.data, dirs_exist_ok=True)
    server.data.chmod(0o700)
    (server.data / "recovery.signal").touch()
    server.configure(
        f"restore_command = 'gunzip --stdout {log}/%f.gz > %p'\n"
        f"recovery_target_time = '{point.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00'\n"
        "recovery_target_action = 'promote'\n"
        f"{_room_of(server.data)}"
    )
    server.own()
    try:
        server.start()
        server.wait_for("SELECT NOT pg_is_in_recovery()")
    except ServerDidNotStart as error:
        server.stop()
        raise NothingToRestore(
            f"The log in {log} does not lead from {base.name} to {point.isoformat()}: {error}"
        ) from error
    copy_pictures(base / "media", into / "media", like=None)
    return server


def _room_of(data: Path) -> str:
    """Return the settings that a server needs at least as large as the one it was copied from had them."""
    told = subprocess.run(
        [str(postgres.BIN_DIR / "pg_controldata"), str(data)], check=True, capture_output=True, text=True
    ).stdout
    found = (line.partition(" setting:") for line in told.splitlines() if line.startswith("max_"))
    return "".join(f"{name.replace('xact', 'transaction')} = {value.strip()}\n" for name, _, value in found)


def _take_base(server_url: str, target: Path) -> None:
    """Run pg_basebackup as the user of this process, who may read the server's socket or its port."""
    words = [
        "--pgdata",
        str(target),
        "--dbname",
        server_url,
        "--checkpoint",
        "fast",
        "--wal-method",
        "stream",
    ]
    ran = subprocess.run(
        [str(postgres.BIN_DIR / "pg_basebackup"), *words], check=False, capture_output=True, text=True
    )
    if ran.returncode != 0:
        raise ServerDidNotStart(f"pg_basebackup: {ran.stderr.strip()}")


def _same(one: Path, other: Path) -> bool:
    first, second = one.stat(), other.stat()
    return (first.st_size, int(first.st_mtime)) == (second.st_size, int(second.st_mtime))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("backup")
    restoring = commands.add_parser("restore")
    restoring.add_argument("point", help="a moment such as 2026-11-23 09:59:59, in Vietnam's time")
    wanted = parser.parse_args(arguments)
    try:
        return _backup() if wanted.command == "backup" else _restore(wanted.point)
    except LocalError as error:
        print(f"make {wanted.command}: {error}", file=sys.stderr)
        return 1


def _backup() -> int:
    services.ensure_environment()
    log = BACKUPS / "log"
    log.mkdir(parents=True, exist_ok=True)
    url = os.environ["DATABASE_URL"]
    if _is_ours(url):
        postgres.archive_into(log)
    made = backup(server_url=_conninfo(url), media=MEDIA, into=BACKUPS, now=datetime.now(UTC))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_switch_wal()")
    told = json.loads((made / "told.json").read_text())
    print(
        f"{made}: {told['bytes'] / 1e6:.0f} MB with {told['pictures']} pictures, in {told['seconds']} s.\n"
        f"From now on every change is sent to {log}, at the latest each minute.\n"
        'Take it back with: make restore POINT="YYYY-MM-DD HH:MM:SS"'
    )
    return 0


def _restore(words: str) -> int:
    try:
        point = datetime.fromisoformat(words)
    except ValueError as error:
        raise NothingToRestore(f"{words!r} is not a moment. Write it as 2026-11-23 09:59:59.") from error
    if point.tzinfo is None:
        point = point.replace(tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    begun = time.monotonic()
    server = restore(backups=BACKUPS, log=BACKUPS / "log", point=point, into=RESTORED)
    try:
        sales = _orders(server.url(services.SHOP_DATABASE))
    finally:
        server.stop()
    print(
        f"The databases as they were at {point.isoformat()} are in {RESTORED} after "
        f"{time.monotonic() - begun:.0f} s: {sales} orders. The pictures are beside them.\n"
        f"To go on with them, stop the shop, put {server.data} in the place of {postgres.DATA_DIR} and "
        f"{RESTORED / 'media'} in that of {MEDIA}, and start it again."
    )
    return 0


def _orders(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM order_order").fetchone()
    return int(row[0]) if row else 0


def _is_ours(url: str) -> bool:
    return str(postgres.socket_dir()) in parse_qs(urlsplit(url).query).get("host", [])


def _conninfo(url: str) -> str:
    """Return ``url`` without a database: what is copied is the whole server."""
    parts = urlsplit(url)
    return parts._replace(scheme="postgresql", path="/").geturl()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
