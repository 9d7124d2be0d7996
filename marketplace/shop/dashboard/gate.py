from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

View = Callable[..., HttpResponseBase]


def for_administrators(view: View) -> View:
    """Let administrators see ``view``: strangers are asked to sign in, everybody else is refused (403).

    Says why when something cannot be deleted; Oscar's pages do not expect it.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("customer:login"))
        if not request.user.is_staff:
            raise PermissionDenied
        try:
            # A form of Oscar's that was sent without its button answers nothing.
            answer = view(request, *args, **kwargs) or redirect(request.path)
        except ProtectedError as error:
            kinds = {str(each._meta.verbose_name) for each in error.protected_objects}
            messages.error(
                request,
                _("This cannot be deleted, because it is still needed by: %(kinds)s. Hide it instead.")
                % {"kinds": ", ".join(sorted(kinds))},
            )
            return redirect(request.path)
        answer._csp_update = settings.DASHBOARD_POLICY  # type: ignore[attr-defined]  # read by django-csp
        return answer

    return guarded
