from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("trace", "0002_stars_become_certificates"),
    ]

    operations = [
        migrations.AlterField(
            model_name="certificate",
            name="kind",
            field=models.CharField(
                choices=[
                    ("ocop", "OCOP"),
                    ("vietgap", "VietGAP"),
                    ("safe-chain", "safe food chain"),
                    ("organic", "organic"),
                ],
                max_length=10,
                verbose_name="kind",
            ),
        ),
    ]
