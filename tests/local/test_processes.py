"""The process manager, with small processes in place of the project's."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import psutil
import pytest

from tests.wallet_operator import wait_until

BASE_DIR = Path(__file__).resolve().parents[2]
# Two that run until they are stopped, the second with a child of its own.
LASTING = [sys.executable, "-c", "import signal; signal.pause()"]
NAMED = [*LASTING, "the shop"]
PARENT = [
    sys.executable,
    "-c",
    "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import signal; signal.pause()'])",
]
DRIVER = """
import sys
from marketplace.local.errors import ProcessDied
from marketplace.local.processes import House

commands = {commands!r}
house = House(
    {{name: (command, {{}}) for name, command in commands.items()}},
    {{name: lambda: True for name in commands}},
    when_ready=lambda: print("ready", flush=True),
)
try:
    house.run()
except ProcessDied as error:
    sys.exit(str(error))
"""


@pytest.fixture
def run():
    """Start a house of the given commands in a process of its own; all of them must be gone afterwards."""
    started = []

    def start(**commands: list[str]) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(DRIVER).format(commands=commands)],
            cwd=BASE_DIR,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def wait_for(process: subprocess.Popen[str], word: str) -> None:
    for line in process.stdout:
        if word in line:
            return
    raise AssertionError(process.stderr.read())


def below(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_every_process_and_their_children(run, signum):
    house = run(shop=LASTING, worker=PARENT)
    wait_for(house, "ready")
    # The worker's child may still be on its way when its parent already answers.
    processes = wait_until(lambda: len(below(house)) >= 5 and below(house), "all processes are there")

    os.kill(house.pid, signum)
    _, errors = house.communicate(timeout=20)

    assert (house.returncode, errors) == (0, "")
    assert psutil.wait_procs(processes, timeout=5)[1] == []


def test_a_process_that_dies_stops_the_others_and_is_named_with_its_exit_code(run):
    house = run(shop=LASTING, worker=PARENT, beat=[sys.executable, "-c", "import sys; sys.exit(3)"])

    _, errors = house.communicate(timeout=20)

    assert house.returncode == 1
    assert errors == (
        "The process 'beat' ended with exit code 3, so everything was stopped. What it said is above.\n"
    )


def test_a_process_that_is_killed_is_named_with_the_signal(run):
    house = run(shop=NAMED, worker=PARENT)
    wait_for(house, "ready")
    processes = below(house)
    shop = next(process for process in processes if process.cmdline() == NAMED)

    shop.kill()
    _, errors = house.communicate(timeout=20)

    assert house.returncode == 1
    assert errors.startswith("The process 'shop' ended by signal SIGKILL, so everything was stopped.")
    assert psutil.wait_procs(processes, timeout=5)[1] == []


def test_what_a_process_says_is_shown_under_its_name(run):
    house = run(shop=[sys.executable, "-c", "print('Điện Biên')"])

    output, _ = house.communicate(timeout=20)

    assert any(line.endswith("shop   | Điện Biên") for line in output.splitlines())
