from datetime import date, timedelta

from django.db import migrations

SOURCE = "Terms of sale of the market: a seller answers a complaint within 48 hours"
PROVINCE_HOURS = 120


def add_rule(apps, schema_editor):
    apps.get_model("settlement", "LadderRule").objects.create(
        valid_from=date(2020, 1, 1),  # before anything was sold
        seller_hours=48,
        commune_hours=72,
        province_hours=PROVINCE_HOURS,
        source=SOURCE,
    )
    # What was complained of before there was a ladder was always decided by the market's staff.
    disputes = apps.get_model("settlement", "Dispute").objects
    for dispute in disputes.filter(answer_by=None).order_by("pk"):
        dispute.level = "province"
        dispute.answer_by = dispute.opened_at + timedelta(hours=PROVINCE_HOURS)
        dispute.save(update_fields=["level", "answer_by"])


def remove_rule(apps, schema_editor):
    apps.get_model("settlement", "LadderRule").objects.filter(source=SOURCE).delete()


class Migration(migrations.Migration):
    dependencies = [("settlement", "0008_ladder_of_disputes")]

    operations = [migrations.RunPython(add_rule, remove_rule)]
