from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("settlement", "0009_first_ladder_rule")]

    operations = [
        migrations.AlterField(
            model_name="dispute",
            name="answer_by",
            field=models.DateTimeField(verbose_name="answer by"),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=Q(answer_by__gt=F("opened_at")), name="dispute_leaves_time"
            ),
        ),
    ]
