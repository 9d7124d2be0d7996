from pathlib import Path

from django.db import migrations

# What an applied migration says never changes: another wording of a function is another file.
FUNCTIONS = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")

NO_FUNCTIONS = """
DROP FUNCTION ledger_resolve;
DROP FUNCTION ledger_record;
DROP FUNCTION ledger_move;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]

    operations = [migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS)]
