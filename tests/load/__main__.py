"""`make load`: a market day from a second process, in steps until more people get no more answers.

`make load ARGS="--shops 2"` puts two shops behind the proxy; `ARGS="--soak 30"` goes on for 30 minutes at
half of the knee; `ARGS=websockets` measures open pages instead. Writes var/load.json, and var/load.html to
look at. Everything runs on a PostgreSQL and a Valkey of its own, that are removed at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import psutil

from marketplace.local import services, translations
from marketplace.local.paths import BASE_DIR, VAR_DIR
from tests.load import report
from tests.load.market import Market

STEPS = (2, 4, 8, 16, 32)
# More people bring less than this: the knee is reached.
GAIN = 1.05
WARM_S = 6
P95_GOAL_MS = 300.0
AT_SHARE = 0.7  # of the knee, where the goal is asked for
PEOPLE = 40  # of whom the steady load is made
SAMPLES = 60


@dataclass
class Step:
    """What ``users`` got, and what it cost. Milliseconds of CPU are of a request, MB at its end."""

    name: str
    users: int
    requests: int
    failures: int
    requests_s: float
    ms: dict[str, float]
    cpu_ms: dict[str, float]
    memory_mb: dict[str, float]
    cores_busy: float
    by_name: dict[str, Any] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="make load", description=__doc__.split("\n", 1)[0])
    parser.add_argument("what", nargs="?", choices=["pages", "websockets"], default="pages")
    parser.add_argument("--shops", type=int, default=1, help="two or more stand behind the proxy")
    parser.add_argument("--seconds", type=int, default=20, help="of each step, without its beginning")
    parser.add_argument("--soak", type=float, default=0.0, metavar="MINUTES", help="at half of the knee")
    parser.add_argument("--sockets", type=int, default=5_000, help="how many pages wait at once")
    parser.add_argument("--write", type=Path, default=VAR_DIR / "load.json")
    wanted = parser.parse_args(arguments)
    for ending in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(ending, _interrupt)  # so that nothing is left running
    services.ensure_environment()
    translations.compile_catalogues()
    try:
        with Market(shops=wanted.shops) as market:
            if wanted.what == "websockets":
                from tests.load import sockets

                told = sockets.measure(market, pages=wanted.sockets)
            else:
                told = _measure(market, wanted)
    except KeyboardInterrupt:
        return 1
    known = json.loads(wanted.write.read_text()) if wanted.write.exists() else {}
    wanted.write.parent.mkdir(exist_ok=True)
    wanted.write.write_text(json.dumps(known | told, indent=2, ensure_ascii=False) + "\n")
    page = wanted.write.with_suffix(".html")
    page.write_text(report.page(known | told))
    print(f"Written to {wanted.write} and {page}.")
    return 0 if all(goal["holds"] for goal in told["goals"]) else 1


def _measure(market: Market, wanted: argparse.Namespace) -> dict[str, Any]:
    steps: list[Step] = []
    for users in STEPS:
        steps.append(_step(market, f"{users} at once", users=users, seconds=wanted.seconds))
        if len(steps) > 1 and steps[-1].requests_s < steps[-2].requests_s * GAIN:
            break
    knee = max(steps, key=lambda step: step.requests_s)
    rate = knee.requests_s * AT_SHARE
    steady = _step(market, f"{AT_SHARE:.0%} of the knee", users=PEOPLE, seconds=wanted.seconds, rate=rate)
    goals = [
        report.goal("p95 at 70 % of the knee", steady.ms["p95"], "ms", P95_GOAL_MS),
        report.goal("failures", sum(step.failures for step in [*steps, steady]), "requests", 0),
    ]
    kind = "one shop" if wanted.shops == 1 else f"{wanted.shops} shops behind the proxy"
    told: dict[str, Any] = {
        kind: {"knee_requests_s": knee.requests_s, "steps": [asdict(step) for step in [*steps, steady]]}
    }
    if wanted.soak:
        told["soak"], more = _soak(market, minutes=wanted.soak, rate=knee.requests_s / 2)
        goals += more
    return told | {"goals": goals}


def _step(market: Market, name: str, *, users: int, seconds: float, rate: float = 0.0) -> Step:
    """Let ``users`` ask for ``seconds``: at once again, or ``rate`` requests a second of all together."""
    result = market.folder / "result.json"
    with _people(market, result, users=users, seconds=seconds, rate=rate) as people:
        time.sleep(WARM_S)
        before, begun = market.used(), time.monotonic()
        people.wait(timeout=seconds + 120)
    after, spent_s = market.used(), time.monotonic() - begun
    told = json.loads(result.read_text())
    cpu_s = {name: after[name][0] - before[name][0] for name in after}
    step = Step(
        name=name,
        users=users,
        cpu_ms={each: round(cpu_s[each] * 1_000 / max(told["requests"], 1), 2) for each in cpu_s},
        memory_mb={each: round(after[each][1], 1) for each in after},
        cores_busy=round(sum(cpu_s.values()) / spent_s, 2),
        **told,
    )
    print(report.line(step.name, step.requests_s, step.ms, step.failures, step.cpu_ms), flush=True)
    return step


def _soak(market: Market, *, minutes: float, rate: float) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Go on for ``minutes`` at ``rate``; memory is flat if its last third is within 5 % of its middle one."""
    result = market.folder / "result.json"
    every_s = minutes * 60 / SAMPLES
    samples: dict[str, list[float]] = {}
    with _people(market, result, users=PEOPLE, seconds=minutes * 60, rate=rate) as people:
        while people.poll() is None:
            time.sleep(every_s)
            for name, (_, mb) in market.used().items():
                samples.setdefault(name, []).append(round(mb, 1))
    told = json.loads(result.read_text())
    third = len(samples["shop" if "shop" in samples else "shop-1"]) // 3
    goals = [report.goal("failures in the soak", told["failures"], "requests", 0)]
    for name, values in samples.items():
        if name.startswith(("shop", "worker")):
            middle, last = values[third : 2 * third], values[2 * third :]
            growth = (sum(last) / len(last)) / (sum(middle) / len(middle))
            goals.append(report.goal(f"memory of {name}, last third to middle", round(growth, 3), "x", 1.05))
    return {"minutes": minutes, "memory_mb": samples} | told, goals


def _people(
    market: Market, result: Path, *, users: int, seconds: float, rate: float
) -> subprocess.Popen[bytes]:
    result.unlink(missing_ok=True)
    locust = ["-m", "locust", "--locustfile", str(BASE_DIR / "tests" / "load" / "locustfile.py")]
    shape = [
        "--users",
        str(users),
        "--spawn-rate",
        str(max(users, 1)),
        "--run-time",
        f"{seconds + WARM_S:.0f}s",
    ]
    quiet = [
        "--headless",
        "--host",
        market.url,
        "--only-summary",
        "--loglevel",
        "ERROR",
        "--stop-timeout",
        "10",
    ]
    return subprocess.Popen(
        [psutil.Process().exe(), *locust, *shape, *quiet],
        cwd=market.folder,
        env=os.environ
        | {
            "LOAD_WALLET": market.wallet_url,
            "LOAD_BUYERS": ",".join(market.buyers),
            "LOAD_USERS": str(users),
            "LOAD_RATE": str(rate),
            "LOAD_WARM_S": str(WARM_S),
            "LOAD_RESULT": str(result),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _interrupt(signum: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
