import shutil
import socket
from collections import namedtuple

import pytest

from marketplace.local import checks
from marketplace.local.errors import DatabaseUnreachable, DiskFull, LocalError, PortTaken

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def taken_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_taken_port_is_named_with_a_free_one_to_use_instead(monkeypatch, taken_port, free_port):
    monkeypatch.setenv("PORT", str(taken_port))
    monkeypatch.setenv("WALLET_PORT", str(free_port))

    with pytest.raises(PortTaken, match=rf"Port {taken_port} is taken by .*: PORT=\d+ make run$"):
        checks.read_ports()


def test_a_taken_port_of_the_wallet_operator_is_named_by_its_own_variable(monkeypatch, taken_port, free_port):
    monkeypatch.setenv("PORT", str(free_port))
    monkeypatch.setenv("WALLET_PORT", str(taken_port))

    with pytest.raises(PortTaken, match=rf"Port {taken_port} is taken by .*: WALLET_PORT=\d+ make run$"):
        checks.read_ports()


@pytest.mark.parametrize("text", ["http", "0", "65536", "-1", "80.5", "٨٠٠٠"])
def test_a_port_must_be_a_port_number(monkeypatch, text):
    monkeypatch.setenv("PORT", text)

    with pytest.raises(LocalError, match="is not a port number: choose one from 1024 to 65535"):
        checks.read_ports()


def test_shop_and_wallet_operator_cannot_share_a_port(monkeypatch, free_port):
    monkeypatch.setenv("PORT", str(free_port))
    monkeypatch.setenv("WALLET_PORT", str(free_port))

    with pytest.raises(LocalError, match=f"PORT and WALLET_PORT are both {free_port}"):
        checks.read_ports()


def test_a_disk_with_less_than_500_mb_free_is_too_full(monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**12, 10**12, 499_999_999))

    with pytest.raises(DiskFull, match=r"Only 499 MB are free below .*, 500 MB are needed: free some space"):
        checks.check_disk()


def test_a_python_that_is_too_old_is_told_by_its_number(monkeypatch):
    monkeypatch.setattr(checks.sys, "version_info", (3, 9, 2, "final", 0))

    with pytest.raises(LocalError, match=r"Python 3\.11 or newer is needed, this is 3\.9\.2"):
        checks.check_python()


def test_a_database_that_does_not_answer_is_told_by_its_variable(monkeypatch, free_port):
    monkeypatch.setenv("DATABASE_URL", f"postgres://shop:secret@127.0.0.1:{free_port}/shop")

    with pytest.raises(
        DatabaseUnreachable, match=r"^DATABASE_URL does not answer \(.*refused.*unset"
    ) as told:
        checks.check_services()

    assert "secret" not in str(told.value)


def test_a_redis_url_that_does_not_answer_is_told_by_its_variable(monkeypatch, free_port):
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{free_port}")

    with pytest.raises(DatabaseUnreachable, match=r"^REDIS_URL does not answer \(.*refused.*unset REDIS_URL"):
        checks.check_services()


def test_services_that_answer_pass():
    checks.check_services()
