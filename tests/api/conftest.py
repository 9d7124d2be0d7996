from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import RefreshToken

from tests.shop.conftest import _silent_wallet, post, stay_options  # noqa: F401  (fixtures)


class Api:
    """The API as a program calls it: paths below /api/v1/, JSON, messages in English."""

    def __init__(self, token: str = "") -> None:
        headers = {"Accept-Language": "en"} | ({"Authorization": f"Bearer {token}"} if token else {})
        self.http = APIClient(headers=headers)

    def get(self, path: str, **call: Any) -> Any:
        return self._call("get", path, **call)

    def post(self, path: str, body: Any = None, **call: Any) -> Any:
        return self._call("post", path, body, **call)

    def patch(self, path: str, body: Any = None, **call: Any) -> Any:
        return self._call("patch", path, body, **call)

    def delete(self, path: str, **call: Any) -> Any:
        return self._call("delete", path, **call)

    def _call(
        self,
        verb: str,
        path: str,
        body: Any = None,
        *,
        key: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Any:
        sent = dict(headers or {}) | ({"Idempotency-Key": str(key)} if key else {})
        extra = {} if verb == "get" else {"data": body, "format": "json"}
        return getattr(self.http, verb)(f"/api/v1/{path}", headers=sent, **extra)


@pytest.fixture
def api() -> Api:
    return Api()


def signed_in(user: Any) -> Api:
    return Api(str(RefreshToken.for_user(user).access_token))
