from django.db import migrations, models


def add_dien_bien(apps, schema_editor):
    apps.get_model("places", "Province").objects.create(code="11", name="Điện Biên")


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Province",
            fields=[
                (
                    "code",
                    models.CharField(max_length=2, primary_key=True, serialize=False, verbose_name="code"),
                ),
                ("name", models.CharField(max_length=60, unique=True, verbose_name="name")),
            ],
            options={
                "verbose_name": "province",
                "verbose_name_plural": "provinces",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", r"^\d{2}$")), name="province_code_has_two_digits"
                    )
                ],
            },
        ),
        migrations.RunPython(add_dien_bien, migrations.RunPython.noop),
    ]
