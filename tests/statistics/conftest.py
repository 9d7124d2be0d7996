import pytest

from tests.factories import load_province


@pytest.fixture
def province(db: None) -> None:
    """The 45 communes of today, the 129 units before them, and the schematic map."""
    load_province()
