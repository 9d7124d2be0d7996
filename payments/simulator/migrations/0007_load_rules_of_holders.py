from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

DECREE = "Decree 368/2025/NĐ-CP"
WITHOUT_BIOMETRICS_VND = 10_000_000  # Decision 2345/QĐ-NHNN, article 1
DOCUMENT_CHECKED, BIOMETRIC = 1, 2


def load(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    LimitRule = apps.get_model("simulator", "LimitRule")
    LimitRule.objects.filter(code=DECREE).update(
        cash_in_own_only=True, without_biometrics_vnd=WITHOUT_BIOMETRICS_VND
    )
    # Wallets nobody said anything else about were opened before there was a difference.
    Wallet = apps.get_model("simulator", "Wallet")
    Wallet.objects.filter(details={}, kyc_level=DOCUMENT_CHECKED).update(kyc_level=BIOMETRIC)


def unload(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    LimitRule = apps.get_model("simulator", "LimitRule")
    LimitRule.objects.filter(code=DECREE).update(cash_in_own_only=False, without_biometrics_vnd=None)


class Migration(migrations.Migration):
    dependencies = [("simulator", "0006_agents_and_holders")]

    operations = [migrations.RunPython(load, unload)]
