from datetime import date, time

from django.db import migrations

FIRST_DAY = date(2021, 7, 1)  # when the Law on Residence came into force
SOURCE = (
    "Luật Cư trú 68/2020/QH14, điều 30: trước 23 giờ, ai đến muộn thì trước 8 giờ hôm sau; "
    "Nghị định 96/2016/NĐ-CP, điều 44: lưu 36 tháng; thời hạn đánh giá: quy định của chợ"
)


def add_rule(apps, schema_editor):
    apps.get_model("desk", "RegisterRule").objects.create(
        valid_from=FIRST_DAY,
        report_until=time(23),
        late_report_until=time(8),
        keep_months=36,
        review_days=14,
        source=SOURCE,
    )


def remove_rule(apps, schema_editor):
    apps.get_model("desk", "RegisterRule").objects.filter(valid_from=FIRST_DAY, source=SOURCE).delete()


class Migration(migrations.Migration):
    dependencies = [("desk", "0001_models")]

    operations = [migrations.RunPython(add_rule, remove_rule)]
