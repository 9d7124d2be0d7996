import django.db.models.deletion
from django.db import migrations, models


def of_dien_bien(related_name, on_delete):
    return models.ForeignKey(
        db_default="11",
        default="11",
        on_delete=on_delete,
        related_name=related_name,
        to="places.province",
    )


class Migration(migrations.Migration):
    dependencies = [("places", "0002_provinces")]
    may_lock = "174 communes and a map or two: read in a moment, and written to once a year."

    operations = [
        migrations.AddField(
            "commune", "province", of_dien_bien("communes", django.db.models.deletion.PROTECT)
        ),
        migrations.AddField("mapsheet", "province", of_dien_bien("maps", django.db.models.deletion.CASCADE)),
    ]
