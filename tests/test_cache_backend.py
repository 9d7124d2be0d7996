"""Pages live without Valkey: nothing is found while it is away, nothing stale is found afterwards."""

import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client, override_settings
from redis import Redis

from marketplace.cache_backend import ForgivingRedisCache
from marketplace.cluster.valkey import Valkey
from tests.factories import UserFactory
from tests.wallet_operator import wait_until


@pytest.fixture
def valkey(tmp_path: Any) -> Iterator[Valkey]:
    server = Valkey(tmp_path / "valkey")
    server.start()
    yield server
    server.close()


def cache_of(valkey: Valkey, prefix: str = "shop") -> ForgivingRedisCache:
    return ForgivingRedisCache(f"{valkey.url}/1", {"KEY_PREFIX": prefix})


def back(valkey: Valkey, look: Callable[[], bool]) -> None:
    valkey.start()
    wait_until(look, "the cache works again")


def test_what_was_kept_is_there_and_counts_go_up(valkey):
    cache = cache_of(valkey)

    cache.set("rice", 90_000)

    assert cache.get("rice") == 90_000
    assert cache.add("tries", 0, 60)
    assert [cache.incr("tries") for _ in range(3)] == [1, 2, 3]


def test_without_valkey_nothing_is_found_nothing_fails_and_nobody_waits(valkey):
    cache = cache_of(valkey)
    cache.set("rice", 90_000)
    valkey.kill()
    begun = time.monotonic()

    cache.set("honey", 250_000)

    assert cache.get("rice", "nothing") == "nothing"
    assert cache.get_many(["rice", "honey"]) == {}
    assert not cache.has_key("rice")
    assert cache.set_many({"rice": 1}) == ["rice"]
    assert cache.delete("rice") is False
    assert time.monotonic() - begun < 1


def test_guesses_are_counted_while_valkey_is_away(valkey):
    cache = cache_of(valkey)
    valkey.kill()

    assert cache.add("tries", 0, 60)
    assert [cache.incr("tries") for _ in range(3)] == [1, 2, 3]
    assert not cache.add("tries", 0, 60)


def test_what_was_replaced_or_removed_meanwhile_is_not_found_as_it_was(valkey):
    cache = cache_of(valkey)
    cache.set("session", "signed in")
    cache.set("other", "also forgotten")
    valkey.kill()
    cache.delete("session")

    back(valkey, lambda: cache.set("probe", 1) is None and cache.get("probe") == 1)

    assert cache.get("session") is None
    assert cache.get("other") is None


def test_another_installation_in_the_same_valkey_keeps_what_it_has(valkey):
    ours, others = cache_of(valkey), cache_of(valkey, prefix="beside")
    others.set("rice", 1)
    valkey.kill()
    ours.delete("rice")

    back(valkey, lambda: ours.set("probe", 1) is None and ours.get("probe") == 1)

    with Redis.from_url(f"{valkey.url}/1") as client:
        assert client.exists("beside:1:rice")


def test_reading_alone_forgets_nothing(valkey):
    cache = cache_of(valkey)
    cache.set("rice", 90_000)
    valkey.kill()
    assert cache.get("rice") is None

    back(valkey, lambda: cache.get("rice") == 90_000)


@pytest.mark.django_db(transaction=True)
def test_pages_of_somebody_signed_in_are_served_while_valkey_is_gone(valkey):
    user = SimpleNamespace(client=Client())
    caches = {
        "default": {
            "BACKEND": "marketplace.cache_backend.ForgivingRedisCache",
            "LOCATION": f"{valkey.url}/1",
            "KEY_PREFIX": "gone",
        }
    }
    with override_settings(CACHES=caches):
        user.client.force_login(UserFactory(name="Lò Thị Mai"))
        valkey.kill()

        answers = {path: user.client.get(path).status_code for path in ("/", "/produce/", "/basket/")}
        signed_out = user.client.post("/accounts/logout/")

    assert answers == {"/": 200, "/produce/": 200, "/basket/": 200}
    assert signed_out.status_code == 302
