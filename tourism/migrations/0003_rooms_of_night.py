from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tourism", "0002_options")]

    operations = [
        migrations.AddIndex(
            model_name="roomnight",
            index=models.Index(fields=["night_on", "room_type"], name="rooms_of_night"),
        ),
    ]
