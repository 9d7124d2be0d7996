"""A travel agency of the demonstration, whose program may call the OCTO API with a key everybody knows."""

from datetime import datetime

from django.utils import timezone

from tourism.octo import keys
from tourism.octo.models import Reseller, ResellerTerms

NAME = "Lữ hành Hoa Ban (dữ liệu mẫu)"
KEY = "dienbien-demo-reseller"
COMMISSION_BP = 1_500


def save(*, now: datetime) -> None:
    """Save the agency, its terms from the first of January on, and its key."""
    agency = Reseller.objects.create(name=NAME, is_sample=True)
    first_of_year = timezone.localdate(now).replace(month=1, day=1)
    ResellerTerms.objects.create(
        reseller=agency, valid_from=first_of_year, commission_bp=COMMISSION_BP, source="dữ liệu mẫu"
    )
    keys.make(reseller=agency, now=now, secret=KEY)
