"""Borders that an import linter cannot see: foreign keys are named by strings."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Field, Model

BASE_DIR = Path(__file__).resolve().parents[2]

# The floors of the house, from the top; a foreign key may point to the same floor or down.
FLOORS = [
    {
        "marketplace.shop",
        "marketplace.api",
        "marketplace.counter",
        "marketplace.board",
        "marketplace.organising",
        "marketplace.hosting",
        "marketplace.packages",
        "marketplace.joining",
        "marketplace.listing",
        "marketplace.packing",
        "marketplace.keypad",
        "marketplace.regulars",
        "marketplace.indicators",
        "marketplace.departments",
        "marketplace.operations",
    },
    {"marketplace.fulfilment"},
    {"marketplace.settlement"},
    {"marketplace.statistics"},
    {"agriculture", "tourism"},
    {"marketplace.delivery"},
    {"marketplace.messaging"},
    {"marketplace.sellers"},
    {"marketplace.switches"},
    {"marketplace.accounts"},
    {"marketplace.places"},
]
PAYMENTS = {"payments", "payments.ledger"}
LEVELS = {package: level for level, packages in enumerate(FLOORS) for package in packages}
OURS = set(LEVELS) | PAYMENTS | {"frontend"}


def package_of(model: type[Model]) -> str | None:
    """Return the package of ours that defines ``model``'s table, None if a library does."""
    name = model.__module__
    within = [package for package in OURS if name == package or name.startswith(f"{package}.")]
    return max(within, key=len, default=None)


def foreign_keys() -> list[tuple[str, str, Field]]:
    """Return (from, to, field) for every foreign key between two packages of ours."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        source = package_of(model)
        for field in model._meta.get_fields():
            if source is None or not getattr(field, "remote_field", None) or field.auto_created:
                continue
            target = package_of(field.related_model) if isinstance(field.related_model, type) else None
            if target is not None and target != source:
                found.append((source, target, field))
    return found


def test_foreign_keys_point_down_the_floors():
    up = [
        str(field)
        for source, target, field in foreign_keys()
        if source in LEVELS and target in LEVELS and LEVELS[target] < LEVELS[source]
    ]

    assert up == []


def test_no_foreign_key_joins_agriculture_and_tourism():
    joined = [str(field) for *ends, field in foreign_keys() if set(ends) == {"agriculture", "tourism"}]

    assert joined == []


def test_no_foreign_key_leaves_payments_except_to_the_ledger():
    leaving = [
        str(field)
        for source, target, field in foreign_keys()
        if source in PAYMENTS and target not in PAYMENTS
    ]

    assert leaving == []


def test_payments_have_no_foreign_key_to_a_table_of_oscar():
    to_oscar = [
        str(field)
        for model in apps.get_models()
        if package_of(model) in PAYMENTS
        for field in model._meta.get_fields()
        if isinstance(field.related_model, type) and "oscar" in field.related_model.__module__
    ]

    assert to_oscar == []


def test_the_ledger_s_tables_are_referred_to_by_the_ledger_alone():
    from_outside = [
        str(field)
        for source, target, field in foreign_keys()
        if target == "payments.ledger" and source != "payments.ledger"
    ]

    assert from_outside == []


def test_oscar_s_tables_come_from_oscar_s_own_migrations(settings):
    forked = [config for config in apps.get_app_configs() if config.name.startswith("marketplace.shop.")]

    migrations = {config.label: settings.MIGRATION_MODULES.get(config.label) for config in forked}

    # An app of ours that forks one of Oscar's must not grow tables of its own.
    own = {label for label, module in migrations.items() if module != f"oscar.apps.{label}.migrations"}
    assert {model for label in own for model in apps.get_app_config(label).get_models()} == set()


@pytest.mark.parametrize(
    "path", sorted((BASE_DIR / "payments" / "providers").rglob("*.py")), ids=lambda p: p.name
)
def test_a_provider_touches_no_table(path):
    tree = ast.parse(path.read_text())

    imported = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }

    assert not {name for name in imported if name.startswith("django.db")}


def test_the_floors_are_those_the_import_linter_checks():
    import tomllib

    contracts = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    floors = next(contract["layers"] for contract in contracts if contract["id"] == "floors")

    assert [set(floor.replace("|", ":").replace(" ", "").split(":")) for floor in floors] == FLOORS
