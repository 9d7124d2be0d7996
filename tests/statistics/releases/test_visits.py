"""Nights and guests as everybody sees them: released, and kept as they were."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command

from marketplace.statistics.periods import Period
from marketplace.statistics.releases import attacking, visits
from marketplace.statistics.releases.models import ReleaseTable, VisitCount
from marketplace.statistics.tourism import StayFigures
from tests.factories import RoomTypeFactory, StayFactory, commune_named
from tests.statistics.releases.test_services import release
from tests.statistics.test_tourism import register, sleep
from tourism.models import Booking

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("province")]
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
TODAY = date(2026, 3, 10)


def house(commune: str) -> Any:
    """A house with two rooms on sale in January and February."""
    stay = StayFactory(commune=commune_named(commune))
    return RoomTypeFactory(stay=stay, rooms=2, sleeps=4, open_from=JANUARY, open_to=date(2026, 2, 28))


def asked(first: date = JANUARY, last: date = date(2026, 1, 31)) -> StayFigures:
    return visits.stays(period=Period("custom", first, last), today=TODAY)


@pytest.fixture
def busy_january() -> dict[str, list[Any]]:
    """Houses by commune, each with two guests for a night."""
    rooms = {
        name: [house(name) for _ in range(number)]
        for name, number in (("Mường Phăng", 3), ("Nà Tấu", 4), ("Sín Chải", 1))
    }
    for name, found in rooms.items():
        for room in found:
            stayed = sleep(room, date(2026, 1, 2), 1, guests=2)
            register(stayed, country="LA" if name == "Sín Chải" else "FR")
    return rooms


def test_strangers_see_what_is_released_and_nothing_of_days_or_of_few_houses(busy_january):
    assert asked().total.suppressed
    assert asked().note == "Not every month of this period is released yet: 2026-01."
    release(JANUARY)

    found = asked()

    assert (found.total.nights, found.total.guests, found.total.hosts) == (8, 16, 8)
    assert found.row_of(commune_named("Nà Tấu").code).nights == 4
    hidden = {row.name for row in found.rows if row.suppressed}
    assert "Sín Chải" in hidden
    assert len(hidden) == 2
    assert asked(last=date(2026, 1, 30)).note.startswith("Public figures are those of whole months")
    assert all(row.suppressed for row in asked(last=date(2026, 1, 30)).rows)


def test_homes_of_the_guests_of_few_houses_are_withheld_with_one_that_gives_them_away(busy_january):
    release(JANUARY)

    found = asked()

    # Seven from France and one from Laos: with their sum, the one would tell the other.
    assert (found.homes, found.registered) == ([], 8)


def test_a_year_is_the_sum_of_its_months_and_hosts_do_not_add_up_over_years(busy_january):
    for room in busy_january["Nà Tấu"]:
        sleep(room, FEBRUARY, 1, guests=1)
    release(JANUARY)
    release(FEBRUARY)

    found = asked(last=date(2026, 2, 28))

    assert (found.total.nights, found.total.guests) == (12, 20)


def test_counting_again_gives_what_was_released_though_bookings_changed_since(busy_january, capsys):
    made = release(JANUARY)
    assert VisitCount.objects.filter(release=made, month=JANUARY, home="").count() == 8
    Booking.objects.update(state="released")

    call_command("verify_release", verbosity=0)
    assert "1 releases are as they were signed" in capsys.readouterr().out

    VisitCount.objects.filter(home="", guests=2).update(guests=3)
    with pytest.raises(Exception, match=r"stays.*guests is"):
        call_command("verify_release", verbosity=0)


def test_the_attacker_learns_no_guests_of_a_house_and_would_if_one_more_row_were_shown(busy_january):
    made = release(JANUARY)
    assert [one for one in attacking.attack_releases() if one.exposed] == []

    table = ReleaseTable.objects.get(release=made, name="stays")
    document = json.loads(table.document)
    shown = next(row for row in document["rows"] if row["suppressed"] and "Sín Chải" not in row["name"])
    shown |= {"suppressed": False, "nights": 3, "guests": 6, "guest_nights": 6}
    ReleaseTable.objects.filter(pk=table.pk).update(document=json.dumps(document))

    exposed = {(one.subject, one.measure) for one in attacking.attack_releases() if one.exposed}
    assert exposed == {("stays", "nights"), ("stays", "guests"), ("stays", "guest_nights")}
