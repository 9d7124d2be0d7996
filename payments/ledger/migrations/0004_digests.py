from pathlib import Path

from django.db import migrations, models

FUNCTIONS = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")

# As migration 0003 left it.
WITHOUT_DIGESTS = """
CREATE OR REPLACE FUNCTION ledger_move(moved ledger_transfer, freed_vnd bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    debit_left_vnd bigint;
    credit_left_vnd bigint;
BEGIN
    UPDATE ledger_account
        SET balance_vnd = balance_vnd - moved.amount_vnd, held_vnd = held_vnd - freed_vnd
        WHERE id = moved.debit_id
        RETURNING balance_vnd INTO STRICT debit_left_vnd;
    UPDATE ledger_account
        SET balance_vnd = balance_vnd + moved.amount_vnd
        WHERE id = moved.credit_id
        RETURNING balance_vnd INTO STRICT credit_left_vnd;
    INSERT INTO ledger_entry (transfer_id, account_id, amount_vnd, balance_after_vnd) VALUES
        (moved.id, moved.debit_id, -moved.amount_vnd, debit_left_vnd),
        (moved.id, moved.credit_id, moved.amount_vnd, credit_left_vnd);
END $$;

DROP FUNCTION ledger_digest;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_functions")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="head",
            field=models.BinaryField(default=b"", verbose_name="digest of its last entry"),
        ),
        # Empty until the next migration has chained what was there before.
        migrations.AddField(
            model_name="entry",
            name="digest",
            field=models.BinaryField(null=True, verbose_name="digest"),
        ),
        migrations.RunSQL(FUNCTIONS, WITHOUT_DIGESTS),
    ]
