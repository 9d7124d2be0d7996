from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KeypadConfig(AppConfig):
    name = "marketplace.keypad"
    label = "keypad"
    verbose_name = _("SMS and USSD")

    def ready(self) -> None:
        from . import receivers  # noqa: F401
