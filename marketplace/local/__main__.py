"""`make run`: the whole project on one machine, until Ctrl-C or until one of its processes ends."""

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from types import FrameType
from typing import NoReturn

from . import assets, checks, processes, services, translations
from .errors import TOLD, DiskFull, LocalError, StepFailed
from .paths import BASE_DIR, VAR_DIR
from .processes import WALLET_SETTINGS, Command, House, Probe

ACCOUNTS = (
    ("0399000001", "buyer, wallet at Viettel Money with 20.000.000 ₫"),
    ("0399000002", "farmer (household) in Sín Chải"),
    ("0889000003", "homestay host in Mường Phăng"),
    ("0899000004", "official of one commune (Mường Phăng)"),
    ("0899000005", "official of the province"),
    ("0889000006", "post-point agent, who may act for farmers who consented"),
    ("0889000007", "elder of a village that hosts together"),
    ("0399000009", "administrator"),
)


def main() -> int:
    # Until honcho takes over, a polite end is the same as Ctrl-C.
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    try:
        _run()
    except LocalError as error:
        print(f"make run: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        print(
            f"make run: {DiskFull(f'No space is left below {VAR_DIR}: free some and start again.')}",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        pass
    with suppress(OSError):  # the terminal may be gone
        print("Stopped.", file=sys.stderr, flush=True)
    return 0


def _run() -> None:
    started_at = time.monotonic()
    checks.check_python()
    checks.check_disk()
    port, wallet_port = checks.read_ports()
    services.ensure_environment()
    checks.check_services()
    demonstrate(
        processes.commands(port=port, wallet_port=wallet_port),
        processes.probes(port=port, wallet_port=wallet_port),
        port=port,
        wallet_port=wallet_port,
        started_at=started_at,
    )


def demonstrate(
    commands: Mapping[str, Command],
    probes: Mapping[str, Probe],
    *,
    port: int,
    wallet_port: int,
    started_at: float,
) -> None:
    """Fill the databases that the environment names and run ``commands`` until one ends or Ctrl-C.

    Says where the shop is once every process does its work.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.dev")
    os.environ.setdefault("PUBLIC_BASE_URL", f"http://127.0.0.1:{port}")
    os.environ.setdefault("WALLET_BASE_URL", f"http://127.0.0.1:{wallet_port}")
    if not os.environ.get("STRIPE_API_KEY"):
        # The demonstration's account at the sandbox, which the wallet operator's process serves.
        os.environ["STRIPE_API_KEY"] = "sk_test_demo_muongthen"
        os.environ["STRIPE_WEBHOOK_SECRET"] = "whsec_demo_muongthen"  # noqa: S105  (nothing is secret here)
        os.environ["STRIPE_API_BASE"] = f"{os.environ['WALLET_BASE_URL']}/stripe"
    # Every line by one clock, the one Django sets in every process.
    os.environ["TZ"] = "Asia/Ho_Chi_Minh"
    time.tzset()
    translations.compile_catalogues()
    assets.prepare()
    _prepare_databases()

    def announce() -> None:
        print(_greeting(port, wallet_port, time.monotonic() - started_at), flush=True)

    House(commands, probes, when_ready=announce).run()


def _prepare_databases() -> None:
    """Migrate and seed the shop's and the wallet operator's databases, both at once."""
    environments = {
        "shop": os.environ.copy(),
        "wallet": os.environ | {"DJANGO_SETTINGS_MODULE": WALLET_SETTINGS},
    }
    running = {
        which: subprocess.Popen(
            [sys.executable, "-m", "marketplace.local.prepare", which], env=environment, cwd=BASE_DIR
        )
        for which, environment in environments.items()
    }
    try:
        for which, process in running.items():
            status = process.wait()
            if status == TOLD:
                sys.exit(1)
            if status != 0:
                raise StepFailed(
                    f"The {which}'s database could not be prepared (exit code {status}): see above."
                )
    finally:
        for process in running.values():
            process.terminate()
            process.wait()


def _greeting(port: int, wallet_port: int, seconds: float) -> str:
    rows = "\n".join(f"  {phone}  {role}" for phone, role in ACCOUNTS)
    return (
        f"\nReady: http://127.0.0.1:{port}\n"
        f"  after {seconds:.0f} s. The buyer's handset, to approve payments with the PIN: "
        f"http://127.0.0.1:{wallet_port}/phone/0399000001/\n\n"
        f"  Demo accounts, password dienbien-demo, wallet PIN 135790:\n{rows}\n\n"
        "  Ctrl-C stops everything and keeps the data.\n"
    )


def _interrupt(signum: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
