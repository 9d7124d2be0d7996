from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PackingConfig(AppConfig):
    name = "marketplace.packing"
    label = "packing"
    verbose_name = _("packing")
