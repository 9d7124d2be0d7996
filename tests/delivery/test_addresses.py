"""Addresses of before the reform are understood: districts, old communes, old provinces."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from marketplace.delivery.models import FormerProvince, Province
from marketplace.delivery.services import Wish, read_address, resolve
from marketplace.delivery.services.addresses import checked_postal_code
from marketplace.errors import Invalid
from tests.factories import load_province

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _province(db):
    load_province()
    call_command("load_delivery", stdout=StringIO())


@pytest.mark.parametrize(
    ("written", "detail", "commune"),
    [
        ("Bản Bon, xã Thanh Xương, huyện Điện Biên, tỉnh Điện Biên", "Bản Bon", "Phường Mường Thanh"),
        ("ban Bon, xa Thanh Xuong, huyen Dien Bien", "ban Bon", "Phường Mường Thanh"),
        ("số 5, tổ 3, phường Him Lam", "số 5, tổ 3", "Phường Điện Biên Phủ"),
        ("Bản Che Căn, xã Mường Phăng, TP Điện Biên Phủ, Điện Biên", "Bản Che Căn", "Xã Mường Phăng"),
        ("bản Nậm Pồ, Mường Nhé", "bản Nậm Pồ", "Xã Mường Nhé"),
    ],
)
def test_old_names_lead_to_the_commune_of_today(written, detail, commune):
    found = read_address(written, on=TODAY)

    assert (found.detail, str(found.commune), found.province.code) == (detail, commune, "11")


@pytest.mark.parametrize(
    ("written", "province"),
    [
        ("12 Lê Lợi, phường 1, thành phố Vũng Tàu, tỉnh Bà Rịa – Vũng Tàu", "79"),
        ("thôn 3, xã Đạo Đức, huyện Vị Xuyên, Hà Giang", "08"),
        ("5 Hang Ma, Hoan Kiem, Ha Noi, Viet Nam", "01"),
    ],
)
def test_old_provinces_lead_to_those_of_today_and_the_rest_stays_as_written(written, province):
    found = read_address(written, on=TODAY)

    assert (found.province.code, found.commune) == (province, None)
    assert found.detail == ", ".join(written.split(", ")[: -2 if "Viet Nam" in written else -1])


def test_every_old_province_leads_to_one_of_today():
    assert FormerProvince.objects.count() == 63
    assert set(FormerProvince.objects.values_list("province", flat=True)) == set(
        Province.objects.values_list("pk", flat=True)
    )


def test_a_name_nobody_knows_is_said():
    with pytest.raises(Invalid, match="“xã Không Có” is no commune of Điện Biên and no province"):
        read_address("nhà ông Páo, xã Không Có", on=TODAY)
    with pytest.raises(Invalid, match="Write the house or hamlet, a comma"):
        read_address("Thanh Xương", on=TODAY)


def test_a_postal_code_has_five_digits_and_is_of_the_province():
    assert checked_postal_code(" 32 108", province_code="11") == "32108"
    assert checked_postal_code("", province_code="11") == ""
    assert checked_postal_code("10000", province_code="01") == "10000"
    for wrong, province in [("3210", "11"), ("10000", "11"), ("32108", "01"), ("٣٢١٠٨", "11")]:
        with pytest.raises(Invalid) as refused:
            checked_postal_code(wrong, province_code=province)
        assert refused.value.field == "postal_code"


def test_an_order_may_name_its_address_in_one_line():
    wish = Wish(method="home", written="Bản Che Căn, xã Mường Phăng, TP Điện Biên Phủ", postal_code="32108")

    found = resolve(wish, on=TODAY)

    assert (found.detail, str(found.commune), found.postal_code) == ("Bản Che Căn", "Xã Mường Phăng", "32108")
    assert found.brought_from is not None
