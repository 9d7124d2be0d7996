from datetime import date

from django.db import migrations

FIRST_DAY = date(2020, 1, 1)  # before anything was booked

POLICIES = [
    (
        "flexible",
        "Linh hoạt",
        "Flexible",
        "Hủy trước giờ nhận phòng 24 giờ: hoàn toàn bộ. Hủy muộn hơn, trước giờ nhận phòng: hoàn một nửa.",
        "Everything back up to 24 hours before check-in. Later, until check-in, half of it.",
        [(24, 100), (0, 50)],
    ),
    (
        "moderate",
        "Vừa phải",
        "Moderate",
        "Hủy trước giờ nhận phòng 5 ngày: hoàn toàn bộ. Hủy trước 24 giờ: hoàn một nửa. Sau đó không hoàn.",
        "Everything back up to 5 days before check-in, half up to 24 hours before. After that nothing.",
        [(120, 100), (24, 50)],
    ),
    (
        "firm",
        "Chặt chẽ",
        "Firm",
        "Hủy trước giờ nhận phòng 14 ngày: hoàn toàn bộ. Hủy trước 7 ngày: hoàn một nửa. Sau đó không hoàn.",
        "Everything back up to 14 days before check-in, half up to 7 days before. After that nothing.",
        [(336, 100), (168, 50)],
    ),
    (
        "strict",
        "Nghiêm ngặt",
        "Strict",
        "Hủy trước giờ nhận phòng 30 ngày: hoàn toàn bộ. Hủy trước 14 ngày: hoàn một nửa. Sau đó không hoàn.",
        "Everything back up to 30 days before check-in, half up to 14 days before. After that nothing.",
        [(720, 100), (336, 50)],
    ),
]


def add_policies(apps, schema_editor):
    policies = apps.get_model("tourism", "CancellationPolicy").objects
    for code, name, name_en, text, text_en, steps in POLICIES:
        policies.create(
            code=code,
            valid_from=FIRST_DAY,
            name=name,
            name_en=name_en,
            text=text,
            text_en=text_en,
            steps=[{"hours_before": hours, "refund_percent": percent} for hours, percent in steps],
        )


def remove_policies(apps, schema_editor):
    apps.get_model("tourism", "CancellationPolicy").objects.filter(valid_from=FIRST_DAY).delete()


class Migration(migrations.Migration):
    dependencies = [("tourism", "0009_terms")]

    operations = [migrations.RunPython(add_policies, remove_policies)]
