from collections.abc import Iterator

import pytest
from django.utils import translation

from tests.factories import load_province


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Messages and names as the code has them, whatever is translated."""
    with translation.override("en"):
        yield


@pytest.fixture
def province(db: None) -> None:
    """The 45 communes of today, the 129 units before them, and the schematic map."""
    load_province()
