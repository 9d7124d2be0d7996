"""Buyers with an account, and a household with a paid order, as the settlement has it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from marketplace.accounts.models import User
from marketplace.sellers.models import Member
from marketplace.shop.basket import services as baskets
from marketplace.shop.checkout.services import Buyer
from tests.factories import UserFactory
from tests.settlement.conftest import (  # noqa: F401  (fixtures)
    _paying_wallet,
    _silent_wallet,
    household,
    pay,
    post,
    stay_options,
    visitor,
)
from tests.shop.conftest import check_out, new_basket


@pytest.fixture
def buyer(db: None) -> User:
    return UserFactory(name="Lò Thị Mai", phone="+84399000001")


@pytest.fixture
def member(household: Any) -> User:  # noqa: F811
    """Somebody of the household."""
    user = UserFactory(name="Lò Văn Pản")
    Member.objects.create(seller=household, user=user)
    return user


@pytest.fixture
def page(visitor: Client, buyer: User) -> Client:  # noqa: F811
    """The buyer's browser, in English."""
    visitor.force_login(buyer)
    return visitor


def order_of(user: User | None, *goods: tuple[Any, int], paid: bool = True) -> Any:
    """Order produce for somebody, and pay for it; return the order."""
    basket = new_basket()
    basket.owner = user
    basket.save()
    for produce, quantity in goods:
        baskets.add_goods(basket, product_id=produce.product_id, quantity=quantity)
    order = check_out(basket, buyer=Buyer("+84399000001", "Lò Thị Mai", user)).order
    if paid:
        pay(order)
        order.refresh_from_db()
    return order
