from pathlib import Path

from django.db import migrations

# What an applied migration says never changes: another wording of the function is another file.
WORDS = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")

NO_WORDS = """
DROP TRIGGER words_of_changed_origins ON sellers_origin;
DROP TRIGGER words_of_new_origins ON sellers_origin;
DROP FUNCTION vocabulary_add_words;
"""


class Migration(migrations.Migration):
    dependencies = [("vocabulary", "0001_initial"), ("sellers", "0004_waived")]

    operations = [migrations.RunSQL(WORDS, NO_WORDS)]
