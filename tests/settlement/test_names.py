"""Whose an account of the ledger is, on the pages for staff."""

from __future__ import annotations

import pytest

from marketplace.settlement.names import names_of
from tests.factories import UserFactory
from tests.settlement.conftest import release
from tests.settlement.test_pages import text_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


def test_accounts_are_called_after_their_owners(paid):
    seller, part = paid.seller, paid.goods.number
    codes = [f"payable:seller-{seller.pk}", f"debt:seller-{seller.pk}", f"escrow:{part}", f"escrow:{part}-D"]

    names = names_of([*codes, "payable:carrier-post", "payable:seller-0", "escrow:X-1", "tax:vat", "till:0"])

    assert names == dict.fromkeys(codes, seller.name) | {"payable:carrier-post": "Post"}


def test_the_names_of_many_accounts_cost_three_queries(paid, django_assert_num_queries):
    codes = [f"payable:seller-{number}" for number in range(50)]
    codes += [f"escrow:X-{number}" for number in range(50)] + ["till:380000"]

    with django_assert_num_queries(3):
        names_of(codes)


def test_the_staff_read_names_beside_codes(visitor, paid):
    release(paid.goods)
    visitor.force_login(UserFactory(is_staff=True))
    code = f"payable:seller-{paid.seller.pk}"

    assert f"{code} {paid.seller.name}" in text_of(visitor.get("/staff/ledger/?kind=payable"))
    account = visitor.get(f"/staff/ledger/{code}/")
    assert f"{paid.seller.name} · To be paid to sellers and the post" in text_of(account)
    assert f"escrow:{paid.goods.number} {paid.seller.name}" in text_of(account)
    assert f"{code} {paid.seller.name}" in text_of(visitor.get(f"/staff/stories/{paid.order.number}/"))
