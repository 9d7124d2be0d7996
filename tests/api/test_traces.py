"""Where a pack comes from, by REST."""

from __future__ import annotations

import pytest

from tests.agriculture.trace.conftest import farm, lot_of, verified  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db


def test_a_code_says_who_grew_what_is_in_the_pack(api, farm):  # noqa: F811
    verified(farm, kind="ocop", stars=4, product=farm.product, number="OCOP-17")
    lot = lot_of(farm)

    answer = api.get(f"traces/{lot.code}/").json()

    assert answer["title"] == "Gạo séng cù"
    assert answer["seller"]["name"] == "Hộ bà Lò Thị Pản"
    assert answer["commune"]["name"] == "Xã Mường Thử"
    assert answer["hamlet"] == ""
    assert answer["lots"] == [
        {
            "code": lot.code,
            "harvested_on": lot.harvested_on.isoformat(),
            "expires_on": lot.expires_on.isoformat(),
        }
    ]
    assert [(each["kind"], each["stars"], each["number"]) for each in answer["certificates"]] == [
        ("ocop", 4, "OCOP-17")
    ]
    assert answer["steps"] == []


def test_a_code_nobody_gave_out_is_not_found(api, db):
    answer = api.get("traces/ABCD2345/")

    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"
