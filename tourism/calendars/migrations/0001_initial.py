import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tourism.calendars.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tourism", "0008_ask_first"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ExportLink",
            fields=[
                (
                    "room_type",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="export_link",
                        serialize=False,
                        to="tourism.roomtype",
                    ),
                ),
                (
                    "secret",
                    models.CharField(default=tourism.calendars.models.new_secret, max_length=40, unique=True),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Feed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name of the site")),
                ("url", models.URLField(max_length=1000, verbose_name="address of its calendar")),
                ("rooms", models.PositiveSmallIntegerField(default=1, verbose_name="rooms an entry means")),
                (
                    "secret",
                    models.CharField(default=tourism.calendars.models.new_secret, max_length=40, unique=True),
                ),
                ("added_at", models.DateTimeField(verbose_name="added")),
                ("tried_at", models.DateTimeField(blank=True, null=True, verbose_name="last tried")),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="last read")),
                ("problem", models.CharField(blank=True, max_length=400, verbose_name="problem")),
                (
                    "skipped",
                    models.PositiveIntegerField(default=0, verbose_name="entries that could not be read"),
                ),
                (
                    "room_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feeds",
                        to="tourism.roomtype",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FeedEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.CharField(max_length=255)),
                ("summary", models.CharField(blank=True, max_length=120, verbose_name="what it says")),
                ("first_night", models.DateField(verbose_name="first night")),
                ("nights", models.PositiveSmallIntegerField(verbose_name="nights")),
                ("seen_at", models.DateTimeField(verbose_name="first seen")),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="settled")),
                (
                    "booking",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feed_entry",
                        to="tourism.booking",
                    ),
                ),
                (
                    "feed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="calendars.feed",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HostEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("written_at", models.DateTimeField(verbose_name="written down")),
                (
                    "booking",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entry",
                        to="tourism.booking",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StayRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("first_night", models.DateField(verbose_name="first night")),
                ("nights", models.PositiveSmallIntegerField(verbose_name="nights")),
                ("rooms", models.PositiveSmallIntegerField(verbose_name="rooms")),
                ("guests", models.PositiveSmallIntegerField(verbose_name="guests")),
                ("guest_name", models.CharField(max_length=120, verbose_name="guest")),
                ("guest_phone", models.CharField(max_length=20, verbose_name="phone number")),
                ("message", models.CharField(blank=True, max_length=500, verbose_name="message to the host")),
                ("amount_vnd", models.PositiveBigIntegerField(verbose_name="price, VND")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting for the host"),
                            ("accepted", "accepted"),
                            ("declined", "declined"),
                            ("withdrawn", "withdrawn"),
                            ("unanswered", "not answered in time"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("answer_by", models.DateTimeField(verbose_name="to be answered by")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                ("answer", models.CharField(blank=True, max_length=300, verbose_name="the host's words")),
                ("pay_by", models.DateTimeField(blank=True, null=True, verbose_name="to be paid by")),
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
                    "booking",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stay_request",
                        to="tourism.booking",
                    ),
                ),
                (
                    "room_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="tourism.roomtype",
                    ),
                ),
            ],
            options={
                "verbose_name": "request",
                "verbose_name_plural": "requests",
            },
        ),
        migrations.AddConstraint(
            model_name="feed",
            constraint=models.UniqueConstraint(fields=("room_type", "url"), name="feed_of_a_room_once"),
        ),
        migrations.AddConstraint(
            model_name="feed",
            constraint=models.CheckConstraint(condition=models.Q(("rooms__gte", 1)), name="feed_means_rooms"),
        ),
        migrations.AddIndex(
            model_name="feedentry",
            index=models.Index(
                condition=models.Q(("booking", None)), fields=["feed", "first_night"], name="clashes_of_feed"
            ),
        ),
        migrations.AddConstraint(
            model_name="feedentry",
            constraint=models.UniqueConstraint(
                fields=("feed", "uid", "first_night"), name="one_run_per_entry_and_night"
            ),
        ),
        migrations.AddConstraint(
            model_name="feedentry",
            constraint=models.CheckConstraint(condition=models.Q(("nights__gte", 1)), name="run_has_nights"),
        ),
        migrations.AddIndex(
            model_name="stayrequest",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["answer_by"], name="requests_that_wait"
            ),
        ),
        migrations.AddIndex(
            model_name="stayrequest",
            index=models.Index(fields=["room_type", "first_night"], name="requests_of_room_type"),
        ),
        migrations.AddConstraint(
            model_name="stayrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("booking__isnull", False), ("pay_by__isnull", False), ("state", "accepted")),
                    models.Q(
                        models.Q(("state", "accepted"), _negated=True), ("booking", None), ("pay_by", None)
                    ),
                    _connector="OR",
                ),
                name="request_holds_nights_once_accepted",
            ),
        ),
        migrations.AddConstraint(
            model_name="stayrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("guests__gte", 1), ("nights__gte", 1), ("rooms__gte", 1)),
                name="request_is_for_somebody",
            ),
        ),
    ]
