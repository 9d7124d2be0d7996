from datetime import date, time

from django.db import migrations

FIRST_DAY = date(2025, 1, 1)


def write(apps, schema_editor):
    apps.get_model("delivery", "HandlingRule").objects.get_or_create(
        valid_from=FIRST_DAY,
        defaults={
            "cut_off": time(15),
            "preparation_days": 1,
            "remind_after_days": 3,
            "return_after_days": 10,
            "return_fee_bp": 1_000,
            "source": "A design of the market, to be agreed with the provincial post",
        },
    )


def strike(apps, schema_editor):
    apps.get_model("delivery", "HandlingRule").objects.filter(valid_from=FIRST_DAY).delete()


class Migration(migrations.Migration):
    dependencies = [("delivery", "0002_shipments")]

    operations = [migrations.RunPython(write, strike)]
