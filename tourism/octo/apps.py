from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OctoConfig(AppConfig):
    name = "tourism.octo"
    label = "octo"
    verbose_name = _("resellers")
