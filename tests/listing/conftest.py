"""A farmer with a phone, and photos as phones take them."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from marketplace.accounts.models import User
from marketplace.listing import services
from marketplace.sellers.models import Member, Seller
from tests.factories import SellerFactory, UserFactory

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_folders(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT, settings.UPLOADS_ROOT = tmp_path / "media", tmp_path / "uploads"


@pytest.fixture
def seller() -> Seller:
    return SellerFactory(name="Hộ ông Giàng A Páo")


@pytest.fixture
def farmer(seller: Seller) -> User:
    person = UserFactory()
    Member.objects.create(seller=seller, user=person)
    return person


@pytest.fixture
def phone(farmer: User) -> Client:
    client = Client()
    client.force_login(farmer)
    return client


@pytest.fixture
def put_up(seller: Seller, farmer: User) -> Callable[..., Any]:
    """List rice; a test says what is different."""

    def act(**facts: Any) -> Any:
        rice = {"name": "Gạo nếp nương", "category": "rice", "unit": "kg", "quantity": 50}
        rice |= {"price_vnd": 45_000, "seller": seller, "by": farmer, "now": NOW}
        return services.list_produce(**rice | facts)

    return act


def jpeg(size: tuple[int, int] = (800, 600), **options: Any) -> bytes:
    file = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(file, "JPEG", **options)
    return file.getvalue()


def photo_file(content: bytes | None = None, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, jpeg() if content is None else content)
