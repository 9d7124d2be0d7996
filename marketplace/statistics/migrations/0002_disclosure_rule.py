from datetime import date

from django.db import migrations

# The first day for which there are figures at all: that of the 129 units.
FIRST_DAY = date(2020, 1, 1)
SOURCE = (
    "Eurostat, Handbook on Statistical Disclosure Control, ch. 4.2: minimum frequency rule, "
    "n = 3 contributors to a published cell"
)


def add_rule(apps, schema_editor):
    rules = apps.get_model("statistics", "DisclosureRule").objects
    rules.get_or_create(valid_from=FIRST_DAY, defaults={"min_sellers": 3, "source": SOURCE})


def remove_rule(apps, schema_editor):
    apps.get_model("statistics", "DisclosureRule").objects.filter(
        valid_from=FIRST_DAY, source=SOURCE
    ).delete()


class Migration(migrations.Migration):
    dependencies = [("statistics", "0001_initial")]

    operations = [migrations.RunPython(add_rule, remove_rule)]
