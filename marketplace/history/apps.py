from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HistoryConfig(AppConfig):
    name = "marketplace.history"
    verbose_name = _("history of changes")

    def ready(self) -> None:
        from .context import connect_tasks

        connect_tasks()
