from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("agriculture", "0004_crops_of_produce"),
        ("trace", "0002_stars_become_certificates"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="produce", name="ocop_has_3_to_5_stars"),
        migrations.RemoveField(model_name="produce", name="ocop_stars"),
        migrations.RemoveField(model_name="produce", name="ocop_year"),
    ]
