"""Two shops, two workers and two schedulers behind one proxy, on a primary, a replica and a pooler.

The same as docker/compose.yaml starts in containers. `make cluster` fills it with the demonstration; the
browser tests fill it with their own data (`make cluster ARGS=test`).
"""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from marketplace.local import processes
from marketplace.local.processes import Command, Probe

from . import front
from .postgres import Server

SHOPS = WORKERS = SCHEDULERS = 2
# The folders of the two servers in that of their `Databases`.
PRIMARY, REPLICA = "primary", "replica"


class Databases:
    """A primary and a replica that follows it, in a folder that is removed at the end."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="cluster-"))
        self.folder.chmod(0o711)
        self.primary = Server(self.folder / PRIMARY)
        self.replica = Server(self.folder / REPLICA)

    def __enter__(self) -> Self:
        self.primary.create()
        self.primary.start()
        self.replica.follow(self.primary)
        self.replica.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.replica.stop()
        self.primary.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def commands(folder: Path, *, database: str, port: int, wallet_port: int) -> dict[str, Command]:
    """Return the command and the environment of each process, by name.

    ``folder`` is that of `Databases`; the proxy listens on ``port``.
    """
    house = processes.commands(port=port, wallet_port=wallet_port)
    shops = {f"shop-{number}": free_port() for number in range(1, SHOPS + 1)}
    pooler = folder / "pooler"
    offered = {database: (folder / PRIMARY, database), f"{database}_replica": (folder / REPLICA, database)}
    reached = {
        "DATABASE_URL": front.pooled(pooler, database),
        "DATABASE_REPLICA_URL": front.pooled(pooler, f"{database}_replica"),
        "DATABASE_POOLED": "1",
    }
    found: dict[str, Command] = {
        "pooler": (front.pooler(pooler, databases=offered), {}),
        "proxy": (front.proxy(folder / "proxy", port=port, shops=list(shops.values())), {}),
        "wallet": house["wallet"],
    }
    for name, own_port in shops.items():
        command, extra = processes.commands(port=own_port, wallet_port=wallet_port)["shop"]
        trusted = ["--proxy-headers", "--forwarded-allow-ips", "127.0.0.1"]
        found[name] = ([*command, *trusted], extra | reached)
    command, extra = house["worker"]
    for number in range(1, WORKERS + 1):
        named = [*command[: command.index("-n") + 1], f"cluster-{port}-{number}@localhost"]
        found[f"worker-{number}"] = (named, extra | reached)
    command, extra = house["beat"]
    locked = ["--scheduler", "redbeat.RedBeatScheduler", "--pidfile", "", "--loglevel", "warning"]
    for number in range(1, SCHEDULERS + 1):
        found[f"beat-{number}"] = ([*command[: command.index("beat") + 1], *locked], extra | reached)
    return found


def readiness(commands: Mapping[str, Command], *, port: int, wallet_port: int) -> dict[str, Probe]:
    """Return questions that are answered with yes once everything does its work."""
    house = processes.probes(port=port, wallet_port=wallet_port)
    workers = [command[-1] for name, (command, _) in commands.items() if name.startswith("worker")]
    asked: dict[str, Probe] = {name: partial(processes.answers_ping, name) for name in workers}
    return {name: house[name] for name in ("shop", "wallet")} | asked


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
