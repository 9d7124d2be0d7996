"""The stars that stood with a product become certificates that an official has yet to look at.

Their numbers and issuers were never kept, so nobody can have verified them. OCOP's stars are given for 36
months (Decision 148/QĐ-TTg of 24 February 2023): of a year alone is known that they end with the third after it.
"""

import uuid
from datetime import date

from django.db import migrations
from django.utils import timezone

YEARS = 3
NAMESPACE = uuid.UUID("6f1d7a52-3c0e-4a55-9b3e-0c6f3a3f9d11")


def to_certificates(apps, schema_editor):
    produce, certificate = apps.get_model("agriculture", "Produce"), apps.get_model("trace", "Certificate")
    now = timezone.now()
    rows = produce.objects.exclude(ocop_stars=None).filter(product__origin__isnull=False)
    certificate.objects.bulk_create(
        certificate(
            pk=uuid.uuid5(NAMESPACE, str(each.product_id)),
            seller_id=each.product.origin.seller_id,
            product_id=each.product_id,
            kind="ocop",
            stars=each.ocop_stars,
            issued_on=None,
            expires_on=date((each.ocop_year or now.year) + YEARS, 12, 31),
            asked_at=now,
        )
        for each in rows.select_related("product__origin").order_by("pk")
    )


def to_products(apps, schema_editor):
    produce, certificate = apps.get_model("agriculture", "Produce"), apps.get_model("trace", "Certificate")
    for each in certificate.objects.filter(kind="ocop").order_by("asked_at", "pk"):
        produce.objects.filter(product=each.product_id).update(
            ocop_stars=each.stars, ocop_year=each.expires_on.year - YEARS
        )


class Migration(migrations.Migration):
    dependencies = [
        ("trace", "0001_certificates"),
        ("agriculture", "0001_initial"),
    ]

    operations = [migrations.RunPython(to_certificates, to_products)]
