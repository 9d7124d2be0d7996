from django.db import migrations, models
from django.db.models import F, Q


def all_due_at_once(apps, schema_editor):
    """Until now everything was paid with the order."""
    apps.get_model("sellers", "SubOrder").objects.update(due_now_vnd=F("lines_vnd"))


class Migration(migrations.Migration):
    dependencies = [("sellers", "0002_origin_search")]

    operations = [
        migrations.AddField(
            model_name="suborder",
            name="due_now_vnd",
            field=models.PositiveBigIntegerField(
                default=0, verbose_name="of the lines, due with the order, VND"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="suborder",
            name="balance_due_on",
            field=models.DateField(blank=True, null=True, verbose_name="rest due"),
        ),
        migrations.AddField(
            model_name="suborder",
            name="balance_paid_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="rest paid"),
        ),
        migrations.RunPython(all_due_at_once, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="suborder",
            name="status",
            field=models.CharField(
                choices=[
                    ("awaiting-payment", "awaiting payment"),
                    ("on-handover", "to be paid on hand-over"),
                    ("paid", "paid"),
                    ("cancelled", "cancelled"),
                    ("refunding", "being refunded"),
                    ("refunded", "refunded"),
                ],
                default="awaiting-payment",
                max_length=20,
                verbose_name="status",
            ),
        ),
        migrations.AddConstraint(
            model_name="suborder",
            constraint=models.CheckConstraint(
                condition=Q(due_now_vnd=F("lines_vnd"), balance_due_on=None)
                | Q(due_now_vnd__lt=F("lines_vnd"), balance_due_on__isnull=False),
                name="part_with_a_balance_says_when",
            ),
        ),
    ]
