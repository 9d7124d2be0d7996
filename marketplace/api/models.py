from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class KeyedRequest(models.Model):
    """A write that came with an Idempotency-Key, and its answer once there is one.

    ``scope`` and ``fingerprint`` are SHA-256 in hex: of who called which address, and of method and body.
    ``taken_at`` is when somebody began the work: whoever began it later has taken it over.
    """

    key = models.UUIDField()
    scope = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    # JSON as text: PostgreSQL's own JSON cannot hold every string that a message may quote.
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(_("received"), db_index=True)
    taken_at = models.DateTimeField(_("begun"))

    class Meta:
        verbose_name = _("keyed request")
        verbose_name_plural = _("keyed requests")
        constraints = [
            models.UniqueConstraint(fields=["scope", "key"], name="one_request_per_scope_and_key"),
            models.CheckConstraint(
                condition=Q(status__isnull=False) | Q(body=""), name="answer_has_a_status"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.status or 'under way'}"
