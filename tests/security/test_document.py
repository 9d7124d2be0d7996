"""docs/security.md names the tests that hold each defence: they are there, and none of these is left out."""

from __future__ import annotations

import re

from marketplace.local.paths import BASE_DIR

DOCUMENT = (BASE_DIR / "docs" / "security.md").read_text()


def test_every_test_the_threat_model_names_exists_and_tests_something():
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", DOCUMENT))

    assert len(named) > 15
    for path in sorted(named):
        assert (BASE_DIR / path).is_file(), f"docs/security.md names {path}, which is not there"
        assert "\ndef test_" in (BASE_DIR / path).read_text(), path


def test_every_test_of_security_stands_in_the_threat_model():
    here = {
        path for folder in ("security", "crawl") for path in (BASE_DIR / "tests" / folder).glob("test_*.py")
    }
    unnamed = {
        str(path.relative_to(BASE_DIR))
        for path in here
        if f"tests/{path.parent.name}/{path.name}" not in DOCUMENT
    }

    assert unnamed == {"tests/security/test_document.py"}


def test_every_row_of_the_threat_model_ends_in_a_test():
    rows = [line for line in DOCUMENT.splitlines() if line.startswith("| ") and "---" not in line][1:]

    assert len(rows) > 15
    for row in rows:
        assert re.search(r"`tests/[\w/]+\.py` \|$", row), row
