"""Whatever any role sends to the API, the answer is one it documents: no failure of ours, no other's row."""

from __future__ import annotations

from itertools import cycle
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from rest_framework_simplejwt.tokens import RefreshToken

from marketplace.accounts.services import grant_role
from tests.api.conftest import _silent_wallet, api, post, stay_options  # noqa: F401
from tests.api.test_schema import CHECKS, aim, description, things  # noqa: F401
from tests.factories import UserFactory, commune_named

pytestmark = pytest.mark.django_db(transaction=True)

ROLES = ("buyer", "agent", "commune-official", "province-official", "administrator")
TURNS = cycle((*ROLES, "anonymous"))  # one after the other, through the cases of all calls


@pytest.fixture
def tokens(things: dict[str, Any]) -> dict[str, str]:  # noqa: F811
    """A token of each role, none of whom owns what the calls are aimed at."""
    found = {}
    for role in ROLES:
        user = UserFactory()
        if role == "agent":
            grant_role(user=user, role=role, post_office="380000")
        elif role != "buyer":
            commune = commune_named("Mường Nhé") if role == "commune-official" else None
            grant_role(user=user, role=role, commune=commune)
        found[role] = str(RefreshToken.for_user(user).access_token)
    return found


@schemathesis.pytest.from_fixture("description").parametrize()
@settings(
    max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
def test_each_role_gets_a_documented_answer(case, things, tokens):  # noqa: F811
    role = next(TURNS)
    aim(case, things)
    signed_in = {"Authorization": f"Bearer {tokens[role]}"} if role in ROLES else {}

    answer = case.call_and_validate(headers={"Accept-Encoding": "identity"} | signed_in, checks=CHECKS)

    if "/sell/" in case.path:
        assert answer.status_code >= 400, (role, case.method, case.path)
