from io import StringIO

import pytest
from django.core.management import call_command

from tests.factories import load_province


@pytest.fixture
def province(db: None) -> None:
    """The communes of Điện Biên with their sights and festivals."""
    load_province()
    call_command("load_sights", stdout=StringIO())
