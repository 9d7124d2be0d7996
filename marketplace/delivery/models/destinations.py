"""Where the goods of an order go."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .network import PostOffice, Province


class Destination(models.Model):
    """Where the goods of an order go. Orders of nights alone have none."""

    class Method(models.TextChoices):
        HOME = "home", _("to the door")
        POST_OFFICE = "post-office", _("collect at a post office")

    order = models.OneToOneField("order.Order", on_delete=models.PROTECT, related_name="destination")
    method = models.CharField(_("method"), max_length=12, choices=Method)
    province = models.ForeignKey(Province, on_delete=models.PROTECT)
    commune = models.ForeignKey("places.Commune", on_delete=models.PROTECT, null=True, blank=True)
    post_office = models.ForeignKey(PostOffice, on_delete=models.PROTECT, null=True, blank=True)
    detail = models.CharField(_("hamlet, house, landmark"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(method="post-office", post_office__isnull=False)
                | (Q(method="home") & ~Q(detail="")),
                name="destination_can_be_found",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.method}"
