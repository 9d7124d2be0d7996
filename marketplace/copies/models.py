"""The log of what changed. Written by triggers alone."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Change(models.Model):
    """Something that public pages show has changed: prices, texts, what is left, what is open.

    A scope is a group of tables ("goods") or one thing for sale ("product:17"). Rows are only added, never
    changed, so that nobody waits for anybody; all but the newest of each scope are swept away.
    """

    scope = models.CharField(_("scope"), max_length=40)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        indexes = [models.Index(fields=["scope"], name="changes_by_scope")]

    def __str__(self) -> str:
        return f"{self.scope} #{self.pk}"
