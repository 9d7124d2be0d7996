"""What stood in the tracked tables before their history began, as the first event of each row."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# Of orders only the steps are kept: the first state is every order's.
WITHOUT = {"OrderEvent"}


def begin(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for events in apps.get_app_config("history").get_models():
        name = events.__name__
        if not name.endswith("Event") or name in WITHOUT:
            continue
        tracked = events._meta.get_field("pgh_obj").related_model
        columns = [
            field.column
            for field in events._meta.concrete_fields
            if not field.name.startswith("pgh_") and isinstance(field, models.Field)
        ]
        names = ", ".join(f'"{column}"' for column in columns)
        schema_editor.execute(  # names of our own schema
            f'INSERT INTO "{events._meta.db_table}" (pgh_created_at, pgh_label, pgh_obj_id, {names}) '  # noqa: S608
            f"SELECT NOW(), 'begin', id, {names} FROM \"{tracked._meta.db_table}\""
        )


class Migration(migrations.Migration):
    dependencies = [("history", "0001_initial")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
