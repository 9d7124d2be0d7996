from django.db import migrations

# Python asserts the same; the database has the last word, also against raw SQL and the admin.
APPEND_ONLY = """
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % refused: the ledger is append-only. Correct it by a second transfer.',
        TG_OP, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER ledger_transfer_never_deleted BEFORE DELETE ON ledger_transfer
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse();

-- All that may ever happen to a transfer: a pending one is settled or voided, once.
CREATE TRIGGER ledger_transfer_resolved_once BEFORE UPDATE ON ledger_transfer
    FOR EACH ROW WHEN (
        OLD.state <> 'pending' OR NEW.state NOT IN ('posted', 'voided')
        OR (OLD.id, OLD.debit_id, OLD.credit_id, OLD.amount_vnd, OLD.kind, OLD.purpose, OLD.reference,
            OLD.memo, OLD.created_at)
        IS DISTINCT FROM
           (NEW.id, NEW.debit_id, NEW.credit_id, NEW.amount_vnd, NEW.kind, NEW.purpose, NEW.reference,
            NEW.memo, NEW.created_at)
    ) EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER ledger_account_never_renamed BEFORE UPDATE ON ledger_account
    FOR EACH ROW WHEN (
        (OLD.id, OLD.code, OLD.kind, OLD.may_overdraw, OLD.opened_at)
        IS DISTINCT FROM
        (NEW.id, NEW.code, NEW.kind, NEW.may_overdraw, NEW.opened_at)
    ) EXECUTE FUNCTION ledger_refuse();
"""

EDITABLE = """
DROP TRIGGER ledger_account_never_renamed ON ledger_account;
DROP TRIGGER ledger_transfer_resolved_once ON ledger_transfer;
DROP TRIGGER ledger_transfer_never_deleted ON ledger_transfer;
DROP TRIGGER ledger_entry_append_only ON ledger_entry;
DROP FUNCTION ledger_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunSQL(APPEND_ONLY, EDITABLE)]
