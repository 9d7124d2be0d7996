from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClosuresConfig(AppConfig):
    name = "tourism.closures"
    label = "closures"
    verbose_name = _("closed roads")
