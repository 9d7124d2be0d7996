from datetime import date

from django.db import migrations

FIRST_DAY = date(2020, 1, 1)  # of the oldest figures
SOURCE = (
    "Eurostat, Handbook on Statistical Disclosure Control, ch. 4.2: p%-rule with p = 10; no rounding, so that "
    "published figures add up to the đồng"
)


def add_rule(apps, schema_editor):
    rules = apps.get_model("releases", "PublicationRule").objects
    rules.get_or_create(valid_from=FIRST_DAY, defaults={"p_percent": 10, "round_to_vnd": 1, "source": SOURCE})


def remove_rule(apps, schema_editor):
    apps.get_model("releases", "PublicationRule").objects.filter(valid_from=FIRST_DAY, source=SOURCE).delete()


class Migration(migrations.Migration):
    dependencies = [("releases", "0001_initial")]

    operations = [migrations.RunPython(add_rule, remove_rule)]
