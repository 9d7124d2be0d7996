"""The people one can sign in as. Their numbers exist in the simulated wallet operator only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.utils import timezone

from marketplace.accounts.models import RoleAssignment, User
from marketplace.accounts.phones import to_e164
from marketplace.accounts.services import grant_role
from marketplace.places.models import Commune
from marketplace.sellers.models import Member, Seller

Role = RoleAssignment.Role

PASSWORD = "dienbien-demo"  # noqa: S105 (published on purpose, and refused where DEBUG is off)
OFFICIALS_COMMUNE = "03325"  # Mường Phăng
AGENTS_POST_OFFICE = "380000"  # Điện Biên Phủ


@dataclass(frozen=True)
class Person:
    phone: str
    name: str
    role: Role | None = None
    wallet_provider: str = ""


BUYER = Person("0399000001", "Nguyễn Thị Mai", wallet_provider="viettel")
FARMER = Person("0399000002", "Lò Văn Sung", wallet_provider="viettel")
HOST = Person("0889000003", "Lò Thị Pản", wallet_provider="vnpt")
COMMUNE_OFFICIAL = Person("0899000004", "Quàng Văn Thắng", Role.COMMUNE_OFFICIAL)
PROVINCE_OFFICIAL = Person("0899000005", "Phạm Thu Hà", Role.PROVINCE_OFFICIAL)
ELDER = Person("0889000007", "Lò Văn Pâng")  # of the co-operative of a village that hosts
AGENT = Person("0889000006", "Cà Văn Điện", Role.AGENT)
ADMINISTRATOR = Person("0399000009", "Trần Minh Đức", Role.ADMINISTRATOR)
PEOPLE = (BUYER, FARMER, HOST, COMMUNE_OFFICIAL, PROVINCE_OFFICIAL, AGENT, ELDER, ADMINISTRATOR)


def save(*, sellers: Mapping[Person, Seller], commune: Commune) -> dict[Person, User]:
    """Make the demo accounts with their roles; ``sellers`` says who is a member of which seller.

    ``commune`` is today's commune of the commune official.
    """
    for role in Role.values:
        Group.objects.get_or_create(name=role)
    users = {}
    for person in PEOPLE:
        user = User.objects.create_user(person.phone, name=person.name)
        if person.role:
            grant_role(
                user=user,
                role=person.role,
                commune=commune if person.role == Role.COMMUNE_OFFICIAL else None,
                post_office=AGENTS_POST_OFFICE if person.role == Role.AGENT else "",
            )
        users[person] = user
    # One hash for all: a slow one is made to be slow, and this password is no secret.
    people = User.objects.filter(pk__in=[user.pk for user in users.values()])
    people.update(password=make_password(PASSWORD), phone_verified_at=timezone.now())
    Member.objects.bulk_create(
        Member(seller=seller, user=users[person]) for person, seller in sellers.items()
    )
    return users


def wallet_of(person: Person) -> dict[str, str]:
    """Return what a seller's row says of the wallet of ``person``."""
    return {"phone": to_e164(person.phone), "wallet_provider": person.wallet_provider}
