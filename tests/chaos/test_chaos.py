"""Twenty payments, and every process killed once; `make chaos` kills each six times in 200."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.wallet_operator import BASE_DIR

SEED = 1


def test_nothing_is_lost_or_doubled_when_every_process_is_killed_once(tmp_path: Path) -> None:
    written = tmp_path / "chaos.json"
    wanted = [
        "--payments",
        "20",
        "--kills",
        "1",
        "--seed",
        str(SEED),
        "--quick",
        "--limit",
        "150",
        "--troubles",
        "none",
    ]

    with subprocess.Popen(
        [sys.executable, "-m", "tests.chaos", *wanted, "--patience", "90", "--write", str(written)],
        cwd=BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:
        try:
            said, _ = running.communicate(timeout=270)
        except subprocess.TimeoutExpired:
            running.terminate()  # and let it end what it has started
            said, _ = running.communicate()

    assert running.returncode == 0, said
    told = json.loads(written.read_text())
    assert [row["fault"] for row in told if not row["holds"]] == []
    assert [row["fault"] for row in told[:4]] == [
        "kill -9 of shop",
        "kill -9 of worker",
        "kill -9 of wallet",
        "kill -9 of postgresql",
    ]
