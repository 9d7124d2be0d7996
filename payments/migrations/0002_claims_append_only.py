from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION payments_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % refused: what a provider said is kept as it was said.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER payments_claim_append_only BEFORE UPDATE OR DELETE ON payments_claim
    FOR EACH ROW EXECUTE FUNCTION payments_refuse();
"""

EDITABLE = """
DROP TRIGGER payments_claim_append_only ON payments_claim;
DROP FUNCTION payments_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [migrations.RunSQL(APPEND_ONLY, EDITABLE)]
