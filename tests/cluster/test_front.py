"""Proxy and pooler are configured as their own programs accept."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from marketplace.cluster import front, topology
from marketplace.local.errors import LocalError
from marketplace.local.paths import BASE_DIR

COMPOSE = BASE_DIR / "docker" / "compose.yaml"
needs_nginx = pytest.mark.skipif(
    shutil.which("nginx", path="/usr/sbin:/usr/bin") is None,
    reason="no nginx on this machine: apt-get install nginx-light",
)


@needs_nginx
def test_nginx_accepts_what_is_written_for_it(tmp_path):
    command = front.proxy(tmp_path / "proxy", port=topology.free_port(), shops=[8001, 8002])

    judged = subprocess.run([*command, "-t"], check=False, capture_output=True, text=True)

    assert judged.returncode == 0, judged.stderr
    written = (tmp_path / "proxy" / "nginx.conf").read_text()
    assert written.count("server 127.0.0.1:80") == 2


def test_a_program_that_is_missing_is_named_with_its_package():
    with pytest.raises(
        LocalError, match="no-such-program is not installed here: apt-get install its-package"
    ):
        front.find("no-such-program", "its-package")


def test_the_cluster_has_the_services_of_the_containers(tmp_path, monkeypatch):
    monkeypatch.setattr(front, "find", lambda program, package: f"/usr/sbin/{program}")
    processes = {
        name.partition("-")[0]
        for name in topology.commands(tmp_path, database="muongthen", port=8000, wallet_port=8100)
    }
    services = set(yaml.safe_load(COMPOSE.read_text())["services"])

    # Valkey and the two servers run beside the processes; pictures lie in a folder; the rest is here.
    beside = {"primary", "replica", "valkey", "storage", "migrate", "slow-worker", "prometheus", "restored"}
    assert {"beat" if name == "scheduler" else name for name in services - beside} == processes


@pytest.mark.parametrize(
    "service", ["shop", "worker", "slow-worker", "scheduler", "wallet", "proxy", "pooler"]
)
def test_no_container_of_ours_may_write_on_its_root_or_gain_rights(service):
    described = yaml.safe_load(COMPOSE.read_text())["services"][service]

    assert described["read_only"] is True
    assert described["cap_drop"] == ["ALL"]
    assert described["security_opt"] == ["no-new-privileges:true"]


def test_the_wallet_operators_image_holds_nothing_of_the_shop():
    stages = (BASE_DIR / "docker" / "Dockerfile").read_text().split("\nFROM ")
    wallet = next(stage for stage in stages if stage.splitlines()[0].endswith(" AS wallet"))
    copied = [line.split()[1:-1] for line in wallet.splitlines() if line.startswith("COPY payments")]

    assert sorted(Path(path).as_posix() for paths in copied for path in paths) == [
        "payments/__init__.py",
        "payments/compiled.py",
        "payments/ledger",
        "payments/money.py",
        "payments/simulator",
        "payments/threaded.py",
        "payments/tracing.py",
    ]
