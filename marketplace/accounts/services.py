from django.contrib.auth.models import Group
from django.db import transaction

from marketplace.places.models import Commune

from .models import RoleAssignment, User

Role = RoleAssignment.Role


@transaction.atomic
def grant_role(*, user: User, role: str, commune: Commune | None = None) -> RoleAssignment:
    """Give ``user`` a role. ``commune`` is the scope of a commune official and of nobody else.

    Repeats change nothing. An administrator also enters Oscar's dashboard.
    """
    assert (commune is not None) == (role == Role.COMMUNE_OFFICIAL), (role, commune)
    assignment, _ = RoleAssignment.objects.get_or_create(user=user, role=role, commune=commune)
    group, _ = Group.objects.get_or_create(name=role)
    user.groups.add(group)
    if role == Role.ADMINISTRATOR and not user.is_superuser:
        user.is_staff = user.is_superuser = True
        user.save(update_fields=["is_staff", "is_superuser"])
    return assignment
