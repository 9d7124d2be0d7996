from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0005_reconciliation")]

    operations = [
        migrations.AddField(
            model_name="intent",
            name="language",
            field=models.CharField(default="vi", max_length=10, verbose_name="payer's language"),
        ),
    ]
