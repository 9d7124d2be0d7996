from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.tourism.calendars.files import calendar, event, sold
from tourism.calendars import reading
from tourism.calendars.errors import FeedRefused
from tourism.calendars.reading import Unreadable

FIRST, LAST = date(2026, 12, 1), date(2027, 12, 31)


def read(body: bytes) -> list[tuple[str, date, date]]:
    found = reading.read(body, first_night=FIRST, last_night=LAST)
    return [(block.uid, block.first_night, block.leaves_on) for block in found.blocks]


def refused(body: bytes) -> str:
    """Return the words a host reads."""
    with pytest.raises(Unreadable) as error:
        reading.read(body, first_night=FIRST, last_night=LAST)
    return str(FeedRefused(error.value.code, **error.value.facts))


def test_whole_days_are_nights_until_the_day_of_leaving():
    body = calendar(sold(date(2026, 12, 3), date(2026, 12, 5)))

    assert read(body) == [("one", date(2026, 12, 3), date(2026, 12, 5))]


def test_only_the_nights_asked_about_come_back():
    body = calendar(
        sold(date(2026, 11, 1), date(2026, 12, 3), uid="from before"),
        sold(date(2026, 11, 1), date(2026, 11, 30), uid="over"),
        sold(date(2027, 12, 30), date(2030, 1, 1), uid="far"),
        sold(date(2031, 1, 1), date(2031, 1, 2), uid="farther"),
    )

    assert read(body) == [
        ("far", date(2027, 12, 30), date(2028, 1, 1)),
        ("from before", FIRST, date(2026, 12, 3)),
    ]


@pytest.mark.parametrize(
    ("begins", "ends", "night", "leaves"),
    [
        # Seven hours east of Greenwich: the evening of the 3rd there is the 4th here.
        ("DTSTART:20261203T200000Z", "DTEND:20261205T040000Z", 4, 5),
        (
            "DTSTART;TZID=Asia/Ho_Chi_Minh:20261203T140000",
            "DTEND;TZID=Asia/Ho_Chi_Minh:20261205T110000",
            3,
            5,
        ),
        ('DTSTART;TZID="Asia/Tokyo":20261203T140000', 'DTEND;TZID="Asia/Tokyo":20261205T110000', 3, 5),
        ("DTSTART;TZID=SE Asia Standard Time:20261203T140000", "DURATION:P2D", 3, 5),
        ("DTSTART:20261203T140000", "DTEND:20261205T110000", 3, 5),
        # Until the evening means that night too.
        ("DTSTART:20261203T000000", "DTEND:20261204T235900", 3, 5),
        ("DTSTART;VALUE=DATE:20261203", "X-NOTHING:1", 3, 4),
    ],
)
def test_times_of_any_zone_become_nights_here(begins, ends, night, leaves):
    assert read(calendar(event(begins, ends))) == [("one", date(2026, 12, night), date(2026, 12, leaves))]


def test_an_hour_of_the_day_a_free_and_a_cancelled_entry_take_no_night():
    body = calendar(
        event("DTSTART:20261203T030000Z", "DTEND:20261203T050000Z", uid="an hour"),
        sold(date(2026, 12, 3), date(2026, 12, 5), "TRANSP:TRANSPARENT", uid="free"),
        sold(date(2026, 12, 3), date(2026, 12, 5), "STATUS:CANCELLED", uid="cancelled"),
    )

    assert read(body) == []


def test_a_rule_is_read_with_the_days_that_differ_from_it():
    body = calendar(
        sold(date(2026, 12, 4), date(2026, 12, 5), "RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE;VALUE=DATE:20261211"),
        sold(date(2026, 12, 20), date(2026, 12, 22), "RECURRENCE-ID;VALUE=DATE:20261218"),
    )

    assert [block[1:] for block in read(body)] == [
        (date(2026, 12, 4), date(2026, 12, 5)),
        (date(2026, 12, 20), date(2026, 12, 22)),
        (date(2026, 12, 25), date(2026, 12, 26)),
    ]


