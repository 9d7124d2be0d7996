"""Where goods can be sent: provinces and their zones, and post offices."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Province(models.Model):
    """One of the 34 provinces and cities, with its postal zone. Điện Biên's zone depends on the commune."""

    code = models.CharField(_("code"), max_length=2, primary_key=True)
    name = models.CharField(_("name"), max_length=60)
    zone = models.CharField(_("zone"), max_length=2, blank=True)

    class Meta:
        verbose_name = _("province")
        verbose_name_plural = _("provinces")

    def __str__(self) -> str:
        return self.name


class PostOffice(models.Model):
    """A post office or commune culture post point, where a parcel can be collected."""

    code = models.CharField(_("post code"), max_length=6, unique=True)
    name = models.CharField(_("name"), max_length=80)
    commune = models.ForeignKey("places.Commune", on_delete=models.PROTECT, related_name="post_offices")
    address = models.CharField(_("address"), max_length=200)

    class Meta:
        verbose_name = _("post office")
        verbose_name_plural = _("post offices")

    def __str__(self) -> str:
        return self.name
