from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.money.settling import Settling
from tests.money.world import PROVIDERS, clock_of


@pytest.fixture(autouse=True)
def _operators(settings: Any) -> None:
    settings.PAYMENT_PROVIDERS = PROVIDERS


@pytest.fixture
def market(db: None) -> Iterator[Settling]:
    found = Settling()
    with clock_of(found):
        yield found
