from datetime import date

from django.db import migrations

FIRST_DAY = date(2020, 1, 1)  # before anything was sold
SOURCE = "operator's own rule"


def add_rule(apps, schema_editor):
    apps.get_model("counter", "TillRule").objects.create(
        valid_from=FIRST_DAY, max_days=3, max_vnd=20_000_000, source=SOURCE
    )


def remove_rule(apps, schema_editor):
    apps.get_model("counter", "TillRule").objects.filter(valid_from=FIRST_DAY, source=SOURCE).delete()


class Migration(migrations.Migration):
    dependencies = [("counter", "0001_initial")]

    operations = [migrations.RunPython(add_rule, remove_rule)]
