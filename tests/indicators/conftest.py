from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from marketplace.accounts.services import grant_role
from tests.factories import UserFactory, commune_named, load_province


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Messages and names as the code has them, whatever is translated."""
    with translation.override("en"):
        yield


@pytest.fixture
def province(db: None) -> None:
    load_province()


def signed_in(role: str, commune: Any = None) -> Any:
    """A client that reads English, with the official it belongs to."""
    person = UserFactory(name="Phạm Thu Hà")
    grant_role(user=person, role=role, commune=commune)
    client: Any = Client()
    client.force_login(person)
    client.cookies["django_language"] = "en"
    client.person = person
    return client


@pytest.fixture
def official(province: None) -> Any:
    return signed_in("province-official")


@pytest.fixture
def of_phang(province: None) -> Any:
    """The official of Mường Phăng."""
    return signed_in("commune-official", commune_named("Mường Phăng"))
