"""Who may open the pages for staff."""

from typing import Any

from django.contrib.auth.mixins import UserPassesTestMixin
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache


@method_decorator(never_cache, name="dispatch")
class StaffOnly(UserPassesTestMixin):
    """Lets staff in. Sends strangers to sign in, and answers 403 to whoever has signed in and is none."""

    request: Any

    def test_func(self) -> bool:
        return bool(self.request.user.is_active and self.request.user.is_staff)
