from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Name both parties of the payments and refunds that were written before they had columns."""
    Transaction = apps.get_model("simulator", "Transaction")
    unnamed = Transaction.objects.filter(debit_account="").select_related("merchant", "wallet")
    for row in unnamed.iterator():
        operator = row.merchant.operator
        payer = (
            f"{operator}:wallet:{row.wallet.msisdn}",
            [{"key": "msisdn", "value": row.wallet.msisdn}],
        )
        payee = (
            f"{operator}:merchant:{row.merchant.identifier}",
            [{"key": "organisationid", "value": row.merchant.identifier}],
        )
        debit, credit = (payer, payee) if row.type == "merchantpay" else (payee, payer)
        row.debit_account, row.debit_party = debit
        row.credit_account, row.credit_party = credit
        row.save(update_fields=["debit_account", "debit_party", "credit_account", "credit_party"])


class Migration(migrations.Migration):
    dependencies = [("simulator", "0002_resources")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
