from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FulfilmentConfig(AppConfig):
    name = "marketplace.fulfilment"
    label = "fulfilment"
    verbose_name = _("fulfilment")

    def ready(self) -> None:
        from . import receivers  # noqa: F401
