from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegularsConfig(AppConfig):
    name = "marketplace.regulars"
    label = "regulars"
    verbose_name = _("regular buyers")
