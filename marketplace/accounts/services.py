from django.contrib.auth.models import Group
from django.db import transaction

from marketplace.places.models import Commune

from .models import RoleAssignment, User

Role = RoleAssignment.Role


@transaction.atomic
def grant_role(
    *, user: User, role: str, commune: Commune | None = None, post_office: str = ""
) -> RoleAssignment:
    """Give ``user`` a role. ``commune`` is the scope of a commune official, ``post_office`` (the code of a
    post point) that of an agent, and of nobody else.

    Repeats change nothing, except that an agent moves to the post office named last. An administrator also
    enters Oscar's dashboard.
    """
    assert (commune is not None) == (role == Role.COMMUNE_OFFICIAL), (role, commune)
    assert bool(post_office) == (role == Role.AGENT), (role, post_office)
    assignment, _ = RoleAssignment.objects.update_or_create(
        user=user, role=role, commune=commune, defaults={"post_office": post_office}
    )
    group, _ = Group.objects.get_or_create(name=role)
    user.groups.add(group)
    if role == Role.ADMINISTRATOR and not user.is_superuser:
        user.is_staff = user.is_superuser = True
        user.save(update_fields=["is_staff", "is_superuser"])
    return assignment
