"""A household with a paid order, as the settlement has it, and the person who packs it."""

from __future__ import annotations

from typing import Any

import pytest

from marketplace.sellers.models import Member
from tests.factories import UserFactory
from tests.settlement.conftest import (  # noqa: F401  (fixtures)
    _paying_wallet,
    _silent_wallet,
    household,
    paid,
    post,
    stay_options,
    visitor,
)


@pytest.fixture
def packer(household: Any) -> Any:  # noqa: F811
    """A member of the household, who packs."""
    user = UserFactory(name="Lò Văn Pản")
    Member.objects.create(seller=household, user=user)
    return user
