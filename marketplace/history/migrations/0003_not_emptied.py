"""TRUNCATE asks no row, so that the triggers that guard rows do not hear of it: a trigger of its own refuses it.

A model that is tracked from now on needs the same: tests/security/test_append_only.py asks for it.
"""

from django.db import migrations

TABLES = (
    "history_countertillruleevent",
    "history_deliveryrateevent",
    "history_memberevent",
    "history_orderevent",
    "history_releasespublicationruleevent",
    "history_roleassignmentevent",
    "history_sellerevent",
    "history_sellerslevellimitevent",
    "history_settlementcommissionruleevent",
    "history_settlementladderruleevent",
    "history_settlementsettlementruleevent",
    "history_settlementtaxruleevent",
    "history_settlementweighingruleevent",
    "history_statisticsdisclosureruleevent",
    "history_stockrecordevent",
    "history_userevent",
)
REFUSE = """
CREATE FUNCTION history_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % refused: the history is append-only. What was done stays written down.',
        TG_OP, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def trigger(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION history_refuse();",
        f"DROP TRIGGER {table}_not_emptied ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("history", "0002_begin")]

    operations = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION history_refuse();"),
        *(trigger(table) for table in TABLES),
    ]
