"""`make bench`: what the main paths cost, as ratios to a reference measured in the same run.

`make bench ARGS="ledger payments"` measures some groups only, `make bench ARGS="statistics --lines 10000000"`
more lines.
Runs on a database of its own, copied from the tests' migrated one and dropped at the end, and writes
var/bench.json. Exits with 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
from functools import partial

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.test")


GROUPS = (
    "shop",
    "search",
    "photos",
    "imports",
    "stays",
    "ledger",
    "payments",
    "statistics",
    "releases",
    "exports",
    "soak",
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description="Measure against references.")
    parser.add_argument(
        "groups", nargs="*", metavar="GROUP", help=f"any of {', '.join(GROUPS)}; all if left out"
    )
    parser.add_argument(
        "--lines", type=int, default=1_000_000, metavar="N", help="sale lines of the group statistics"
    )
    arguments = parser.parse_args()
    groups = arguments.groups or list(GROUPS)
    if unknown := set(groups) - set(GROUPS):
        parser.error(f"There is no group {', '.join(sorted(unknown))}. Choose from {', '.join(GROUPS)}.")
    django.setup()
    # These need the settings.
    from django.db import connection
    from django.test.utils import setup_test_environment, teardown_test_environment

    from marketplace.local.paths import VAR_DIR
    from tests import database
    from tests.benchmarks import (
        exports,
        imports,
        ledger,
        payments,
        photos,
        releasing,
        scenes,
        search,
        soak,
        stays,
        summaries,
    )
    from tests.factories import load_province

    setup_test_environment()
    connection.settings_dict["TEST"]["TEMPLATE"] = database.migrated_template()
    connection.settings_dict["TEST"]["NAME"] = f"bench_{os.getpid()}"
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        load_province()
        measures = {
            "shop": scenes.shop,
            "search": search.search,
            "photos": photos.photos,
            "imports": imports.listed,
            "stays": stays.stays,
            "ledger": ledger.posting,
            "payments": payments.checkout_to_paid,
            "statistics": partial(summaries.summarised, arguments.lines),
            "releases": releasing.releasing,
            "exports": exports.streamed,
            "soak": soak.worker_memory,
        }
        results = [result for group in groups for result in measures[group]()]
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        teardown_test_environment()
    for result in results:
        mark = "holds" if result.holds else "MISSED"
        print(
            f"{result.name:<58} {result.ours:>9.2f} {result.unit} : {result.reference:>9.2f} {result.unit} "
            f"= {result.ratio:>6.2f}  (goal {result.goal:g}) {mark}"
        )
    path = VAR_DIR / "bench.json"
    path.write_text(json.dumps([dataclasses.asdict(result) for result in results], indent=2) + "\n")
    print(f"Written to {path.relative_to(VAR_DIR.parent)}.")
    return 0 if all(result.holds for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
