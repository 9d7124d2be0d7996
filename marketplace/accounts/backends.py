from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from .errors import InvalidPhone
from .models import User
from .phones import to_e164


class PhoneBackend(ModelBackend):
    """Signs people in by phone number, however they write it, and password."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        phone = username or kwargs.get("phone")
        try:
            e164 = to_e164(phone or "")
        except InvalidPhone:
            e164 = ""  # hashes a password all the same, so that the answer takes as long
        user = super().authenticate(request, username=e164, password=password)
        return user if isinstance(user, User) else None
