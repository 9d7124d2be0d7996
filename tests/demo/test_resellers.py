"""The agency of the demonstration can sell, and is marked as a sample."""

import pytest
from django.utils import timezone

from marketplace.demo import resellers
from tourism.octo import keys
from tourism.octo.selectors import commission_bp

pytestmark = pytest.mark.django_db


def test_the_agency_s_key_is_known_and_opens_the_api():
    resellers.save(now=timezone.now())

    agency = keys.reseller_of("dienbien-demo-reseller")

    assert agency is not None
    assert agency.is_sample
    assert "dữ liệu mẫu" in agency.name
    assert commission_bp(agency, on=timezone.localdate()) == 1_500
