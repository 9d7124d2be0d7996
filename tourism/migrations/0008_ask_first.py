from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tourism", "0007_bookings_of_all_channels")]

    operations = [
        migrations.AddField(
            model_name="stay",
            name="asks_first",
            field=models.BooleanField(default=False, verbose_name="the host is asked first"),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("hold_until__isnull", False), ("state", "held")),
                fields=["hold_until"],
                name="booking_hold_ends",
            ),
        ),
    ]
