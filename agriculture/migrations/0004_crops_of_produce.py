from django.db import migrations

from agriculture.crops import crop_of


def name_crops(apps, schema_editor):
    produce = apps.get_model("agriculture", "Produce").objects
    for pk, category, title in produce.filter(crop="").values_list("pk", "category", "product__title"):
        crop = crop_of(title or "")
        if crop is not None and crop.category == category:
            produce.filter(pk=pk).update(crop=crop.key)


class Migration(migrations.Migration):
    dependencies = [("agriculture", "0003_crops")]

    operations = [migrations.RunPython(name_crops, migrations.RunPython.noop)]
