import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("order", "0021_billingaddress_code_shippingaddress_code"),
        ("places", "0001_initial"),
        ("tourism", "0006_fill_commune_of_night"),
    ]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="channel",
            field=models.CharField(
                choices=[
                    ("shop", "this market"),
                    ("host", "by the host"),
                    ("calendar", "another calendar"),
                    ("reseller", "a reseller"),
                    ("request", "on request"),
                ],
                default="shop",
                max_length=10,
                verbose_name="booked through",
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="children",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="of them children"),
        ),
        migrations.AddField(
            model_name="booking",
            name="guest_name",
            field=models.CharField(blank=True, max_length=120, verbose_name="guest"),
        ),
        migrations.AddField(
            model_name="booking",
            name="guest_phone",
            field=models.CharField(blank=True, max_length=20, verbose_name="phone number"),
        ),
        migrations.AddField(
            model_name="booking",
            name="hold_until",
            field=models.DateTimeField(blank=True, null=True, verbose_name="held until"),
        ),
        migrations.AddField(
            model_name="booking",
            name="note",
            field=models.CharField(blank=True, max_length=300, verbose_name="note"),
        ),
        migrations.AddField(
            model_name="booking",
            name="policy",
            field=models.JSONField(blank=True, default=dict, verbose_name="cancellation policy"),
        ),
        migrations.AlterField(
            model_name="booking",
            name="order_line",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="booking",
                to="order.line",
            ),
        ),
        migrations.AlterField(
            model_name="roomnight",
            name="commune",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.commune"
            ),
        ),
        migrations.AddIndex(
            model_name="roomnight",
            index=models.Index(fields=["commune", "night_on", "room_type"], name="rooms_of_commune_night"),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("channel", "shop"), _negated=True),
                    ("order_line__isnull", False),
                    _connector="OR",
                ),
                name="booking_in_the_shop_has_a_line",
            ),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.CheckConstraint(
                condition=models.Q(("children__lt", models.F("guests"))), name="children_come_with_somebody"
            ),
        ),
    ]
