from django.db import migrations


def make_option(apps, schema_editor):
    Option = apps.get_model("catalogue", "Option")
    Option.objects.get_or_create(
        code="request", defaults={"name": "Request", "type": "text", "required": False}
    )


def remove_option(apps, schema_editor):
    apps.get_model("catalogue", "Option").objects.filter(code="request").delete()


class Migration(migrations.Migration):
    """A basket keeps which accepted request its nights come from."""

    dependencies = [
        ("calendars", "0001_initial"),
        ("catalogue", "0032_category_exclude_from_menu_category_long_description"),
    ]

    operations = [migrations.RunPython(make_option, remove_option)]
