"""The wallet operator as a real process with a database of its own, for whoever needs one in a test.

with WalletOperator() as operator:
    operator.cash_in("0399000001", 50_000)
    prompt = operator.wait_for_prompt("0399000001")
    operator.accept(prompt["id"])
    operator.kill()       # as the power would
    operator.restart()
"""

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import httpx
import psycopg
from psycopg import sql

BASE_DIR = Path(__file__).resolve().parents[1]
SETTINGS = "payments.simulator.settings"
PIN = "135790"
START_TIMEOUT_S = 40.0

Found = TypeVar("Found")


class WalletOperator:
    """One operator process on a free loopback port. ``database_url`` names a server; the database is new."""

    def __init__(self, database_url: str = "", *, environment: Mapping[str, str] | None = None) -> None:
        server = database_url or os.environ["DATABASE_URL"]
        self._database = f"wallet_test_{os.getpid()}_{secrets.token_hex(4)}"
        self._admin_url = _with_database(server, "postgres")
        self.database_url = _with_database(server, self._database)
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self._log = tempfile.TemporaryFile(mode="w+b")  # noqa: SIM115  (closed by close())
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("WALLET_")},
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "WALLET_DATABASE_URL": self.database_url,
            # What a test wrote may be lost with the power: nobody waits for the disk.
            "PGOPTIONS": "-c synchronous_commit=off",
            # Whoever leaves no callback URL hears at once, so that a test need not poll.
            **{f"WALLET_{name}_ANSWERS_LATER": "0" for name in ("VIETTEL", "VNPT", "MOBIFONE")},
            **(environment or {}),
        }
        self.http = httpx.Client(base_url=self.base_url, timeout=20, trust_env=False)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- the process ---------------------------------------------------------------------------

    def start(self) -> None:
        """Create the database with the demonstration's wallets, and start the process."""
        with psycopg.connect(self._admin_url, autocommit=True) as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self._database)))
        self.manage("migrate", "--verbosity", "0")
        self.manage("load_demo_wallets")
        self.restart()

    def restart(self) -> None:
        """Start the process again, on the same port and database, and wait until it answers."""
        assert self._process is None, "kill() or stop() it first"
        command = [sys.executable, "-m", "uvicorn", "payments.simulator.asgi:application", "--lifespan", "on"]
        command += ["--host", "127.0.0.1", "--port", str(self.port), "--no-access-log"]
        self._process = subprocess.Popen(
            command, cwd=BASE_DIR, env=self._environment, stdout=self._log, stderr=subprocess.STDOUT
        )
        wait_until(self._answers, "the wallet operator answers", timeout_s=START_TIMEOUT_S, told_by=self.log)

    def kill(self) -> None:
        """End the process at once, with SIGKILL: it gets to write nothing any more."""
        self._end(lambda process: process.kill())

    def stop(self) -> None:
        """Ask the process to end, and wait."""
        self._end(lambda process: process.terminate())

    def close(self) -> None:
        """End the process and drop its database."""
        self.kill()
        self.http.close()
        self._log.close()
        with psycopg.connect(self._admin_url, autocommit=True) as admin:
            name = sql.Identifier(self._database)
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def manage(self, *words: str) -> str:
        """Run one management command in the operator's project, and return what it printed."""
        command = [sys.executable, "-m", "django", *words]
        ran = subprocess.run(
            command, check=False, cwd=BASE_DIR, env=self._environment, capture_output=True, text=True
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def log(self) -> str:
        """Return what the process has printed so far."""
        self._log.seek(0)
        return self._log.read().decode(errors="replace")

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"The wallet operator ended by itself:\n{self.log()}")
        try:
            return self.http.get("/sim/health").status_code == 200
        except httpx.HTTPError:
            return False

    def _end(self, how: Callable[[subprocess.Popen[bytes]], None]) -> None:
        if self._process is not None:
            how(self._process)
            self._process.wait(timeout=20)
            self._process = None

    # --- what people and tests do with it ------------------------------------------------------

    def open_wallet(
        self,
        msisdn: str,
        *,
        operator: str = "viettel",
        balance_vnd: int = 0,
        name: str = "Khách",
        pin: str = PIN,
    ) -> dict[str, Any]:
        body = {"operator": operator, "msisdn": msisdn, "name": name, "pin": pin, "balance_vnd": balance_vnd}
        return self._ask("POST", "/sim/wallets/", json=body)

    def cash_in(self, msisdn: str, amount_vnd: int, *, operator: str = "") -> dict[str, Any]:
        body = {"amount_vnd": amount_vnd, "operator": operator}
        return self._ask("POST", f"/sim/wallets/{msisdn}/cash-in/", json=body)

    def balance_vnd(self, msisdn: str, *, operator: str = "viettel") -> int:
        wallets = self._ask("GET", f"/sim/wallets/{msisdn}/")["wallets"]
        return next(int(wallet["balance_vnd"]) for wallet in wallets if wallet["operator"] == operator)

    def prompts(self, msisdn: str = "") -> list[dict[str, Any]]:
        """Return the open prompts of one phone, or of all."""
        found: list[dict[str, Any]] = self._ask("GET", "/sim/prompts/", params={"msisdn": msisdn})["prompts"]
        return found

    def wait_for_prompt(self, msisdn: str, *, reference: str = "", timeout_s: float = 10.0) -> dict[str, Any]:
        """Return the open prompt of ``msisdn`` (for the order ``reference``), as soon as there is one."""

        def the_prompt() -> dict[str, Any] | None:
            matching = [item for item in self.prompts(msisdn) if reference in ("", item["reference"])]
            return matching[0] if matching else None

        return wait_until(the_prompt, f"{msisdn} is asked to pay", timeout_s=timeout_s)

    def answer(self, prompt_id: str, *, accept: bool, pin: str = PIN) -> httpx.Response:
        """Answer a prompt and return what the operator says, refused or not."""
        return self.http.post(f"/sim/prompts/{prompt_id}/", json={"pin": pin, "accept": accept})

    def accept(self, prompt_id: str, *, pin: str = PIN) -> dict[str, Any]:
        return _checked(self.answer(prompt_id, accept=True, pin=pin))

    def decline(self, prompt_id: str) -> dict[str, Any]:
        return _checked(self.answer(prompt_id, accept=False))

    def faults(self, *, seed: str = "1", **faults: Any) -> dict[str, Any]:
        """Set a plan of faults, for instance ``faults(drop_callbacks=1)``. Replaces the one before."""
        return self._ask("POST", "/sim/faults/", json={"seed": seed} | faults)

    def callbacks(self, correlation_id: str) -> list[dict[str, Any]]:
        """Return what the operator did about telling how a request ended."""
        params = {"correlation_id": correlation_id}
        found: list[dict[str, Any]] = self._ask("GET", "/sim/callbacks/", params=params)["callbacks"]
        return found

    def books_are_right(self) -> bool:
        """Return whether all balances sum to zero and each is the sum of its entries."""
        with psycopg.connect(self.database_url) as books:
            total = books.execute("SELECT coalesce(sum(balance_vnd), 0) FROM ledger_account").fetchone()
            wrong = books.execute(
                "SELECT a.code FROM ledger_account a LEFT JOIN ledger_entry e ON e.account_id = a.id "
                "GROUP BY a.id HAVING a.balance_vnd <> coalesce(sum(e.amount_vnd), 0)"
            ).fetchall()
        return total == (0,) and not wrong

    def no_faults(self) -> None:
        self.http.delete("/sim/faults/").raise_for_status()

    def statement(self, operator: str, day: str, *, merchant: str = "") -> str:
        """Return what ``operator`` completed on ``day`` (ISO), for all or for one merchant, as CSV."""
        path = f"/sim/statements/{operator}/{day}/"
        return self.http.get(path, params={"merchant": merchant}).raise_for_status().text

    def _ask(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        return _checked(self.http.request(method, path, **options))


def wait_until(
    look: Callable[[], Found | None],
    what: str,
    *,
    timeout_s: float = 15.0,
    told_by: Callable[[], str] = str,
) -> Found:
    """Look until there is something, and return it. Fails the test after ``timeout_s``, saying for what."""
    deadline = time.monotonic() + timeout_s
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited {timeout_s:g} s in vain until {what}.\n{told_by()}")
        # Another process works meanwhile; there is nothing here to be woken by.
        time.sleep(0.05)


def _checked(answer: httpx.Response) -> dict[str, Any]:
    assert answer.is_success, (
        f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    )
    body: dict[str, Any] = answer.json()
    return body


def _with_database(url: str, name: str) -> str:
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
