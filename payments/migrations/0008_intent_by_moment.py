from django.contrib.postgres.indexes import BrinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("payments", "0007_by_hand")]

    operations = [
        AddIndexConcurrently(
            model_name="intent",
            index=BrinIndex(fields=["created_at"], autosummarize=True, name="intent_by_moment"),
        ),
    ]
