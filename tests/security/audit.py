"""``make audit`` and ``make sbom``: what is known against what is locked, and the list of what is inside.

Both read the locked requirements, never what happens to be installed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from marketplace.local.paths import BASE_DIR, VAR_DIR

# What runs in production, and what a machine that does everything adds. The wallet operator's are its own.
LOCKS = ("local", "wallet")
SHIPPED = ("base", "wallet")
AUDIT_TAKES_S = 300
CLEAN, HOLES, UNKNOWN = 0, 1, 2


def lock(name: str) -> Path:
    return BASE_DIR / "requirements" / f"{name}.txt"


def audit(*, osv_url: str = "", locks: Sequence[Path] = ()) -> int:
    """Ask who keeps the list of known holes about every locked version; print what is known.

    Returns 0 if nothing is known, 1 if something is, and 2 if not all could be asked about: silence of a
    list that was not reached is no good news.
    """
    command = [str(Path(sys.executable).with_name("pip-audit")), "--format", "json", "--timeout", "10"]
    command += ["--disable-pip", "--require-hashes", "--progress-spinner", "off"]
    command += ["--vulnerability-service", "osv", "--osv-url", osv_url] if osv_url else []
    for path in locks or [lock(name) for name in LOCKS]:
        command += ["--requirement", str(path)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=AUDIT_TAKES_S, check=False)
        packages = json.loads(done.stdout)["dependencies"]
    except subprocess.TimeoutExpired:
        return _not_audited(f"no end after {AUDIT_TAKES_S} seconds")
    except ValueError:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        return _not_audited(said[-1] if said else f"pip-audit ended with {done.returncode}")
    return _tell(packages)


def _tell(packages: list[dict[str, Any]]) -> int:
    skipped = [package for package in packages if "skip_reason" in package]
    holes = [(package, hole) for package in packages for hole in package.get("vulns", [])]
    for package, hole in holes:
        better = ", ".join(hole["fix_versions"]) or "none yet"
        print(f"{package['name']} {package['version']}: {hole['id']}, mended in: {better}")
    if holes:
        print("Raise what is named above in requirements/*.in, then `make lock`.")
        return HOLES
    if skipped:
        names = ", ".join(package["name"] for package in skipped[:5])
        return _not_audited(f"{len(skipped)} of {len(packages)} packages are unknown there: {names} ...")
    print(f"{len(packages)} locked packages, nothing known against them.")
    return CLEAN


def _not_audited(why: str) -> int:
    print(f"NOT AUDITED: {why}.\nNothing is known about the locked packages. Try again with the internet.")
    return UNKNOWN


def write_sbom(folder: Path, *, locks: Sequence[str] = SHIPPED) -> list[Path]:
    """Write a CycloneDX list of what each image holds into ``folder``; needs no network."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in locks:
        path = folder / f"{name}.cdx.json"
        tool = str(Path(sys.executable).with_name("cyclonedx-py"))
        command = [tool, "requirements", str(lock(name)), "--output-reproducible", "--of", "JSON", "-o"]
        subprocess.run([*command, str(path)], check=True, capture_output=True, timeout=120)
        written.append(path)
    return written


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["audit", "sbom"])
    parser.add_argument("--osv-url", default="", help="another list of known holes, that speaks OSV")
    asked = parser.parse_args()
    if asked.what == "audit":
        return audit(osv_url=asked.osv_url)
    for path in write_sbom(VAR_DIR / "sbom"):
        print(f"{path.relative_to(BASE_DIR)}: {len(json.loads(path.read_text())['components'])} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
