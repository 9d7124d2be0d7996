from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SightsConfig(AppConfig):
    name = "tourism.sights"
    label = "sights"
    verbose_name = _("sights and festivals")
