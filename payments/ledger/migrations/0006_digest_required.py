from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_chain_entries")]

    operations = [
        migrations.AlterField(
            model_name="entry",
            name="digest",
            field=models.BinaryField(verbose_name="digest"),
        ),
    ]
