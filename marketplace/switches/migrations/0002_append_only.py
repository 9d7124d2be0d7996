from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION switches_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % refused: what was decided is kept. To take it back is to decide again.',
        TG_OP, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER switches_switch_append_only BEFORE UPDATE OR DELETE ON switches_switch
    FOR EACH ROW EXECUTE FUNCTION switches_refuse();
"""

EDITABLE = """
DROP TRIGGER switches_switch_append_only ON switches_switch;
DROP FUNCTION switches_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("switches", "0001_initial")]

    operations = [migrations.RunSQL(APPEND_ONLY, EDITABLE)]
