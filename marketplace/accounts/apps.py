from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "marketplace.accounts"
    label = "accounts"
    verbose_name = _("people")

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added

        from .second_factor import note_new

        authenticator_added.connect(note_new, dispatch_uid="accounts.note_new")
