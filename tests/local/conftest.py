import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

BASE_DIR = Path(__file__).resolve().parents[2]
OWN_URLS = ("DATABASE_URL", "WALLET_DATABASE_URL", "REDIS_URL")


class Checkout:
    """Another checkout of the project on this machine, with only what starts its servers."""

    def __init__(self, path: Path) -> None:
        self.path = path
        shutil.copytree(BASE_DIR / "marketplace" / "local", path / "marketplace" / "local")
        (path / "marketplace" / "__init__.py").touch()

    def services(self, *arguments: str) -> str:
        return self.python("-m", "marketplace.local.services", *arguments).strip()

    def python(self, *arguments: str) -> str:
        with self.start(*arguments) as process:
            output, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
        return output

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        environment = {name: value for name, value in os.environ.items() if name not in OWN_URLS}
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=self.path,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture
def checkouts() -> Iterator[list[Checkout]]:
    """Two checkouts; the path of the second is longer than a socket's may be."""
    # Not pytest's tmp_path: every run that starts closes that to the user whom root's servers run as.
    with tempfile.TemporaryDirectory(prefix="checkouts-") as directory:
        made = [Checkout(Path(directory, "one")), Checkout(Path(directory, "two-" + "x" * 100))]
        yield made
        for checkout in made:
            checkout.services("down")


@pytest.fixture
def checkout(checkouts) -> Checkout:
    return checkouts[0]
