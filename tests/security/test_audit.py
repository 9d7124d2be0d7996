"""Every locked package is asked about, and a list that was not reached is not taken for good news."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from tests.security import audit

LOCKED = """\
django==5.2.19 \\
    --hash=sha256:{zeros}
rdflib==7.1.4 \\
    --hash=sha256:{zeros}
""".format(zeros="0" * 64)


class KnownHoles(BaseHTTPRequestHandler):
    """The part of OSV's API that is asked: a package and its version, answered with what is known."""

    known: dict[str, list[dict[str, Any]]] = {}
    asked: list[tuple[str, str]] = []

    def do_POST(self) -> None:
        wanted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = wanted["package"]["name"]
        self.asked.append((name, wanted["version"]))
        body = json.dumps({"vulns": self.known[name]} if name in self.known else {}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Say nothing between the dots of the tests."""


@pytest.fixture
def holes() -> Iterator[type[KnownHoles]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), KnownHoles)
    Thread(target=server.serve_forever, daemon=True).start()
    KnownHoles.known, KnownHoles.asked = {}, []
    KnownHoles.url = f"http://127.0.0.1:{server.server_port}/v1/query"  # type: ignore[attr-defined]
    yield KnownHoles
    server.shutdown()
    server.server_close()


@pytest.fixture
def locked(tmp_path: Any) -> list[Any]:
    path = tmp_path / "lock.txt"
    path.write_text(LOCKED)
    return [path]


def test_every_locked_version_is_asked_about_and_nothing_known_is_said(holes, locked, capsys):
    assert audit.audit(osv_url=holes.url, locks=locked) == audit.CLEAN

    assert sorted(holes.asked) == [("django", "5.2.19"), ("rdflib", "7.1.4")]
    assert "2 locked packages, nothing known" in capsys.readouterr().out


def test_a_known_hole_is_named_with_the_version_that_mends_it(holes, locked, capsys):
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "5.2.20"}]}]
    affected = [{"package": {"name": "django", "ecosystem": "PyPI"}, "ranges": ranges}]
    holes.known["django"] = [
        {"id": "PYSEC-2026-1", "summary": "a hole", "affected": affected, "published": "2026-11-01T00:00:00Z"}
    ]

    assert audit.audit(osv_url=holes.url, locks=locked) == audit.HOLES

    assert "django 5.2.19: PYSEC-2026-1, mended in: 5.2.20" in capsys.readouterr().out


def test_a_list_that_is_not_reached_is_no_good_news(locked, capsys):
    assert audit.audit(osv_url="http://127.0.0.1:1/v1/query", locks=locked) == audit.UNKNOWN

    assert capsys.readouterr().out.startswith("NOT AUDITED: ")


def test_a_package_the_list_does_not_know_is_no_good_news_either(capsys):
    packages = [
        {"name": "django", "version": "5.2.19", "vulns": []},
        {"name": "rdflib", "skip_reason": "not found"},
    ]

    assert audit._tell(packages) == audit.UNKNOWN

    assert "1 of 2 packages are unknown there: rdflib" in capsys.readouterr().out


@pytest.mark.parametrize("name", audit.SHIPPED)
def test_the_list_of_what_is_inside_names_every_locked_package_with_its_digests(name, tmp_path):
    [path] = audit.write_sbom(tmp_path, locks=[name])
    inside = json.loads(path.read_text())

    pins = re.findall(r"^([\w.-]+)==([\w.]+)", audit.lock(name).read_text(), flags=re.M)
    assert sorted((part["name"], part["version"]) for part in inside["components"]) == sorted(pins)
    assert len(pins) > 20
    assert (inside["bomFormat"], inside["specVersion"]) == ("CycloneDX", "1.6")
    for part in inside["components"]:
        assert part["purl"].startswith(f"pkg:pypi/{part['name']}@")
        assert any(reference.get("hashes") for reference in part["externalReferences"]), part["name"]
