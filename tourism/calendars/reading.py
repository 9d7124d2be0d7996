"""Another site's calendar file (RFC 5545), read as what it says is sold: runs of nights.

Whoever wrote the file is a stranger. So it is first cut down to the few lines that matter, refusing what
could keep a machine busy; what is left is read in a process of its own, with little time and memory.
Nothing here knows Django: ``python -m tourism.calendars.reading`` starts fast.
"""

from __future__ import annotations

import hashlib
import json
import re
import resource
import subprocess
import sys
import zoneinfo
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

BYTES_MAX = 10 * 1024 * 1024
ENTRIES_MAX = 2_000
# Each can cost a second or two at worst; nobody lets a room by more rules.
RULES_MAX = 20
DATES_MAX = 1_000
YEARS = range(1970, 2100)
RULE_YEARS = range(2000, 2100)
# A night that is spent: an entry until 18:00 or later means the night after it too.
EVENING = 18

CPU_S, WALL_S, MEMORY_BYTES = 8, 20, 768 * 1024 * 1024
HERE = zoneinfo.ZoneInfo("Asia/Ho_Chi_Minh")
ROOT = Path(__file__).resolve().parents[2]

_KEPT = {"UID", "SUMMARY", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"}
_KEPT |= {"STATUS", "TRANSP", "SEQUENCE"}
_DATED = {"DTSTART", "DTEND", "RECURRENCE-ID", "RDATE", "EXDATE"}
_RULE = re.compile(
    r"(?:FREQ=(?:DAILY|WEEKLY|MONTHLY|YEARLY)|INTERVAL=[1-9]\d{0,2}|COUNT=[1-9]\d{0,3}"
    r"|UNTIL=\d{8}(?:T\d{6}Z?)?|WKST=[A-Z]{2}|BYDAY=[A-Z]{2}(?:,[A-Z]{2}){0,6})"
)
_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)Z?)?")
_ZONE = re.compile(r';TZID="?([^":;]{1,200})', re.IGNORECASE)


