"""What docker/ says, read here since an engine is not everywhere: images, volumes, health, alerts."""

import re
from typing import Any

import pytest
import yaml
from django.test import Client

from marketplace.local.paths import BASE_DIR

DOCKER = BASE_DIR / "docker"
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (DOCKER / "Dockerfile").read_text()
RULES = [
    rule
    for group in yaml.safe_load((DOCKER / "prometheus" / "rules.yml").read_text())["groups"]
    for rule in group["rules"]
]
# Of every program that Prometheus asks, and of every Python program.
NOT_OURS = {"up", "process_resident_memory_bytes"}


def known_variables() -> set[str]:
    return set(re.findall(r"^# ?([A-Z][A-Z0-9_]+)=", (BASE_DIR / ".env.example").read_text(), re.MULTILINE))


def targets() -> dict[str, str]:
    """Return what the Dockerfile says of each of its targets."""
    parts = re.split(r"^FROM \S+ AS (\S+)$", DOCKERFILE, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_every_variable_of_the_containers_is_explained():
    asked = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", (DOCKER / "compose.yaml").read_text()))
    given = {name for service in ("shop", "migrate") for name in SERVICES[service]["environment"]}

    assert asked | given <= known_variables()


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_is_ours_or_has_a_version(name):
    service = SERVICES[name]

    if "build" in service:
        assert service["build"]["dockerfile"] == "docker/Dockerfile"
        assert service["build"]["target"] in targets()
        assert service["image"] == f"muongthen/{service['build']['target']}:${{VERSION:-latest}}"
    else:
        assert re.fullmatch(r"[a-z0-9./-]+:v?\d[\d.]*", service["image"])


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_says_whether_it_is_well(name):
    service = SERVICES[name]

    healthcheck = service.get("healthcheck", {})
    by_image = "build" in service and "HEALTHCHECK" in targets()[service["build"]["target"]]
    # A scheduler answers nobody: its signs of life are in the figures. Migrating ends by itself.
    assert by_image or "test" in healthcheck or name in {"scheduler", "migrate"}
    assert ("disable" in healthcheck) == (name in {"scheduler", "migrate"})
    assert service.get("restart") == ("no" if name == "migrate" else "unless-stopped")


def test_what_is_mounted_and_waited_for_is_there():
    for service in SERVICES.values():
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            if source.startswith("./"):
                assert (DOCKER / source).is_file(), source
            elif not source.startswith("$"):
                assert source in COMPOSE["volumes"]
        for config in service.get("configs", ()):
            assert config["source"] in COMPOSE["configs"]
        for other, condition in service.get("depends_on", {}).items():
            is_probed = "test" in SERVICES[other].get("healthcheck", {}) or "build" in SERVICES[other]
            assert condition["condition"] != "service_healthy" or is_probed, other
    mounted = {
        volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())
    }
    assert set(COMPOSE["volumes"]) <= mounted


@pytest.mark.parametrize("path", re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE))
def test_what_is_copied_into_an_image_is_there(path):
    assert all((BASE_DIR / each).exists() for each in path.split())


@pytest.mark.django_db
def test_every_figure_that_an_alert_looks_at_is_told(client):
    text = client.get("/metrics").content.decode()
    told = set(re.findall(r"^# TYPE (\w+) ", text, re.MULTILINE))
    for name in re.findall(r"^# TYPE (\w+) histogram$", text, re.MULTILINE):
        told |= {f"{name}_bucket", f"{name}_count", f"{name}_sum"}

    asked = {name for rule in RULES for name in re.findall(r"\b(?:market_\w+|process_\w+)\b", rule["expr"])}

    assert asked - NOT_OURS <= told
    assert len(asked) > 15


def test_the_figures_are_not_shown_to_the_world():
    assert Client().get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 404
    assert "location = /metrics { return 404; }" in (DOCKER / "proxy" / "shop.conf").read_text()
