"""What a role reaches: an agent one post point, a commune official one commune."""

import pytest
from django.db import IntegrityError, transaction

from marketplace.accounts.models import RoleAssignment
from marketplace.accounts.selectors import post_office_of
from marketplace.accounts.services import grant_role
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
AGENT, PROVINCE_OFFICIAL = RoleAssignment.Role.AGENT, RoleAssignment.Role.PROVINCE_OFFICIAL


def test_an_agent_works_at_the_post_point_named_last():
    agent = UserFactory()

    grant_role(user=agent, role=AGENT, post_office="380000")
    grant_role(user=agent, role=AGENT, post_office="381100")

    assert post_office_of(agent) == "381100"
    assert agent.roles.count() == 1
    assert [group.name for group in agent.groups.all()] == ["agent"]


def test_nobody_else_works_at_a_post_point():
    official = UserFactory()
    grant_role(user=official, role=PROVINCE_OFFICIAL)

    assert post_office_of(official) == ""
    assert post_office_of(None) == ""
    with pytest.raises(IntegrityError, match="only_agents_have_a_post_office"), transaction.atomic():
        RoleAssignment.objects.filter(user=official).update(post_office="380000")


def test_an_agent_of_before_who_has_no_post_point_yet_belongs_to_none():
    assignment = RoleAssignment.objects.create(user=UserFactory(), role=AGENT)

    assert post_office_of(assignment.user) == ""
