import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


def fill_captured(apps, schema_editor):
    """What is paid was taken whole: there was no other way."""
    shares = apps.get_model("payments", "Share").objects.filter(
        intent__state__in=["succeeded", "partially_refunded", "refunded"]
    )
    shares.update(captured_vnd=F("amount_vnd"))


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_payouts")]

    operations = [
        migrations.AddField(
            model_name="share",
            name="captured_vnd",
            field=models.BigIntegerField(default=0, verbose_name="taken"),
        ),
        migrations.RunPython(fill_captured, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="share", name="share_not_refunded_beyond_paid"),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.CheckConstraint(
                condition=Q(refunded_vnd__gte=0, refunded_vnd__lte=F("captured_vnd")),
                name="share_not_refunded_beyond_paid",
            ),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.CheckConstraint(
                condition=Q(captured_vnd__gte=0, captured_vnd__lte=F("amount_vnd")),
                name="share_not_captured_beyond_authorised",
            ),
        ),
        migrations.RenameModel("RefundShare", "OperationShare"),
        migrations.AlterModelOptions(
            name="operationshare",
            options={"verbose_name": "part of an operation", "verbose_name_plural": "parts of operations"},
        ),
        migrations.AlterField(
            model_name="operationshare",
            name="operation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="payments.operation"
            ),
        ),
        migrations.AlterField(
            model_name="operationshare",
            name="share",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="payments.share"
            ),
        ),
        migrations.RemoveConstraint(model_name="operationshare", name="share_once_per_refund"),
        migrations.AddConstraint(
            model_name="operationshare",
            constraint=models.UniqueConstraint(
                fields=("operation", "share"), name="share_once_per_operation"
            ),
        ),
        migrations.RemoveConstraint(model_name="operationshare", name="refund_share_is_something"),
        migrations.AddConstraint(
            model_name="operationshare",
            constraint=models.CheckConstraint(
                condition=Q(amount_vnd__gt=0), name="operation_share_is_something"
            ),
        ),
        migrations.RemoveConstraint(model_name="intent", name="one_open_intent_per_reference"),
        migrations.AddConstraint(
            model_name="intent",
            constraint=models.UniqueConstraint(
                condition=Q(state__in=["created", "pending", "authorized"]),
                fields=("reference",),
                name="one_open_intent_per_reference",
            ),
        ),
        migrations.AddField(
            model_name="operation",
            name="till",
            field=models.CharField(blank=True, max_length=20, verbose_name="counted at"),
        ),
        migrations.AlterField(
            model_name="claim",
            name="source",
            field=models.CharField(
                choices=[
                    ("answer", "answer to our request"),
                    ("callback", "callback"),
                    ("query", "answer to our question"),
                    ("statement", "statement"),
                    ("counter", "counted at a counter"),
                ],
                max_length=10,
                verbose_name="source",
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(
                choices=[
                    ("payment.authorized", "payment reserved"),
                    ("payment.succeeded", "payment succeeded"),
                    ("payment.failed", "payment refused"),
                    ("payment.expired", "payment expired"),
                    ("refund.succeeded", "refund succeeded"),
                    ("refund.failed", "refund refused"),
                    ("payout.succeeded", "payout arrived"),
                    ("payout.failed", "payout came back"),
                ],
                max_length=30,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="intent",
            name="state",
            field=models.CharField(
                choices=[
                    ("created", "created"),
                    ("pending", "waiting for the payer"),
                    ("authorized", "reserved"),
                    ("voided", "let go"),
                    ("succeeded", "paid"),
                    ("failed", "refused"),
                    ("expired", "expired"),
                    ("partially_refunded", "partly refunded"),
                    ("refunded", "refunded"),
                ],
                default="created",
                max_length=20,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="operation",
            name="kind",
            field=models.CharField(
                choices=[
                    ("authorize", "authorisation"),
                    ("capture", "capture"),
                    ("void", "release"),
                    ("refund", "refund"),
                ],
                max_length=10,
                verbose_name="kind",
            ),
        ),
    ]
