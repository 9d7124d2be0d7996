from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SettlementConfig(AppConfig):
    name = "marketplace.settlement"
    label = "settlement"
    verbose_name = _("settlement")

    def ready(self) -> None:
        from payments.staff import naming

        from .names import names_of

        naming.register(names_of)
