import uuid
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from marketplace.switches import published, selectors, services
from marketplace.switches.models import Switch
from tests.factories import CommuneFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
TOURS = Switch.Name.TOURS


@pytest.fixture(autouse=True)
def _nothing_published():
    yield
    cache.delete(published.KEY)


@pytest.fixture
def decide(django_capture_on_commit_callbacks):
    def decide(name=TOURS, *, is_on, **changes):
        wanted = {"switch_id": uuid.uuid4(), "note": "storm", "by": None, "now": NOW}
        with django_capture_on_commit_callbacks(execute=True):
            return services.decide(name=name, is_on=is_on, **wanted | changes)

    return decide


def test_what_nobody_decided_is_on():
    assert selectors.is_on(TOURS, now=NOW, commune_id=1)
    assert selectors.closed_since(now=NOW) is None


def test_a_commune_goes_before_the_whole_market_whichever_was_decided_later(decide):
    here, there = CommuneFactory(), CommuneFactory()
    decide(is_on=True, commune=here)
    decide(is_on=False)

    assert selectors.is_on(TOURS, now=NOW, commune_id=here.pk)
    assert not selectors.is_on(TOURS, now=NOW, commune_id=there.pk)
    assert not selectors.is_on(TOURS, now=NOW)
    assert selectors.communes_off(TOURS, [here.pk, there.pk], now=NOW) == {there.pk}
    assert selectors.is_on(Switch.Name.CASH, now=NOW, commune_id=there.pk)


def test_what_was_decided_for_later_begins_then(decide):
    at_night = NOW + timedelta(hours=8)
    decide(Switch.Name.MARKET, is_on=False, from_at=at_night)
    decide(Switch.Name.MARKET, is_on=True, from_at=at_night + timedelta(hours=1))

    assert selectors.closed_since(now=NOW) is None
    assert selectors.closed_since(now=at_night + timedelta(minutes=5)) == at_night
    assert selectors.closed_since(now=at_night + timedelta(minutes=61)) is None


def test_every_process_follows_what_another_published(decide):
    decide(is_on=False)
    published.remember(())  # what another process still knows
    assert selectors.is_on(TOURS, now=NOW)
    published._Known.asked_s -= 2 * published.ASK_AGAIN_S

    assert not selectors.is_on(TOURS, now=NOW)


def test_a_process_that_knows_asks_the_database_nothing(decide, django_assert_num_queries):
    decide(is_on=False)

    with django_assert_num_queries(0):
        assert not selectors.is_on(TOURS, now=NOW, commune_id=3)


def test_deciding_twice_with_one_id_decides_once(decide):
    one = uuid.uuid4()
    decide(is_on=False, switch_id=one)
    decide(is_on=True, switch_id=one)

    assert Switch.objects.count() == 1
    assert not selectors.is_on(TOURS, now=NOW)


def test_what_was_decided_is_never_rewritten(decide):
    switch = decide(is_on=False)

    with pytest.raises(DatabaseError), transaction.atomic():
        Switch.objects.filter(pk=switch.pk).update(is_on=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        switch.delete()
    assert not Switch.objects.get().is_on


def test_without_valkey_and_database_everything_counts_as_on(monkeypatch):
    published._Known.rows = None
    cache.delete(published.KEY)

    def refuse(execute, sql, params, many, context):
        raise DatabaseError("gone")

    with connection.execute_wrapper(refuse):
        assert selectors.is_on(TOURS, now=NOW)


def test_the_command_switches_and_tells(capsys, django_capture_on_commit_callbacks):
    commune = CommuneFactory()
    with django_capture_on_commit_callbacks(execute=True):
        call_command("switch", "tours", "off", "--commune", commune.code, "--note", "landslide")
    call_command("switch")

    told = capsys.readouterr().out
    assert f"tours is off {commune.name} from" in told
    assert f"  {commune.name} off from" in told
    assert "landslide" in told


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["tours"], "Say on or off, and why"),
        (["tours", "off"], "Say on or off, and why"),
        (["market", "off", "--commune", "03127", "--note", "x"], "closed everywhere or nowhere"),
        (["tours", "off", "--commune", "99999", "--note", "x"], "no commune of today with the code 99999"),
        (["tours", "off", "--from", "soon", "--note", "x"], "soon is no moment"),
        (["tours", "off", "--from", "2020-01-01T00:00", "--note", "x"], "has passed"),
    ],
)
def test_a_mistake_in_the_command_changes_nothing(words, problem):
    with pytest.raises(CommandError, match=problem):
        call_command("switch", *words)
    assert not Switch.objects.exists()
