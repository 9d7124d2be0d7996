from django.db import migrations

TRIGGERS = """
SELECT note_changes_of('releases_release', 'figures');
SELECT note_changes_of('releases_releasetable', 'figures');
"""
GONE = "".join(
    f"DROP TRIGGER copies_note_{act} ON {table};"
    for table in ("releases_release", "releases_releasetable")
    for act in ("added", "changed", "gone")
)


class Migration(migrations.Migration):
    dependencies = [("copies", "0001_initial"), ("releases", "0003_visit_counts")]

    operations = [migrations.RunSQL(TRIGGERS, GONE)]
