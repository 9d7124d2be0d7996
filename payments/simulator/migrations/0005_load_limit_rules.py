from datetime import date

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# Whether cash-out counts under Decree 368, and whether refunds give allowance back, is not settled by what
# was published: both are columns, to be set when it is.
RULES = (
    {
        "code": "Decision 316/QĐ-TTg",
        "valid_from": date(2021, 3, 9),
        "valid_to": date(2026, 1, 1),
        "monthly_vnd": 10_000_000,
        "essential_vnd": None,
        "counts_cash_out": True,
        "refunds_give_back": False,
    },
    {
        "code": "Decree 368/2025/NĐ-CP",
        "valid_from": date(2026, 1, 1),
        "valid_to": None,
        "monthly_vnd": 100_000_000,
        "essential_vnd": 100_000_000,
        "counts_cash_out": False,
        "refunds_give_back": True,
    },
)


def load(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    LimitRule = apps.get_model("simulator", "LimitRule")
    for rule in RULES:
        LimitRule.objects.update_or_create(code=rule["code"], defaults=rule)


def unload(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    LimitRule = apps.get_model("simulator", "LimitRule")
    LimitRule.objects.filter(code__in=[rule["code"] for rule in RULES]).delete()


class Migration(migrations.Migration):
    dependencies = [("simulator", "0004_limit_rules")]

    operations = [migrations.RunPython(load, unload)]
