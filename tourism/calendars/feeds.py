"""Reading other sites' calendars into our nights, and raising the alarm where a night was sold twice.

What another site has sold takes the same rows as everything else. So it never oversells here: nights that
are no longer free stay with whoever has them, and the host is shown a clash.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.errors import Invalid
from tourism import bookings
from tourism.models import Booking, RoomNight, RoomType

from . import fetching, reading
from .errors import FeedRefused
from .models import Feed, FeedEntry
from .reading import Block, Unreadable

READ_EVERY = timedelta(minutes=15)
# As far as nights are ever on sale.
DAYS_AHEAD = 550
FEEDS_MAX = 10
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Outcome:
    """What one reading has changed: runs of nights taken and given up, and clashes there are now."""

    taken: int
    given_up: int
    clashes: int


def add(*, room_type_id: int, name: str, url: str, rooms: int, now: datetime) -> Feed:
    """Read the calendar at ``url`` from now on. The same address again returns the feed there is.

    Nothing is fetched yet. Raises Invalid for an address that can never be one, or the eleventh of a room.
    """
    try:
        fetching.check_address(url)
    except FeedRefused as error:
        raise Invalid("url", str(error)) from error
    feeds = Feed.objects.filter(room_type_id=room_type_id)
    if not 1 <= rooms <= RoomType.objects.get(pk=room_type_id).rooms:
        raise Invalid("rooms", _("There are not so many rooms of this kind."))
    if found := feeds.filter(url=url).first():
        return found
    if feeds.count() >= FEEDS_MAX:
        raise Invalid("url", _("A room can follow %(max)d other calendars at most.") % {"max": FEEDS_MAX})
    facts = {"name": name.strip(), "rooms": rooms, "added_at": now}
    return Feed.objects.get_or_create(room_type_id=room_type_id, url=url, defaults=facts)[0]


@transaction.atomic
def remove(*, feed_id: int, now: datetime) -> None:
    """Follow a calendar no longer. The nights to come that it had taken are free again."""
    feed = Feed.objects.select_for_update().filter(pk=feed_id).first()
    if feed is None:
        return
    today = timezone.localdate(now)
    for entry in feed.entries.select_related("booking").order_by("pk"):
        _give_up(entry, today)
    feed.entries.all().delete()
    feed.delete()


def due(*, now: datetime) -> list[int]:
    """Claim the feeds that are to be read again, and return their ids. Two callers never get the same."""
    waiting = Feed.objects.filter(Q(tried_at=None) | Q(tried_at__lte=now - READ_EVERY)).order_by(
        "tried_at", "pk"
    )
    with transaction.atomic():
        claimed = list(waiting.select_for_update(skip_locked=True).values_list("pk", flat=True)[:500])
        Feed.objects.filter(pk__in=claimed).update(tried_at=now)
    return claimed


def read(*, feed_id: int, now: datetime) -> Feed:
    """Fetch a calendar and take what it says. What went wrong is noted at the feed, and nothing changed then.

    No transaction is open while the other site is asked. Repeats change nothing.
    """
    feed = Feed.objects.get(pk=feed_id)
    today = timezone.localdate(now)
    try:
        body = fetching.fetch(feed.url)
        found = reading.read_apart(body, first_night=today, last_night=today + DAYS_AHEAD * DAY)
    except FeedRefused as refused:
        return _note(feed, now, problem=str(refused))
    except Unreadable as refused:
        return _note(feed, now, problem=str(FeedRefused(refused.code, **refused.facts)))
    apply(feed_id=feed_id, blocks=found.blocks, now=now)
    return _note(feed, now, skipped=found.skipped)


def _note(feed: Feed, now: datetime, *, problem: str = "", skipped: int = 0) -> Feed:
    feed.tried_at, feed.problem = now, problem[:400]
    if not problem:
        feed.read_at, feed.skipped = now, skipped
    noted = {"tried_at": now, "problem": feed.problem, "read_at": feed.read_at, "skipped": feed.skipped}
    Feed.objects.filter(pk=feed.pk).update(**noted)  # of none, if the host removed it meanwhile
    return feed


def apply(*, feed_id: int, blocks: Collection[Block], now: datetime) -> Outcome:
    """Make our nights say what the other calendar says: take what is new, free what is gone, note clashes.

    ``blocks`` is all it says of today and later. Nights that are not on sale here need no taking. One short
    transaction for each entry that has changed; a fixed number of queries when
    nothing has.
    """
    today = timezone.localdate(now)
    wanted: dict[str, set[date]] = {}
    words: dict[str, str] = {}
    for block in blocks:
        number = (block.leaves_on - block.first_night).days
        wanted.setdefault(block.uid, set()).update(block.first_night + count * DAY for count in range(number))
        words.setdefault(block.uid, block.summary)
    feed = Feed.objects.select_related("room_type").get(pk=feed_id)
    bookings.end_holds(now)
    taken, given_up = _go_through(feed, wanted, words, now=now)
    if given_up:  # what one entry has given up may be what another waits for
        taken += _go_through(feed, wanted, words, now=now)[0]
    clashes = FeedEntry.objects.filter(feed_id=feed_id, booking=None)
    # Nobody can put right any more what was sold twice in the past.
    over = [entry.pk for entry in clashes.filter(first_night__lt=today) if entry.leaves_on <= today]
    FeedEntry.objects.filter(pk__in=over).delete()
    return Outcome(taken, given_up, clashes.count())


def settle(*, entry_id: int, now: datetime) -> None:
    """The host has dealt with a clash: the alarm is over until the nights change. Repeats change nothing."""
    FeedEntry.objects.filter(pk=entry_id, booking=None, settled_at=None).update(settled_at=now)


def _go_through(
    feed: Feed, wanted: dict[str, set[date]], words: dict[str, str], *, now: datetime
) -> tuple[int, int]:
    """Change the entries that differ from what is wanted. Returns the runs taken and given up."""
    today = timezone.localdate(now)
    on_sale = _on_sale(feed, today)
    known = _known(feed, today)
    taken = given_up = 0
    for uid in sorted(known.keys() | wanted.keys(), key=lambda uid: (uid in wanted, uid)):
        days = {day for day in wanted.get(uid, ()) if day in on_sale}
        runs = known.get(uid, [])
        is_so = days == {day for run in runs for day in run.days if day >= today}
        if is_so and not _may_fit(runs, feed, on_sale):
            continue
        more, less = _change(feed.pk, uid, days, words.get(uid, ""), now=now)
        taken, given_up = taken + more, given_up + less
    return taken, given_up


# --- One entry ------------------------------------------------------------------------------------------


@transaction.atomic
def _change(feed_id: int, uid: str, days: set[date], summary: str, *, now: datetime) -> tuple[int, int]:
    """Make one entry take ``days``, as far as they are free. Returns the runs taken and given up."""
    today = timezone.localdate(now)
    feed = Feed.objects.select_for_update(of=("self",)).select_related("room_type").filter(pk=feed_id).first()
    if feed is None:
        return 0, 0  # the host has removed it this moment
    runs = list(feed.entries.filter(uid=uid).select_related("booking").order_by("first_night"))
    before = [run for run in runs if run.leaves_on > today]
    settled = {day for run in before if run.settled_at for day in run.days}
    touched = days | {day for run in before for day in run.days}
    rows = RoomNight.objects.filter(room_type=feed.room_type, night_on__in=touched)
    list(rows.order_by("night_on").select_for_update().values_list("pk", flat=True))
    given_up = sum(_give_up(run, today) for run in before)
    FeedEntry.objects.filter(
        pk__in=[run.pk for run in before if run.first_night >= today or not run.booking]
    ).delete()
    free = {row.night_on for row in rows.filter(night_on__in=days) if row.capacity - row.taken >= feed.rooms}
    taken = 0
    for first, number, is_free in _runs(days, free):
        booking = _take(feed, first, number, summary, now=now) if is_free else None
        taken += booking is not None
        run_days = {first + count * DAY for count in range(number)}
        FeedEntry.objects.create(
            feed=feed,
            uid=uid,
            summary=summary,
            first_night=first,
            nights=number,
            booking=booking,
            seen_at=now,
            settled_at=now if not is_free and run_days <= settled else None,
        )
    return taken, given_up


def _take(feed: Feed, first_night: date, nights: int, summary: str, *, now: datetime) -> Booking:
    """Take nights that are free, also those the host has closed: sold is sold. They stay closed."""
    last_night = first_night + (nights - 1) * DAY
    closed = RoomNight.objects.filter(
        room_type=feed.room_type, night_on__range=(first_night, last_night), is_closed=True
    )
    closed_ids = list(closed.values_list("pk", flat=True))
    closed.update(is_closed=False)  # the rows are locked: nobody sees this
    booking = bookings.write(
        room_type_id=feed.room_type_id,
        first_night=first_night,
        nights=nights,
        rooms=feed.rooms,
        guests=feed.rooms,
        channel=Booking.Channel.CALENDAR,
        guest_name=feed.name,
        note=summary,
        amount_vnd=0,
        now=now,
    )
    RoomNight.objects.filter(pk__in=closed_ids).update(is_closed=True)
    return booking


def _give_up(run: FeedEntry, today: date) -> int:
    """Free the nights from today on that a run had taken; what has passed stays written down."""
    if run.booking is None or run.booking.state != Booking.State.CONFIRMED or run.leaves_on <= today:
        return 0
    if run.first_night < today:
        bookings.leave_early(run.booking.pk, today)
        FeedEntry.objects.filter(pk=run.pk).update(nights=(today - run.first_night).days)
    else:
        FeedEntry.objects.filter(pk=run.pk).update(booking=None)
        bookings.cancel(run.booking.pk)
    return 1


def _runs(days: Collection[date], free: Collection[date]) -> list[tuple[date, int, bool]]:
    """Return the days as runs of neighbours that are all free, or all not: first day, number, free or not.

    No run is longer than a booking may be.
    """
    numbered = enumerate(sorted(days))
    runs = []
    for (_start, is_free), group in groupby(
        numbered, lambda each: (each[1] - each[0] * DAY, each[1] in free)
    ):
        run = [day for _number, day in group]
        for start in range(0, len(run), bookings.HOST_NIGHTS_MAX):
            part = run[start : start + bookings.HOST_NIGHTS_MAX]
            runs.append((part[0], len(part), is_free))
    return runs


# --- What there is ---------------------------------------------------------------------------------------


def _on_sale(feed: Feed, today: date) -> dict[date, int]:
    """Return how many rooms nobody has taken on each night on sale. One query."""
    rows = RoomNight.objects.filter(room_type=feed.room_type, night_on__gte=today)
    return {
        night_on: capacity - taken
        for night_on, capacity, taken in rows.values_list("night_on", "capacity", "taken")
    }


def _known(feed: Feed, today: date) -> dict[str, list[FeedEntry]]:
    entries = feed.entries.filter(first_night__gte=today - DAYS_AHEAD * DAY).order_by("uid", "first_night")
    known: dict[str, list[FeedEntry]] = {}
    for entry in entries:
        if entry.leaves_on > today:
            known.setdefault(entry.uid, []).append(entry)
    return known


def _may_fit(runs: Iterable[FeedEntry], feed: Feed, on_sale: dict[date, int]) -> bool:
    """Whether a night of a clash has come free since."""
    clashes = (run for run in runs if run.booking_id is None)
    return any(on_sale.get(day, 0) >= feed.rooms for run in clashes for day in run.days)
