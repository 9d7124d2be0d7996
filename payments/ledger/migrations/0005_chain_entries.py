from django.db import migrations

# Waits until nobody is posting and lets nobody post meanwhile: every transfer locks its accounts first.
# The trigger that refuses changes is off inside this transaction only.
CHAIN = """
LOCK TABLE ledger_account IN EXCLUSIVE MODE;
ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_append_only;
DO $$
DECLARE
    owner ledger_account;
    line ledger_entry;
    moved ledger_transfer;
    previous bytea;
BEGIN
    FOR owner IN SELECT * FROM ledger_account LOOP
        previous := '';
        FOR line IN SELECT * FROM ledger_entry WHERE account_id = owner.id ORDER BY id LOOP
            SELECT * INTO STRICT moved FROM ledger_transfer WHERE id = line.transfer_id;
            previous := ledger_digest(previous, owner, line.id, line.amount_vnd, line.balance_after_vnd,
                                      line.created_at, moved);
            UPDATE ledger_entry SET digest = previous WHERE id = line.id;
        END LOOP;
        UPDATE ledger_account SET head = previous WHERE id = owner.id;
    END LOOP;
END $$;
ALTER TABLE ledger_entry ENABLE TRIGGER ledger_entry_append_only;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_digests")]

    # The way back leaves the digests to be dropped with their columns.
    operations = [migrations.RunSQL(CHAIN, migrations.RunSQL.noop)]
