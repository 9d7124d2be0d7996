import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalogue", "0032_category_exclude_from_menu_category_long_description"),
        ("order", "0021_billingaddress_code_shippingaddress_code"),
        ("reviews", "0005_productreview_code"),
        ("sellers", "0004_waived"),
        ("voucher", "0010_auto_20210224_0712"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Pool",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("target_g", models.PositiveBigIntegerField(verbose_name="needed, grams")),
                ("capacity_g", models.PositiveBigIntegerField(verbose_name="fits, grams")),
                ("closes_at", models.DateTimeField(verbose_name="closes")),
                ("leaves_on", models.DateField(verbose_name="the truck leaves")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "collecting orders"),
                            ("closing", "being counted"),
                            ("full", "full: it goes"),
                            ("failed", "not full: paid back"),
                        ],
                        default="open",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "reached_g",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="paid for at the end, grams"
                    ),
                ),
                (
                    "final_vnd",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="price at the end, VND"
                    ),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="settled")),
                ("form_id", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("opened_at", models.DateTimeField(verbose_name="opened")),
                (
                    "base",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pools",
                        to="catalogue.product",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "product",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pool",
                        to="catalogue.product",
                    ),
                ),
                (
                    "seller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pools", to="sellers.seller"
                    ),
                ),
            ],
            options={
                "verbose_name": "pooled order",
                "verbose_name_plural": "pooled orders",
            },
        ),
        migrations.CreateModel(
            name="PoolStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_g", models.PositiveBigIntegerField(verbose_name="from, grams")),
                ("price_vnd", models.PositiveBigIntegerField(verbose_name="price of a pack, VND")),
                (
                    "pool",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="regulars.pool"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Received",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("answer", models.TextField(blank=True, max_length=1000, verbose_name="the seller's answer")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="review", to="order.line"
                    ),
                ),
                (
                    "review",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="received",
                        to="reviews.productreview",
                    ),
                ),
            ],
            options={
                "verbose_name": "review of goods received",
            },
        ),
        migrations.CreateModel(
            name="RepeatBox",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "every_weeks",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "every week"), (2, "every 2 weeks"), (4, "every 4 weeks")],
                        verbose_name="how often",
                    ),
                ),
                ("next_on", models.DateField(verbose_name="next time")),
                ("paused_at", models.DateTimeField(blank=True, null=True, verbose_name="paused")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("form_id", models.UUIDField(unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="boxes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "repeat box",
                "verbose_name_plural": "repeat boxes",
            },
        ),
        migrations.CreateModel(
            name="BoxTurn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("due_on", models.DateField(verbose_name="day")),
                (
                    "filled_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="put into the basket"),
                ),
                (
                    "box",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="turns",
                        to="regulars.repeatbox",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BoxItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.PositiveSmallIntegerField(verbose_name="quantity")),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="catalogue.product"
                    ),
                ),
                (
                    "box",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="regulars.repeatbox",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SellerVoucher",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "seller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vouchers",
                        to="sellers.seller",
                    ),
                ),
                (
                    "voucher",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="of_seller",
                        to="voucher.voucher",
                    ),
                ),
            ],
            options={
                "verbose_name": "voucher of a seller",
            },
        ),
        migrations.CreateModel(
            name="Follow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_told", models.BooleanField(default=True, verbose_name="told by SMS")),
                ("followed_at", models.DateTimeField(verbose_name="since")),
                ("told_until", models.DateTimeField(verbose_name="told of listings until")),
                (
                    "seller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follows",
                        to="sellers.seller",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follows",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "follower",
                "constraints": [
                    models.UniqueConstraint(fields=("seller", "user"), name="one_follow_per_person")
                ],
            },
        ),
        migrations.AddIndex(
            model_name="pool",
            index=models.Index(
                condition=models.Q(("settled_at", None)), fields=["closes_at"], name="pool_to_settle"
            ),
        ),
        migrations.AddConstraint(
            model_name="pool",
            constraint=models.CheckConstraint(
                condition=models.Q(("capacity_g__gte", models.F("target_g")), ("target_g__gt", 0)),
                name="pool_fits_what_it_needs",
            ),
        ),
        migrations.AddConstraint(
            model_name="pool",
            constraint=models.CheckConstraint(
                condition=models.Q(("closes_at__gt", models.F("opened_at"))),
                name="pool_closes_after_it_opens",
            ),
        ),
        migrations.AddConstraint(
            model_name="pool",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["open", "closing"]),
                    models.Q(
                        ("final_vnd__isnull", False),
                        ("reached_g__gte", models.F("target_g")),
                        ("state", "full"),
                    ),
                    models.Q(
                        ("final_vnd", None), ("reached_g__lt", models.F("target_g")), ("state", "failed")
                    ),
                    _connector="OR",
                ),
                name="pool_is_all_or_nothing",
            ),
        ),
        migrations.AddConstraint(
            model_name="poolstep",
            constraint=models.UniqueConstraint(
                fields=("pool", "from_g"), name="one_price_per_pool_and_weight"
            ),
        ),
        migrations.AddConstraint(
            model_name="poolstep",
            constraint=models.CheckConstraint(
                condition=models.Q(("price_vnd__gt", 0)), name="pool_step_costs_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="received",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", ""), ("answered_at", None)),
                    models.Q(models.Q(("answer", ""), _negated=True), ("answered_at__isnull", False)),
                    _connector="OR",
                ),
                name="review_answer_says_when",
            ),
        ),
        migrations.AddIndex(
            model_name="repeatbox",
            index=models.Index(condition=models.Q(("paused_at", None)), fields=["next_on"], name="box_due"),
        ),
        migrations.AddConstraint(
            model_name="repeatbox",
            constraint=models.CheckConstraint(
                condition=models.Q(("every_weeks__in", [1, 2, 4])), name="box_comes_every_1_2_or_4_weeks"
            ),
        ),
        migrations.AddConstraint(
            model_name="boxturn",
            constraint=models.UniqueConstraint(fields=("box", "due_on"), name="one_turn_per_box_and_day"),
        ),
        migrations.AddConstraint(
            model_name="boxitem",
            constraint=models.UniqueConstraint(fields=("box", "product"), name="box_holds_a_product_once"),
        ),
        migrations.AddConstraint(
            model_name="boxitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__range", (1, 1000))), name="box_item_has_a_quantity"
            ),
        ),
    ]
