import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sellers", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="origin",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector("search_text", config="simple"),
                name="origin_search",
            ),
        ),
    ]
