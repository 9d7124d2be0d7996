from django.db import migrations

# TRUNCATE asks no row, so that the trigger that guards rows does not hear of it.
NOT_EMPTIED = """
CREATE TRIGGER switches_switch_not_emptied BEFORE TRUNCATE ON switches_switch
    FOR EACH STATEMENT EXECUTE FUNCTION switches_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("switches", "0002_append_only")]

    operations = [
        migrations.RunSQL(NOT_EMPTIED, "DROP TRIGGER switches_switch_not_emptied ON switches_switch;")
    ]
