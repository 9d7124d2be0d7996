from django.db import migrations

OPTIONS = [
    ("first-night", "First night", "date"),
    ("nights", "Nights", "integer"),
    ("rooms", "Rooms", "integer"),
    ("guests", "Guests", "integer"),
]


def make_options(apps, schema_editor):
    Option = apps.get_model("catalogue", "Option")
    ProductClass = apps.get_model("catalogue", "ProductClass")
    ProductClass.objects.get_or_create(
        slug="produce", defaults={"name": "Produce", "track_stock": True, "requires_shipping": True}
    )
    stay, _ = ProductClass.objects.get_or_create(
        slug="stay", defaults={"name": "Stay", "track_stock": False, "requires_shipping": False}
    )
    for code, name, kind in OPTIONS:
        option, _ = Option.objects.get_or_create(
            code=code, defaults={"name": name, "type": kind, "required": True}
        )
        stay.options.add(option)


def remove_options(apps, schema_editor):
    apps.get_model("catalogue", "ProductClass").objects.filter(slug__in=["produce", "stay"]).delete()
    apps.get_model("catalogue", "Option").objects.filter(code__in=[code for code, _, _ in OPTIONS]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("tourism", "0001_initial"),
        ("catalogue", "0032_category_exclude_from_menu_category_long_description"),
    ]

    operations = [migrations.RunPython(make_options, remove_options)]
