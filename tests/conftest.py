"""What every test stands on: real PostgreSQL and Valkey, a cache of its own, and no way to the network."""

import gc
import ipaddress
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation

from marketplace.local import translations
from marketplace.switches import published
from tests import database, own_cache

# The services and the cache's prefix are set in marketplace/settings/test.py, which is read before this.
translations.compile_catalogues()


def pytest_collection_finish() -> None:
    """Set aside what has been imported: it stays, and every collection of garbage walked through it."""
    gc.collect()
    gc.freeze()


class NetworkBlocked(Exception):
    pass


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in ("", "localhost")


def _guarded(real: Callable[..., Any]) -> Callable[..., Any]:
    def connect(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            raise NetworkBlocked(
                f"A test tried to reach {address[0]}:{address[1]}. Use a fake at the border."
            )
        return real(self, address)

    return connect


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    real_lookup = socket.getaddrinfo

    def lookup(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and not _is_loopback(name):
            raise NetworkBlocked(f"A test tried to look up {name}. Use a fake at the border.")
        return real_lookup(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _guarded(socket.socket.connect))
        patch.setattr(socket.socket, "connect_ex", _guarded(socket.socket.connect_ex))
        patch.setattr(socket, "getaddrinfo", lookup)
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    connection.settings_dict["TEST"]["TEMPLATE"] = database.migrated_template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        baseline = database.Baseline()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: baseline.restore())
        yield


@pytest.fixture(autouse=True, scope="session")
def _own_cache() -> Iterator[None]:
    """Leave nothing of this run in the shared Valkey."""
    yield
    own_cache.empty()


@pytest.fixture(autouse=True)
def _everything_on() -> None:
    """Know of no switches, so that nobody asks the database for them."""
    published.remember(())


@pytest.fixture(autouse=True)
def _own_language() -> None:
    """Forget the language of the last page another test asked for."""
    translation.deactivate()
