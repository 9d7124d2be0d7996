from datetime import date

from django.db import migrations

FIRST_DAY = date(2020, 1, 1)  # before anything was sold
DECREE_117 = date(2025, 7, 1)
BEFORE = "Circular 40/2021/TT-BTC: sellers declare for themselves, platforms withhold nothing"
HOUSEHOLDS = (
    "Decree 117/2025/NĐ-CP: platforms withhold for households and individuals, by their revenue: "
    "goods VAT 1%, PIT 0.5%; services 5%, 2%; transport and services with goods 3%, 1.5%"
)
ORGANISATIONS = "Decree 117/2025/NĐ-CP: of organisations nothing is withheld, they declare for themselves"
MARKET = "Scale of charges of the market"

WITHHELD_BP = {"goods": (100, 50), "services": (500, 200), "transport": (300, 150)}
# Of everything, of nights, and of poor households.
COMMISSIONS_BP = [("", "", 500), ("nights", "", 800), ("seats", "", 800), ("", "poor-household", 0)]


def add_rules(apps, schema_editor):
    commission, tax, settlement = (
        apps.get_model("settlement", name).objects for name in ("CommissionRule", "TaxRule", "SettlementRule")
    )
    for category, seller_kind, rate_bp in COMMISSIONS_BP:
        commission.create(
            category=category, seller_kind=seller_kind, rate_bp=rate_bp, valid_from=FIRST_DAY, source=MARKET
        )
    for category, (vat_bp, pit_bp) in WITHHELD_BP.items():
        for kind in ("household", "cooperative", "company"):
            is_household = kind == "household"
            facts = {"category": category, "seller_kind": kind}
            tax.create(**facts, vat_bp=0, pit_bp=0, valid_from=FIRST_DAY, valid_to=DECREE_117, source=BEFORE)
            tax.create(
                **facts,
                vat_bp=vat_bp if is_household else 0,
                pit_bp=pit_bp if is_household else 0,
                valid_from=DECREE_117,
                source=HOUSEHOLDS if is_household else ORGANISATIONS,
            )
    settlement.create(
        valid_from=FIRST_DAY,
        dispute_window_hours=72,
        delivered_after_days=14,
        debt_limit_vnd=2_000_000,
        minimum_payout_vnd=50_000,
        source=MARKET,
    )


def remove_rules(apps, schema_editor):
    for name in ("CommissionRule", "TaxRule", "SettlementRule"):
        rules = apps.get_model("settlement", name).objects
        rules.filter(source__in=[BEFORE, HOUSEHOLDS, ORGANISATIONS, MARKET]).delete()


class Migration(migrations.Migration):
    dependencies = [("settlement", "0001_initial")]

    operations = [migrations.RunPython(add_rules, remove_rules)]
