from pathlib import Path

from django.db import migrations, models

TRIGGERS = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    """Each table whose rows public pages show tells of its changes from now on."""

    initial = True

    dependencies = [
        ("agriculture", "0001_initial"),
        ("harvests", "0001_harvests_and_lots"),
        ("trace", "0001_certificates"),
        ("tourism", "0009_terms"),
        ("sights", "0001_initial"),
        ("tours", "0001_tours"),
        ("desk", "0001_models"),
        ("closures", "0001_initial"),
        ("packing", "0002_ticks_pauses_and_chats"),
        ("regulars", "0001_initial"),
        ("delivery", "0004_network"),
        ("places", "0001_initial"),
        ("sellers", "0001_initial"),
        ("catalogue", "0001_initial"),
        ("partner", "0001_initial"),
        ("reviews", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scope", models.CharField(max_length=40, verbose_name="scope")),
            ],
            options={
                "verbose_name": "change",
                "verbose_name_plural": "changes",
                "indexes": [models.Index(fields=["scope"], name="changes_by_scope")],
            },
        ),
        migrations.RunSQL(
            TRIGGERS,
            "DROP FUNCTION note_change() CASCADE; DROP FUNCTION note_stock() CASCADE;"
            " DROP FUNCTION note_price() CASCADE; DROP FUNCTION note_nights() CASCADE;"
            " DROP FUNCTION note_changes_of(text, text);",
        ),
    ]