class Unreadable(Exception):
    """``code`` is one of those of errors.FeedRefused, which has the words."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


@dataclass(frozen=True, order=True)
class Block:
    """The nights from ``first_night`` until ``leaves_on`` are sold elsewhere."""

    uid: str
    first_night: date
    leaves_on: date
    summary: str


@dataclass(frozen=True)
class Reading:
    """What a file says, and how many of its entries made no sense."""

    blocks: list[Block]
    skipped: int


@dataclass
class _Entry:
    lines: list[str] = field(default_factory=list)
    uid: str = ""
    summary: str = ""
    sense: bool = True


def read_apart(body: bytes, *, first_night: date, last_night: date) -> Reading:
    """Read a file as read() does, in a process that may use ``CPU_S`` seconds. Raises Unreadable."""
    if len(body) > BYTES_MAX:
        raise Unreadable("too_large", max_mb=BYTES_MAX // 1024 // 1024)
    command = [sys.executable, "-m", "tourism.calendars.reading", f"{first_night}", f"{last_night}"]
    try:
        done = subprocess.run(command, input=body, capture_output=True, cwd=ROOT, timeout=WALL_S, check=True)
        answer = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise Unreadable("too_much_work") from error
    if "refused" in answer:
        raise Unreadable(answer["refused"], **answer["facts"])
    return Reading([_block(row) for row in answer["blocks"]], answer["skipped"])


def _block(row: dict[str, str]) -> Block:
    days = {name: date.fromisoformat(row[name]) for name in ("first_night", "leaves_on")}
    return Block(uid=row["uid"], summary=row["summary"], **days)


def read(body: bytes, *, first_night: date, last_night: date) -> Reading:
    """Return the blocks of a file that fall on the nights asked about, both included.

    Times of any zone become days here; an hour without a night is no block. Entries that are free or
    cancelled are left out, those without sense are counted. Raises Unreadable for a file that is too large,
    no calendar or only its beginning, in an unknown zone, or has a rule that would go on and on.
    """
    if len(body) > BYTES_MAX:
        raise Unreadable("too_large", max_mb=BYTES_MAX // 1024 // 1024)
    entries = _cut_down(body)
    readable = [entry for entry in entries if entry.sense]
    blocks, failed = _expanded(readable, first_night, last_night)
    return Reading(sorted(set(blocks)), len(entries) - len(readable) + failed)


# --- Cutting down -----------------------------------------------------------------------------------


def _cut_down(body: bytes) -> list[_Entry]:
    """Return the entries with the lines that matter. Time zones, alarms, long texts and the like are gone."""
    text = body.decode("utf-8-sig", errors="replace")
    if "\0" in text:
        raise Unreadable("not_a_calendar")
    entries: list[_Entry] = []
    open_parts: list[str] = []
    begun = ended = False
    rules = dates = 0
    for line in _unfolded(text):
        name, _colon, value = line.partition(":")
        match name.upper():
            case "BEGIN":
                open_parts.append(value.strip().upper())
                begun = begun or open_parts == ["VCALENDAR"]
                if open_parts == ["VCALENDAR", "VEVENT"]:
                    entries.append(_Entry())
                if len(entries) > ENTRIES_MAX or len(open_parts) > ENTRIES_MAX:
                    raise Unreadable("too_many", max=ENTRIES_MAX)
            case "END":
                if not open_parts or open_parts.pop() != value.strip().upper():
                    raise Unreadable("not_a_calendar")
                ended = not open_parts
            case _ if open_parts == ["VCALENDAR", "VEVENT"]:
                rules += line.upper().startswith(("RRULE", "EXRULE"))
                dates += value.count(",") + 1 if line.upper().startswith(("RDATE", "EXDATE")) else 0
                _keep(entries[-1], line)
        if rules > RULES_MAX:
            raise Unreadable("too_many", max=RULES_MAX)
        if dates > DATES_MAX:
            raise Unreadable("too_many", max=DATES_MAX)
    if not (begun and ended):
        raise Unreadable("not_a_calendar")
    for entry in entries:
        _finish(entry)
    return entries


def _unfolded(text: str) -> Iterator[str]:
    """Long lines go on after a line break and a blank (RFC 5545, 3.1)."""
    parts: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if line[:1] in (" ", "\t"):
            parts.append(line[1:])
        else:
            if parts and parts[0]:
                yield "".join(parts)
            parts = [line]
    if parts and parts[0]:
        yield "".join(parts)


def _keep(entry: _Entry, line: str) -> None:
    name = re.split("[:;]", line, maxsplit=1)[0].upper()
    value = line.rpartition(":")[2].strip() if name != "SUMMARY" else line.partition(":")[2].strip()
    if name == "EXRULE":
        raise Unreadable("recurrence", summary=entry.summary[:60], rule=value[:80])
    if name not in _KEPT:
        return
    if name == "UID":
        entry.uid = value
        return
    if name == "SUMMARY":
        entry.summary = re.sub(r"\\[nN]", " ", value).replace("\\", "")[:120]
        return
    if name in _DATED:
        _check_zone(line)
        if not all(_is_day(each, YEARS) for each in value.split(",")):
            entry.sense = False
    if name == "RRULE" and not all(_RULE.fullmatch(part) for part in value.upper().split(";")):
        raise Unreadable("recurrence", summary=entry.summary[:60], rule=value[:80])
    entry.lines.append(line if len(line) < 20_000 else "")


def _finish(entry: _Entry) -> None:
    """Check what takes the whole entry, and give it a name that lasts."""
    starts = [line for line in entry.lines if line.upper().startswith("DTSTART")]
    repeats = [line for line in entry.lines if line.upper().startswith("RRULE")]
    if len(starts) != 1 or len(repeats) > 1:
        entry.sense = False
        return
    start = starts[0].rpartition(":")[2].strip()
    if repeats and entry.sense and not _is_day(start, RULE_YEARS):
        raise Unreadable("recurrence", summary=entry.summary[:60], rule=start)
    if not entry.uid or len(entry.uid) > 255:
        words = "\n".join([entry.uid, entry.summary, *entry.lines])
        entry.uid = f"unnamed-{hashlib.sha256(words.encode()).hexdigest()[:32]}"


def _check_zone(line: str) -> None:
    found = _ZONE.search(line.partition(":")[0])
    if found and found[1] not in zoneinfo.available_timezones():
        from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

        if found[1] not in WINDOWS_TO_OLSON:
            raise Unreadable("zone", zone=found[1][:80])


def _is_day(text: str, years: range) -> bool:
    found = _DATE.fullmatch(text.strip())
    if not found:
        return False
    try:
        year, month, day, hour, minute, second = (int(part) for part in found.groups(default="0"))
        return datetime(year, month, day, hour, minute, second, tzinfo=HERE).year in years
    except ValueError:
        return False


# --- Expanding --------------------------------------------------------------------------------------


def _expanded(entries: Iterable[_Entry], first_night: date, last_night: date) -> tuple[list[Block], int]:
    """Return the blocks of the entries, and how many of them could not be read after all.

    Entries of one name belong together (a rule, and the days that differ from it); a broken name breaks
    no other.
    """
    import icalendar
    import recurring_ical_events

    by_uid: dict[str, list[_Entry]] = {}
    for entry in entries:
        by_uid.setdefault(entry.uid, []).append(entry)
    blocks: list[Block] = []
    failed = 0
    # A night before, for entries that began then; the library's end is not included.
    asked = (first_night - timedelta(days=1), last_night + timedelta(days=2))
    for uid, group in by_uid.items():
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//read//"]
        for entry in group:
            lines += ["BEGIN:VEVENT", "UID:one", *entry.lines, "END:VEVENT"]
        try:
            calendar = icalendar.Calendar.from_ical("\r\n".join([*lines, "END:VCALENDAR", ""]))
            if any(_is_backwards(event) for event in calendar.walk("VEVENT")):
                raise ValueError("ends before it begins")
            for event in recurring_ical_events.of(calendar).between(*asked):
                block = _as_block(event, uid, group[0].summary, first_night, last_night)
                blocks += [block] if block else []
        except Exception:  # whatever a stranger's entry does to the libraries, it is that entry's fault
            failed += len(group)
    return blocks, failed


def _as_block(event: Any, uid: str, summary: str, first_night: date, last_night: date) -> Block | None:
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return None
    if str(event.get("TRANSP", "")).upper() == "TRANSPARENT":
        return None
    begins, ends = event["DTSTART"].dt, event["DTEND"].dt
    first, leaves = _local(begins), _local(ends)
    if isinstance(ends, datetime):
        at = ends.astimezone(HERE) if ends.tzinfo else ends
        leaves += timedelta(days=int(at.hour >= EVENING))
    elif first == leaves:
        leaves += timedelta(days=1)
    first, leaves = max(first, first_night), min(leaves, last_night + timedelta(days=1))
    return Block(uid, first, leaves, summary) if first < leaves else None


def _is_backwards(event: Any) -> bool:
    return "DTEND" in event and _local(event["DTEND"].dt) < _local(event["DTSTART"].dt)


def _local(value: date) -> date:
    if not isinstance(value, datetime):
        return value
    return (value.astimezone(HERE) if value.tzinfo else value).date()


def main(first_night: str, last_night: str) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    days = {"first_night": date.fromisoformat(first_night), "last_night": date.fromisoformat(last_night)}
    answer: dict[str, Any]
    try:
        found = read(sys.stdin.buffer.read(BYTES_MAX + 1), **days)
        answer = {"blocks": [asdict(block) for block in found.blocks], "skipped": found.skipped}
    except Unreadable as refused:
        answer = {"refused": refused.code, "facts": refused.facts}
    except MemoryError:
        answer = {"refused": "too_much_work", "facts": {}}
    sys.stdout.write(json.dumps(answer, default=str))


if __name__ == "__main__":
    main(*sys.argv[1:3])