def test_an_entry_without_a_name_keeps_the_one_it_is_given():
    body = calendar(event("DTSTART;VALUE=DATE:20261203", uid=""))

    first, again = read(body), read(body)

    assert first == again
    assert first[0][0].startswith("unnamed-")


def test_entries_without_sense_are_counted_and_break_no_other():
    body = calendar(
        sold(date(2026, 12, 3), date(2026, 12, 5), uid="good"),
        event("DTSTART;VALUE=DATE:20261341", uid="no such day"),
        event("SUMMARY:no day at all", uid="no day"),
        sold(date(2026, 12, 9), date(2026, 12, 7), uid="backwards"),
        event("DTSTART:yesterday", uid="words"),
        event("DTSTART;VALUE=DATE:99991231", uid="the end of days"),
    )

    found = reading.read(body, first_night=FIRST, last_night=LAST)

    assert [block.uid for block in found.blocks] == ["good"]
    assert found.skipped == 5


def test_long_lines_are_put_together_again():
    body = calendar(event("DTSTART;VALUE=DA\r\n TE:2026\r\n\t1203", "SUMMARY:Khách\\, đoàn"))

    found = reading.read(body, first_night=FIRST, last_night=LAST)

    assert [(each.first_night, each.summary) for each in found.blocks] == [(date(2026, 12, 3), "Khách, đoàn")]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not a calendar"),
        (b"<!doctype html><title>Sign in</title>", "not a calendar"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20261203\r\n", "only the beginning of one"),
        (b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", "not a calendar"),
        (b"BEGIN:VCALENDAR\0\r\nEND:VCALENDAR\r\n", "not a calendar"),
        (b"\xff\xfe\x00B\x00E", "not a calendar"),
        (b"BEGIN:VCALENDAR\r\n" * 5_000, "more than 2000 entries"),
        (b"x" * (10 * 1024 * 1024 + 1), "larger than 10 MB"),
    ],
)
def test_what_is_no_calendar_is_refused_with_a_reason(body, words):
    assert words in refused(body)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=1",
        "FREQ=HOURLY",
        "FREQ=YEARLY;BYHOUR=0,1,2,3;BYMINUTE=0,1,2;BYSECOND=0,1,2",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYSETPOS=1",
        "FREQ=DAILY;COUNT=99999999999",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=FORTNIGHTLY",
        "",
    ],
)
def test_rules_that_would_go_on_and_on_are_refused_and_named(rule):
    body = calendar(sold(date(2026, 12, 3), date(2026, 12, 4), f"RRULE:{rule}"))

    assert f"repeats by a rule that is not read here: {rule}" in refused(body)


def test_a_rule_that_began_with_the_world_is_refused():
    body = calendar(sold(date(1970, 1, 1), date(1970, 1, 2), "RRULE:FREQ=DAILY"))

    assert "not read here: 19700101" in refused(body)


def test_many_rules_many_dates_and_many_entries_are_refused():
    day = (date(2026, 12, 3), date(2026, 12, 4))
    rules = [sold(*day, "RRULE:FREQ=DAILY", uid=f"{number}") for number in range(21)]
    dates = sold(*day, "RDATE;VALUE=DATE:" + ",".join(["20261203"] * 1_001))
    entries = [sold(*day, uid=f"{number}") for number in range(2_001)]

    assert "more than 20 entries" in refused(calendar(*rules))
    assert "more than 1000 entries" in refused(calendar(dates))
    assert "more than 2000 entries" in refused(calendar(*entries))


def test_a_zone_nobody_knows_is_named_and_a_bomb_in_a_zone_is_never_lit():
    bomb = "BEGIN:VTIMEZONE\r\nTZID:Asia/Tokyo\r\nBEGIN:STANDARD\r\nDTSTART:00010101T000000\r\n"
    bomb += "RRULE:FREQ=SECONDLY\r\nTZOFFSETFROM:+0900\r\nTZOFFSETTO:+0900\r\nEND:STANDARD\r\nEND:VTIMEZONE"
    tokyo = event("DTSTART;TZID=Asia/Tokyo:20261203T140000", "DTEND;TZID=Asia/Tokyo:20261204T110000")
    mars = event("DTSTART;TZID=Mars/Olympus:20261203T140000")

    assert read(calendar(bomb, tokyo)) == [("one", date(2026, 12, 3), date(2026, 12, 4))]
    assert "the time zone “Mars/Olympus”, which is not known here" in refused(calendar(mars))


