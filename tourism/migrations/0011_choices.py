from django.db import migrations

# Who of the guests are children; and meals and add-ons, as tourism.add_ons.packed() writes them.
OPTIONS = [("children", "Children", "integer"), ("add-ons", "Meals and add-ons", "text")]


def make_options(apps, schema_editor):
    Option = apps.get_model("catalogue", "Option")
    stay = apps.get_model("catalogue", "ProductClass").objects.get(slug="stay")
    for code, name, kind in OPTIONS:
        option, _ = Option.objects.get_or_create(
            code=code, defaults={"name": name, "type": kind, "required": False}
        )
        stay.options.add(option)


def remove_options(apps, schema_editor):
    Option = apps.get_model("catalogue", "Option")
    Option.objects.filter(code="add-ons").delete()
    stay = apps.get_model("catalogue", "ProductClass").objects.filter(slug="stay").first()
    if stay is not None:
        stay.options.remove(*Option.objects.filter(code="children"))


def say_what_is_due_later(apps, schema_editor):
    """Share the unpaid rest of each part out over its bookings: it was kept by part alone."""
    part_model = apps.get_model("sellers", "SubOrder")
    booking_model = apps.get_model("tourism", "Booking")
    parts = part_model.objects.filter(balance_due_on__isnull=False).select_related("seller")
    for part in parts.iterator():
        rest_vnd = part.lines_vnd - part.due_now_vnd
        bookings = booking_model.objects.filter(
            order_line__order=part.order_id, order_line__partner=part.seller.partner_id
        )
        for booking in bookings.order_by("pk"):
            booking.due_later_vnd = max(0, min(rest_vnd, booking.amount_vnd - 1))
            rest_vnd -= booking.due_later_vnd
            booking.save(update_fields=["due_later_vnd"])


class Migration(migrations.Migration):
    dependencies = [
        ("tourism", "0010_policies"),
        ("sellers", "0003_balance"),
        ("order", "0021_billingaddress_code_shippingaddress_code"),
        ("catalogue", "0032_category_exclude_from_menu_category_long_description"),
    ]

    operations = [
        migrations.RunPython(make_options, remove_options),
        migrations.RunPython(say_what_is_due_later, migrations.RunPython.noop),
    ]
