from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from .models import RoleAssignment, User

Role = RoleAssignment.Role


@dataclass(frozen=True)
class OfficialScope:
    """What an official may see in full: the whole province, or the communes with these codes."""

    whole_province: bool
    commune_codes: frozenset[str]

    def sees(self, code: str) -> bool:
        return self.whole_province or code in self.commune_codes


NOTHING = OfficialScope(whole_province=False, commune_codes=frozenset())


def official_scope(user: User | AbstractBaseUser | AnonymousUser | None) -> OfficialScope:
    """Return which communes' figures ``user`` sees unsuppressed. One query; none for strangers."""
    if user is None or not user.is_authenticated:
        return NOTHING
    rows = RoleAssignment.objects.filter(user_id=user.pk).values_list("role", "commune__code")
    roles = list(rows)
    return OfficialScope(
        whole_province=any(role in (Role.PROVINCE_OFFICIAL, Role.ADMINISTRATOR) for role, _ in roles),
        commune_codes=frozenset(code for role, code in roles if role == Role.COMMUNE_OFFICIAL and code),
    )


def post_office_of(user: User | AbstractBaseUser | AnonymousUser | None) -> str:
    """Return the code of the post point ``user`` works at as its agent; "" for everybody else. One query."""
    if user is None or not user.is_authenticated:
        return ""
    agents = RoleAssignment.objects.filter(user_id=user.pk, role=Role.AGENT)
    return agents.values_list("post_office", flat=True).first() or ""
