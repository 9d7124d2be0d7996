"""People who join, and what came to their telephones."""

import re
from datetime import datetime

import pytest
from django.utils import timezone

from marketplace.accounts.models import RoleAssignment, User
from marketplace.messaging.models import Message
from marketplace.places.models import Commune, Hamlet
from marketplace.sellers.models import Mandate, Member, Seller
from tests import own_cache
from tests.factories import CommuneFactory, SellerFactory, UserFactory

FARMERS_PHONE = "+84399000777"


@pytest.fixture(autouse=True)
def _nothing_was_counted() -> None:
    """How often a number or a network asked is kept in the cache, which outlives a test."""
    own_cache.empty()


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def commune(db) -> Commune:
    commune = CommuneFactory(name="Mường Phăng", full_name="Xã Mường Phăng")
    Hamlet.objects.create(commune=commune, name="Bản Che Căn")
    return commune


@pytest.fixture
def farmer(db) -> User:
    return UserFactory(phone=FARMERS_PHONE, name="Lò Văn Sung")


@pytest.fixture
def shop(farmer: User, commune: Commune) -> Seller:
    seller = SellerFactory(name="Hộ Lò Văn Sung", commune=commune, phone=FARMERS_PHONE, level=0)
    Member.objects.create(seller=seller, user=farmer)
    return seller


@pytest.fixture
def agent(db) -> User:
    user = UserFactory(name="Cà Văn Điện")
    RoleAssignment.objects.create(user=user, role=RoleAssignment.Role.AGENT, post_office="380000")
    return user


@pytest.fixture
def mandate(shop: Seller, agent: User, now: datetime) -> Mandate:
    return Mandate.objects.create(
        seller=shop, agent=agent, scopes=["listing", "orders"], asked_at=now, consented_at=now
    )


def code_sent_to(phone: str) -> str:
    """Return the code in the newest message to ``phone``, as its owner reads it."""
    newest = Message.objects.filter(to=phone, purpose="code").order_by("-queued_at", "-pk").first()
    assert newest is not None, f"nothing was sent to {phone}"
    found = re.search(
        r"\b\d{6}\b", newest.text.replace(", ", "") if newest.channel == "voice" else newest.text
    )
    assert found is not None, newest.text
    return found[0]
