"""What officials are warned of at first. The province may decide otherwise: that is a new row."""

from datetime import date

from django.db import migrations

SOURCE = "Đề xuất ban đầu của sàn, chờ Sở Công Thương quyết định"
FIRST = date(2020, 1, 1)
# kind, days looked back on, limit (% or days), worth at least in đồng
RULES = [("price", 90, 15, 0), ("glut", 30, 120, 3_000_000), ("silent", 45, 0, 0)]


def write(apps, schema_editor):
    AlertRule = apps.get_model("board", "AlertRule")
    for kind, days, limit, least_vnd in RULES:
        AlertRule.objects.create(
            kind=kind, days=days, limit=limit, least_vnd=least_vnd, valid_from=FIRST, source=SOURCE
        )


def take_back(apps, schema_editor):
    apps.get_model("board", "AlertRule").objects.filter(source=SOURCE).delete()


class Migration(migrations.Migration):
    dependencies = [("board", "0001_initial")]
    operations = [migrations.RunPython(write, take_back)]