def test_ten_megabytes_of_words_are_read_soon():
    words = "DESCRIPTION:" + "\r\n ".join(["x" * 70] * 130_000)
    body = calendar(sold(date(2026, 12, 3), date(2026, 12, 4), words))
    assert 9_000_000 < len(body) < 10_000_000

    began = time.monotonic()
    found = reading.read_apart(body, first_night=FIRST, last_night=LAST)

    assert len(found.blocks) == 1
    assert time.monotonic() - began < 10


def test_as_many_entries_as_are_allowed_are_read_apart():
    entries = [sold(date(2026, 12, 3), date(2026, 12, 4), uid=f"{number}") for number in range(2_000)]

    found = reading.read_apart(calendar(*entries), first_night=FIRST, last_night=LAST)

    assert len(found.blocks) == 2_000


def test_a_reading_that_takes_too_long_is_ended_from_outside(monkeypatch):
    monkeypatch.setattr(reading, "WALL_S", 0.01)

    with pytest.raises(Unreadable) as error:
        reading.read_apart(calendar(), first_night=FIRST, last_night=LAST)

    assert error.value.code == "too_much_work"


def test_what_is_refused_apart_is_refused_in_the_same_words():
    body = calendar(sold(date(2026, 12, 3), date(2026, 12, 4), "RRULE:FREQ=SECONDLY"))

    with pytest.raises(Unreadable) as error:
        reading.read_apart(body, first_night=FIRST, last_night=LAST)

    assert error.value.facts == {"summary": "Reserved", "rule": "FREQ=SECONDLY"}


names = st.sampled_from(
    ["BEGIN", "END", "UID", "DTSTART", "DTEND", "DTSTART;VALUE=DATE", "DTEND;TZID=Asia/Tokyo", "DURATION"]
) | st.sampled_from(
    ["RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "SUMMARY", "STATUS", "X-NOTE", " ", "\t", ""]
)
values = st.one_of(
    st.sampled_from(["VCALENDAR", "VEVENT", "VALARM", "20261203", "20261203T140000Z", "P1D", "-P9W", "PT1S"]),
    st.sampled_from(["FREQ=DAILY", "FREQ=YEARLY;COUNT=3", "FREQ=WEEKLY;BYDAY=MO,TU", "20261203,20270203"]),
    st.dates(date(1, 1, 1), date(9999, 12, 31)).map(lambda day: f"{day:%Y%m%d}"),
    st.text(max_size=30),
)
lines = st.builds(lambda name, value: f"{name}:{value}", names, values)


def words_of_refusal(body: bytes) -> str:
    """Return why a file is refused; nothing if it is read, and then what was read makes sense."""
    try:
        found = reading.read(body, first_night=FIRST, last_night=LAST)
    except Unreadable as error:
        return str(FeedRefused(error.code, **error.facts))
    assert all(FIRST <= block.first_night < block.leaves_on for block in found.blocks)
    return ""


@settings(max_examples=150, deadline=5_000)
@given(st.lists(lines, max_size=30), st.booleans())
@example(["BEGIN:VEVENT", "DTSTART:20261203", "DURATION:-P9W", "END:VEVENT"], True)
@example(
    ["BEGIN:VEVENT", "DTSTART:20261203T000000Z", "RRULE:FREQ=DAILY", "DURATION:P99999W", "END:VEVENT"], True
)
def test_whatever_the_lines_a_file_is_read_or_refused(parts, framed):
    body = calendar(*parts) if framed else "\n".join(parts).encode()

    words_of_refusal(body)


@settings(max_examples=100, deadline=5_000)
@given(st.binary(max_size=300), st.integers(0, 400))
def test_a_file_that_was_damaged_on_its_way_is_read_or_refused(noise, where):
    good = calendar(sold(date(2026, 12, 3), date(2026, 12, 5), "RRULE:FREQ=WEEKLY;COUNT=4"))

    words_of_refusal(good[:where] + noise + good[where:])
