from django.db import migrations

# "waiting" is the secret of a place in the waiting list, for the seats that are held for it.
OPTIONS = [
    ("departure", "Departure", "integer", True),
    ("adults", "Adults", "integer", True),
    ("children", "Children", "integer", True),
    ("waiting", "Waiting list", "text", False),
]


def make_options(apps, schema_editor):
    Option = apps.get_model("catalogue", "Option")
    ProductClass = apps.get_model("catalogue", "ProductClass")
    tour, _ = ProductClass.objects.get_or_create(
        slug="tour", defaults={"name": "Tour", "track_stock": False, "requires_shipping": False}
    )
    for code, name, kind, required in OPTIONS:
        option, _ = Option.objects.get_or_create(
            code=code, defaults={"name": name, "type": kind, "required": required}
        )
        tour.options.add(option)


def remove_options(apps, schema_editor):
    codes = [code for code, _, _, _ in OPTIONS]
    apps.get_model("catalogue", "ProductClass").objects.filter(slug="tour").delete()
    apps.get_model("catalogue", "Option").objects.filter(code__in=codes).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("tours", "0001_tours"),
        ("catalogue", "0032_category_exclude_from_menu_category_long_description"),
    ]

    operations = [migrations.RunPython(make_options, remove_options)]
