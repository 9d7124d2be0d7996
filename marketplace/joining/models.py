"""What is asked of a farmer before somebody else may act for them."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from marketplace.sellers.models import Mandate, Seller


class Consent(models.Model):
    """A question to a farmer's phone: may this agent act for you? Answered by the code that came with it.

    Either about a shop that exists (``mandate``), or about one that the agent opens with the farmer; then
    the shop's words stand here until the farmer agrees, and ``seller`` once they did. Only the code's digest
    is kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    agent = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="consents_asked")
    phone = PhoneNumberField(_("farmer's phone number"))
    scopes = ArrayField(models.CharField(max_length=10, choices=Mandate.Scope), verbose_name=_("allows"))
    mandate = models.ForeignKey(
        Mandate, on_delete=models.PROTECT, null=True, blank=True, related_name="consents"
    )
    # Of a shop that is opened with the farmer.
    name = models.CharField(_("farmer's name"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Seller.Kind, blank=True)
    seller_name = models.CharField(_("name of the co-operative"), max_length=120, blank=True)
    unit = models.ForeignKey(
        "places.Commune", on_delete=models.PROTECT, null=True, blank=True, related_name="consents"
    )
    hamlet = models.CharField(_("hamlet"), max_length=60, blank=True)
    seller = models.ForeignKey(
        Seller, on_delete=models.PROTECT, null=True, blank=True, related_name="consents"
    )
    digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField(_("code sent"))
    expires_at = models.DateTimeField(_("code ends"))
    tries = models.PositiveSmallIntegerField(_("wrong codes"), default=0)
    answered_at = models.DateTimeField(_("agreed"), null=True, blank=True)

    class Meta:
        verbose_name = _("question for consent")
        verbose_name_plural = _("questions for consent")
        constraints = [
            models.CheckConstraint(
                condition=Q(mandate__isnull=False) | ~Q(name="") & Q(unit__isnull=False) & ~Q(kind=""),
                name="consent_is_about_a_shop",
            ),
            models.CheckConstraint(condition=Q(tries__lte=5), name="consent_allows_five_wrong_codes"),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} asks {self.phone}"
