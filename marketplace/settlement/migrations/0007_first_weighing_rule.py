from datetime import date

from django.db import migrations

SOURCE = "Terms of sale of the market: what is weighed may cost 10 % more than its estimate at most"


def add_rule(apps, schema_editor):
    apps.get_model("settlement", "WeighingRule").objects.create(
        valid_from=date(2020, 1, 1),  # before anything was sold
        margin_percent=10,
        pay_within_days=3,
        source=SOURCE,
    )


def remove_rule(apps, schema_editor):
    apps.get_model("settlement", "WeighingRule").objects.filter(source=SOURCE).delete()


class Migration(migrations.Migration):
    dependencies = [("settlement", "0006_weighing_rule")]

    operations = [migrations.RunPython(add_rule, remove_rule)]
