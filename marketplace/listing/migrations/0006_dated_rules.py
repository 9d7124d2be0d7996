"""Rules of listings end on a day: each on that from which the next one holds."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
from django.db import migrations, models


def end_each_before_the_next(apps, schema_editor):
    rules = list(apps.get_model("listing", "LookRule").objects.order_by("valid_from"))
    for rule, following in zip(rules, rules[1:], strict=False):
        rule.valid_to = following.valid_from
        rule.save(update_fields=["valid_to"])


class Migration(migrations.Migration):
    dependencies = [
        ("listing", "0005_raises"),
    ]

    operations = [
        migrations.AddField(
            model_name="lookrule",
            name="valid_to",
            field=models.DateField(blank=True, null=True, verbose_name="valid until (exclusive)"),
        ),
        migrations.AlterField(
            model_name="forbiddengoods",
            name="source",
            field=models.CharField(max_length=200, verbose_name="source"),
        ),
        migrations.AlterField(
            model_name="forbiddengoods",
            name="valid_from",
            field=models.DateField(verbose_name="valid from"),
        ),
        migrations.AlterField(
            model_name="forbiddengoods",
            name="valid_to",
            field=models.DateField(blank=True, null=True, verbose_name="valid until (exclusive)"),
        ),
        migrations.AlterField(
            model_name="lookrule",
            name="valid_from",
            field=models.DateField(verbose_name="valid from"),
        ),
        migrations.RunPython(end_each_before_the_next, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="lookrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to", None), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                ),
                name="look_rule_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="lookrule",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        models.Func(
                            models.F("valid_from"),
                            models.F("valid_to"),
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    )
                ],
                name="one_look_rule_a_day",
            ),
        ),
    ]
