"""Pooled orders by REST, and joining one through a basket."""

import pytest
from django.utils import timezone

from tests.factories import UserFactory
from tests.regulars.conftest import household, order_of  # noqa: F401  (a fixture)
from tests.regulars.test_pools import open_pool
from tests.shop.conftest import _silent_wallet, post  # noqa: F401  (fixtures)

pytestmark = pytest.mark.django_db


def test_open_pools_are_listed_with_what_is_paid_for(api, household, post):  # noqa: F811
    member = UserFactory()
    household.members.add(member)
    pool = open_pool(member, household, now=timezone.now())
    order_of(None, (pool.product.produce, 2))

    answer = api.http.get("/api/v1/pools/").json()

    assert answer["count"] == 1
    row = answer["results"][0]
    assert (row["id"], row["product"], row["title"]) == (pool.pk, pool.product_id, "Gạo tám")
    assert (row["price_vnd"], row["full_vnd"], row["weight_g"]) == (170_000, 150_000, 5_000)
    assert (row["target_g"], row["paid_g"], row["packs_left"]) == (20_000, 10_000, 18)
