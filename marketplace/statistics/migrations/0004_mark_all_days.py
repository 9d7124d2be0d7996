from django.db import migrations

MARK = """
    INSERT INTO statistics_dirtyday (sold_on, unit_id, marked_at)
    SELECT DISTINCT sold_on, unit_id, now() FROM statistics_saleline
"""


class Migration(migrations.Migration):
    """Has the summaries of what was sold before there were any made by the task that keeps them."""

    dependencies = [("statistics", "0003_summaries")]

    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop)]
