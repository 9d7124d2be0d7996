"""The market that is loaded: real processes with demo data, on a PostgreSQL and a Valkey of its own."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import psutil

from marketplace.cluster import front
from marketplace.cluster.postgres import Server
from marketplace.cluster.topology import free_port
from marketplace.cluster.valkey import Valkey
from marketplace.local import processes
from marketplace.local.processes import WALLET_SETTINGS, Command
from tests.wallet_operator import BASE_DIR, wait_until

START_TIMEOUT_S = 120.0
BUYERS = 40
PIN = "135790"
BUYER_VND = 900_000_000
DATABASE, WALLET_DATABASE = "load", "load_wallet"
STOCK = "UPDATE partner_stockrecord SET num_in_stock = 1000000 WHERE num_in_stock IS NOT NULL"


class Market:
    """One shop, or ``shops`` of them behind the proxy, with worker, scheduler and wallet operator."""

    def __init__(self, *, shops: int = 1) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="load-"))
        self.folder.chmod(0o711)
        self.server = Server(self.folder / "postgres")
        self.valkey = Valkey(self.folder / "valkey")
        self.port, self.wallet_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.wallet_url = f"http://127.0.0.1:{self.wallet_port}"
        self.buyers = [f"+843981{number:05d}" for number in range(BUYERS)]
        self._shops = shops
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # a websocket is an open file of the shop
        self.server.create()
        self.server.start()
        self.valkey.start()
        for name in (DATABASE, WALLET_DATABASE):
            self.server.create_database(name)
        self.environment = os.environ | {
            "DATABASE_URL": self.server.url(DATABASE),
            "WALLET_DATABASE_URL": self.server.url(WALLET_DATABASE),
            "REDIS_URL": self.valkey.url,
            "CACHE_PREFIX": "load",
            "PUBLIC_BASE_URL": self.url,
            "WALLET_BASE_URL": self.wallet_url,
            "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
            "SIMULATOR_DEBUG": "0",
            "SIMULATOR_ALLOWED": "1",
            "SECRET_KEY": "only-for-load-and-nothing-else",
            "ALLOWED_HOSTS": "127.0.0.1",
        }
        self._fill()
        log = (self.folder / "log").open("ab")
        for name, (command, extra) in self._commands().items():
            self._running[name] = subprocess.Popen(
                command, cwd=BASE_DIR, env=self.environment | extra, stdout=log, stderr=subprocess.STDOUT
            )
        log.close()
        wait_until(self._ready, "the market is ready", timeout_s=START_TIMEOUT_S, told_by=self.log)
        self._open_wallets()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._running.values():
            process.kill()
            process.wait(timeout=20)
        self.valkey.close()
        self.server.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-6_000:]

    def used(self) -> dict[str, tuple[float, float]]:
        """Return (seconds of CPU, MB of memory of its own) by process, PostgreSQL and Valkey too."""
        found = {name: _used(psutil.Process(process.pid)) for name, process in self._running.items()}
        servers = [_used(process) for process in self.server.processes()]
        found["postgresql"] = sum(cpu for cpu, _ in servers), sum(mb for _, mb in servers)
        found["valkey"] = _used(self.valkey.process())
        return found

    def pid(self, name: str) -> int:
        return self._running[name].pid

    def _commands(self) -> dict[str, Command]:
        house = processes.commands(port=self.port, wallet_port=self.wallet_port)
        command, _ = house["beat"]
        command[command.index("--schedule") + 1] = str(self.folder / "schedule")
        if self._shops == 1:
            return house
        ports = {f"shop-{number}": free_port() for number in range(1, self._shops + 1)}
        del house["shop"]
        for name, port in ports.items():
            house[name] = processes.commands(port=port, wallet_port=self.wallet_port)["shop"]
        house["proxy"] = front.proxy(self.folder / "proxy", port=self.port, shops=list(ports.values())), {}
        return house

    def _fill(self) -> None:
        # Demo accounts have a published password: they are made where DEBUG is on, in this database alone.
        shop = self.environment | {"DJANGO_SETTINGS_MODULE": "marketplace.settings.dev"}
        wallet = self.environment | {"DJANGO_SETTINGS_MODULE": WALLET_SETTINGS, "SIMULATOR_DEBUG": "1"}
        for which, environment in (("shop", shop), ("wallet", wallet)):
            prepare = ["-m", "marketplace.local.prepare", which]
            subprocess.run([psutil.Process().exe(), *prepare], check=True, cwd=BASE_DIR, env=environment)
        self.server.do(DATABASE, STOCK)

    def _open_wallets(self) -> None:
        with httpx.Client(base_url=self.wallet_url, timeout=60, trust_env=False) as http:
            for number in self.buyers:
                body: dict[str, Any] = {"operator": "viettel", "msisdn": number, "name": "Khách"}
                body |= {"pin": PIN, "balance_vnd": BUYER_VND}
                http.post("/sim/wallets/", json=body).raise_for_status()

    def _ready(self) -> bool:
        for name, process in self._running.items():
            assert process.poll() is None, f"{name} ended: {self.log()}"
        try:
            answers = [
                httpx.get(url, timeout=20, trust_env=False).status_code
                for url in (f"{self.url}/readyz", f"{self.wallet_url}/sim/health")
            ]
        except httpx.HTTPError:
            return False
        return answers == [200, 200]


def _used(process: psutil.Process) -> tuple[float, float]:
    try:
        times = process.cpu_times()
        return times.user + times.system, process.memory_full_info().uss / 1e6
    except psutil.NoSuchProcess:
        return 0.0, 0.0
