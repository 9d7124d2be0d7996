from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CopiesConfig(AppConfig):
    name = "marketplace.copies"
    verbose_name = _("Copies of public pages")
