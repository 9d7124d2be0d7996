from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_verified_phone")]

    operations = [
        migrations.AlterField(
            model_name="roleassignment",
            name="role",
            field=models.CharField(
                choices=[
                    ("agent", "post-point agent"),
                    ("helper", "helper of farmers"),
                    ("commune-official", "commune official"),
                    ("province-official", "province official"),
                    ("administrator", "administrator"),
                ],
                max_length=24,
                verbose_name="role",
            ),
        ),
    ]
