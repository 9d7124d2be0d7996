"""The whole house as real processes on the test database: shop, worker, scheduler, wallet operator."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit

import httpx
from django.db import connection

from marketplace.cluster import topology
from marketplace.local import processes
from marketplace.local.processes import Command
from tests.wallet_operator import BASE_DIR, WalletOperator, free_port, wait_until


class Market:
    """Starts everything; ``kill`` and ``restart`` single processes by name (shop, worker, beat)."""

    def __init__(self) -> None:
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        # What phones write and dial goes to this shop, whose address is known before it runs.
        self.wallet = WalletOperator(
            environment={
                "SANDBOX_SMS_URL": f"{self.base_url}/sms/inbound/",
                "SANDBOX_USSD_URL": f"{self.base_url}/ussd/",
            }
        )
        self.http = httpx.Client(base_url=self.base_url, timeout=20, trust_env=False)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._log = tempfile.NamedTemporaryFile(mode="w+b", suffix=".log")  # noqa: SIM115  (closed in close)
        self._prefix = f"e2e-{os.getpid()}"

    def __enter__(self) -> Self:
        self.wallet.start()
        self._commands = self._house()
        for name in self._commands:
            self.restart(name)
        wait_until(self._ready, "the shop is ready", timeout_s=60, told_by=self.log)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in list(self._running):
            self.kill(name)
        self.http.close()
        self.wallet.close()
        self._log.close()

    def _house(self) -> dict[str, Command]:
        """Return the commands: one of each, or those of the cluster whose databases the tests are on."""
        if folder := os.environ.get("CLUSTER"):
            name = connection.settings_dict["NAME"]
            house = topology.commands(
                Path(folder), database=name, port=self.port, wallet_port=self.wallet.port
            )
        else:
            house = processes.commands(port=self.port, wallet_port=self.wallet.port)
        del house["wallet"]
        return house

    def restart(self, kind: str) -> None:
        """Start the process of a kind, such as ``worker``, or all of them where a cluster has several."""
        for name in self._names(kind):
            command, extra = self._commands[name]
            if name == "beat":  # a schedule of its own, so that a `make run` beside the tests keeps its
                command[command.index("--schedule") + 1] = f"{self._log.name}.schedule"
            self._running[name] = subprocess.Popen(
                command,
                cwd=BASE_DIR,
                env=self._environment() | extra,
                stdout=self._log,
                stderr=subprocess.STDOUT,
            )

    def kill(self, kind: str) -> None:
        """End the process of a kind, or all of them, as the power would."""
        for name in self._names(kind):
            process = self._running.pop(name)
            process.kill()
            process.wait(timeout=20)

    def _names(self, kind: str) -> list[str]:
        return [name for name in self._commands if name == kind or name.rpartition("-")[0] == kind]

    def log(self) -> str:
        if not os.path.exists(self._log.name):  # everything is closed
            return ""
        with open(self._log.name, encoding="utf-8", errors="replace") as log:
            return log.read()[-8_000:]

    def _ready(self) -> bool:
        try:
            return self.http.get("/readyz").status_code == 200
        except httpx.HTTPError:
            return False

    def _environment(self) -> dict[str, str]:
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "marketplace.settings.dev",
            "DATABASE_URL": _url_of_test_database(),
            "CACHE_PREFIX": self._prefix,
            "PUBLIC_BASE_URL": self.base_url,
            "WALLET_BASE_URL": self.wallet.base_url,
            # As `make run` does where no key of Stripe's is given.
            "STRIPE_API_KEY": "sk_test_demo_muongthen",
            "STRIPE_WEBHOOK_SECRET": "whsec_demo_muongthen",
            "STRIPE_API_BASE": f"{self.wallet.base_url}/stripe",
        }


def _url_of_test_database() -> str:
    """The address of the database this test process is connected to."""
    settings: dict[str, Any] = connection.settings_dict
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{quote(settings['NAME'])}").geturl()
