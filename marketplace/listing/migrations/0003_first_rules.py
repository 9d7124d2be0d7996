from datetime import date

from django.db import migrations

MARKET = "House rules of the market"
FIRST_DAY = date(2020, 1, 1)
INVESTMENT_2020, INVESTMENT_2025 = date(2021, 1, 1), date(2026, 3, 1)
OLD = "Law on Investment 61/2020/QH14, article 6"
NEW = "Law on Investment 2025 (in force 1 March 2026), article 6"
WEAPONS = "Law on weapons, explosives and support tools 42/2024/QH15, article 5"

WILDLIFE = [
    "cao hổ", "xương hổ", "nanh hổ", "mật gấu", "tay gấu", "sừng tê giác", "ngà voi", "tê tê", "vảy tê tê",
    "thịt khỉ", "cao khỉ", "thịt voọc", "rùa vàng", "thịt sơn dương", "chim trời", "thịt thú rừng", "thú rừng",
]  # fmt: skip
DRUGS = [
    "thuốc phiện", "nhựa thuốc phiện", "quả anh túc", "cây anh túc", "cần sa", "hạt cần sa", "hê rô in",
    "heroin", "hồng phiến", "ma túy", "thuốc lắc",
]  # fmt: skip
FIRECRACKERS = ["pháo nổ", "pháo tép", "pháo đùng", "thuốc pháo"]
E_CIGARETTES = ["thuốc lá điện tử", "thuốc lá nung nóng", "tinh dầu vape"]
ARMS = [
    "thuốc nổ", "kíp nổ", "mìn", "lựu đạn", "súng kíp", "súng săn", "súng hơi", "súng tự chế", "đạn ghém",
    "thuốc súng", "bẫy điện", "kích điện",
]  # fmt: skip
# Words with other meanings: somebody looks.
PERHAPS = ["súng", "đạn", "pháo", "gấu", "khỉ", "hổ", "nai", "nhím", "lá ngón", "ba kích rừng", "lan rừng"]

ROWS = [
    (WILDLIFE, "wild animals", True, OLD, INVESTMENT_2020, INVESTMENT_2025),
    (WILDLIFE, "wild animals", True, NEW, INVESTMENT_2025, None),
    (DRUGS, "drugs", True, OLD, INVESTMENT_2020, INVESTMENT_2025),
    (DRUGS, "drugs", True, NEW, INVESTMENT_2025, None),
    (FIRECRACKERS, "firecrackers", True, OLD, INVESTMENT_2020, INVESTMENT_2025),
    (FIRECRACKERS, "firecrackers", True, NEW, INVESTMENT_2025, None),
    (E_CIGARETTES, "e-cigarettes", True, NEW, INVESTMENT_2025, None),
    (ARMS, "weapons and explosives", True, WEAPONS, date(2025, 1, 1), None),
    (PERHAPS, "may be forbidden", False, MARKET, FIRST_DAY, None),
]


def add_rules(apps, schema_editor):
    apps.get_model("listing", "LookRule").objects.create(
        first_listings=3,
        over_percent=300,
        under_percent=30,
        sellers_least=3,
        valid_from=FIRST_DAY,
        source=MARKET,
    )
    goods = apps.get_model("listing", "ForbiddenGoods").objects
    for words, kind, refuses, source, valid_from, valid_to in ROWS:
        facts = {"words": words, "kind": kind, "refuses": refuses, "source": source}
        goods.create(**facts, valid_from=valid_from, valid_to=valid_to)


def remove_rules(apps, schema_editor):
    apps.get_model("listing", "LookRule").objects.filter(source=MARKET).delete()
    sources = {source for _words, _kind, _refuses, source, _from, _to in ROWS}
    apps.get_model("listing", "ForbiddenGoods").objects.filter(source__in=sources).delete()


class Migration(migrations.Migration):
    dependencies = [("listing", "0002_looks_and_drafts")]

    operations = [migrations.RunPython(add_rules, remove_rules)]
