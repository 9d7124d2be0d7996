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
    postal_code = models.CharField(_("postal code"), max_length=5, blank=True)
    # From where the postman brings it to the door, and takes cash for it; none in other provinces.
    brought_from = models.ForeignKey(
        PostOffice, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(method="post-office", post_office__isnull=False)
                | (Q(method="home") & ~Q(detail="")),
                name="destination_can_be_found",
            ),
            models.CheckConstraint(
                condition=Q(postal_code="") | Q(postal_code__regex=r"^\d{5}$"),
                name="postal_code_has_five_digits",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.method}"

    @property
    def cash_office(self) -> PostOffice | None:
        """Whose till takes cash for it: at its counter, or by its postman at the door. None elsewhere."""
        return self.post_office or self.brought_from
