import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("places", "0001_initial"),
        ("tourism", "0004_deposit"),
    ]

    operations = [
        migrations.AddField(
            model_name="roomnight",
            name="is_closed",
            field=models.BooleanField(default=False, verbose_name="closed"),
        ),
        migrations.AddField(
            model_name="roomnight",
            name="commune",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="places.commune",
            ),
        ),
    ]
