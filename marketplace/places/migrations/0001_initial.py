import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="District",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=3, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "poor_2020",
                    models.CharField(
                        blank=True, max_length=40, verbose_name="poor district programme of 2020"
                    ),
                ),
            ],
            options={
                "verbose_name": "former district",
                "verbose_name_plural": "former districts",
            },
        ),
        migrations.CreateModel(
            name="MapSheet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=120, unique=True, verbose_name="source")),
                ("credit", models.CharField(max_length=240, verbose_name="credit")),
                ("viewbox", models.CharField(max_length=40, verbose_name="SVG viewBox")),
                ("is_schematic", models.BooleanField(verbose_name="schematic")),
                ("created_at", models.DateTimeField(verbose_name="drawn")),
            ],
            options={
                "verbose_name": "map",
                "verbose_name_plural": "maps",
            },
        ),
        migrations.CreateModel(
            name="Commune",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=5, verbose_name="code")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("full_name", models.CharField(max_length=80, verbose_name="full name")),
                (
                    "kind",
                    models.CharField(
                        choices=[("xã", "commune"), ("phường", "ward"), ("thị trấn", "town")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("name_ascii", models.CharField(max_length=60, verbose_name="name without accents")),
                ("slug", models.SlugField(max_length=60, verbose_name="slug")),
                (
                    "alt_spellings",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        default=list,
                        size=None,
                        verbose_name="other spellings",
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid until (exclusive)")),
                ("ntm_status", models.CharField(blank=True, max_length=40, verbose_name="new-rural status")),
                (
                    "ntm_year",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="new-rural year"),
                ),
                (
                    "former_districts",
                    models.CharField(blank=True, max_length=120, verbose_name="former districts"),
                ),
                (
                    "area_km2",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=7, null=True, verbose_name="area (km²)"
                    ),
                ),
                ("population", models.PositiveIntegerField(blank=True, null=True, verbose_name="population")),
                (
                    "admin_seat",
                    models.CharField(blank=True, max_length=120, verbose_name="administrative seat"),
                ),
                (
                    "zone",
                    models.CharField(
                        blank=True,
                        choices=[("I", "zone I"), ("II", "zone II"), ("III", "zone III")],
                        max_length=3,
                        verbose_name="zone 2026-2030",
                    ),
                ),
                ("border", models.BooleanField(default=False, verbose_name="touches Laos or China")),
                (
                    "border_certainty",
                    models.CharField(
                        blank=True,
                        choices=[("certain", "certain"), ("likely", "likely")],
                        max_length=10,
                        verbose_name="certainty of the border",
                    ),
                ),
                ("lat", models.FloatField(blank=True, null=True, verbose_name="latitude")),
                ("lon", models.FloatField(blank=True, null=True, verbose_name="longitude")),
                (
                    "search_terms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80),
                        default=list,
                        size=None,
                        verbose_name="search terms",
                    ),
                ),
                ("search_text", models.TextField(blank=True, verbose_name="folded search terms")),
                (
                    "district",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="communes",
                        to="places.district",
                    ),
                ),
            ],
            options={
                "verbose_name": "commune",
                "verbose_name_plural": "communes",
            },
        ),
        migrations.CreateModel(
            name="Hamlet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "commune",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hamlets",
                        to="places.commune",
                    ),
                ),
            ],
            options={
                "verbose_name": "hamlet",
                "verbose_name_plural": "hamlets",
            },
        ),
        migrations.CreateModel(
            name="MapShape",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.TextField(verbose_name="SVG path")),
                ("label_x", models.PositiveSmallIntegerField(verbose_name="label x")),
                ("label_y", models.PositiveSmallIntegerField(verbose_name="label y")),
                (
                    "commune",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shapes",
                        to="places.commune",
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shapes",
                        to="places.mapsheet",
                    ),
                ),
            ],
            options={
                "verbose_name": "shape on a map",
                "verbose_name_plural": "shapes on a map",
            },
        ),
        migrations.CreateModel(
            name="Neighbour",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "a",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="places.commune"
                    ),
                ),
                (
                    "b",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="places.commune"
                    ),
                ),
            ],
            options={
                "verbose_name": "pair of neighbours",
                "verbose_name_plural": "pairs of neighbours",
            },
        ),
        migrations.CreateModel(
            name="Succession",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "new",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="made_of",
                        to="places.commune",
                    ),
                ),
                (
                    "old",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="became",
                        to="places.commune",
                    ),
                ),
            ],
            options={
                "verbose_name": "succession",
                "verbose_name_plural": "successions",
            },
        ),
        migrations.AddConstraint(
            model_name="commune",
            constraint=models.UniqueConstraint(
                fields=("code", "valid_from"), name="one_unit_per_code_and_first_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="commune",
            constraint=models.UniqueConstraint(
                condition=models.Q(("valid_to", None)), fields=("code",), name="one_unit_of_today_per_code"
            ),
        ),
        migrations.AddConstraint(
            model_name="commune",
            constraint=models.CheckConstraint(
                condition=models.Q(("code__regex", "^\\d{5}$")), name="commune_code_has_five_digits"
            ),
        ),
        migrations.AddConstraint(
            model_name="commune",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to", None), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                ),
                name="commune_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="commune",
            constraint=models.CheckConstraint(
                condition=models.Q(("area_km2", None), ("area_km2__gt", 0), _connector="OR"),
                name="commune_area_is_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="commune",
            constraint=models.CheckConstraint(
                condition=models.Q(("zone__in", ["", "I", "II", "III"])), name="commune_zone_is_one_of_three"
            ),
        ),
        migrations.AddConstraint(
            model_name="hamlet",
            constraint=models.UniqueConstraint(
                fields=("commune", "name"), name="one_hamlet_per_name_in_a_commune"
            ),
        ),
        migrations.AddConstraint(
            model_name="mapshape",
            constraint=models.UniqueConstraint(
                fields=("sheet", "commune"), name="one_shape_per_commune_on_a_map"
            ),
        ),
        migrations.AddConstraint(
            model_name="neighbour",
            constraint=models.UniqueConstraint(fields=("a", "b"), name="one_row_per_pair_of_neighbours"),
        ),
        migrations.AddConstraint(
            model_name="neighbour",
            constraint=models.CheckConstraint(
                condition=models.Q(("a", models.F("b")), _negated=True), name="no_unit_neighbours_itself"
            ),
        ),
        migrations.AddConstraint(
            model_name="succession",
            constraint=models.CheckConstraint(
                condition=models.Q(("old", models.F("new")), _negated=True), name="no_unit_succeeds_itself"
            ),
        ),
    ]
