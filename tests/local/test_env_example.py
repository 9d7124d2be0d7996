import re
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[2]
EXAMPLE = (BASE_DIR / ".env.example").read_text()
OPERATORS = ("VIETTEL", "VNPT", "MOBIFONE")


def names_read_by_settings() -> set[str]:
    names = set()
    files = [
        *(BASE_DIR / "marketplace" / "settings").glob("*.py"),
        BASE_DIR / "payments/simulator/settings.py",
    ]
    for path in files:
        for name in re.findall(r'\benv(?:\.\w+)?\(\s*f?"([^"]+)"', path.read_text()):
            names |= {re.sub(r"\{[^}]+\}", operator, name) for operator in OPERATORS}
    return names


def test_the_example_lists_every_variable_the_settings_read():
    listed = set(re.findall(r"^# ([A-Z_]+)=", EXAMPLE, re.MULTILINE))

    assert names_read_by_settings() - listed == set()


def test_a_variable_called_reserved_is_read_by_nothing():
    reserved = set(re.findall(r"^# ([A-Z_]+)=", EXAMPLE.partition("Reserved")[2], re.MULTILINE))

    assert reserved & names_read_by_settings() == set()
