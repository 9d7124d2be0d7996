"""How a thing came to be for sale: who listed it, whether it was looked at, and its photos."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.files.storage import FileSystemStorage, Storage
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


def uploads() -> Storage:
    """Where photos lie as phones sent them. Not under MEDIA_ROOT: they still tell where they were taken."""
    return FileSystemStorage(location=settings.UPLOADS_ROOT)


class Listing(models.Model):
    """What a seller did to put a product up. The product is public if it may be and is not paused.

    ``id`` is made by whoever lists, before the first attempt. ``reasons`` say why somebody looks before
    it is public; they are codes of ``listing.rules``.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("listing", "waits for a look")
        PASSED = "passed", pgettext_lazy("listing", "may be shown")
        REFUSED = "refused", pgettext_lazy("listing", "refused")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    product = models.OneToOneField("catalogue.Product", on_delete=models.CASCADE, related_name="listing")
    state = models.CharField(_("state"), max_length=8, choices=State)
    reasons: ArrayField = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    words = models.CharField(_("what the seller was told"), max_length=300, blank=True)
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    listed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="listings")
    listed_at = models.DateTimeField(_("listed"))
    decided_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="decided_listings"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="listing_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | Q(decided_by__isnull=False) & ~Q(words=""),
                name="listing_refused_with_words",
            ),
        ]
        indexes = [
            models.Index(fields=["listed_at"], condition=Q(state="waiting"), name="listing_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.state}"


class Photo(models.Model):
    """A photo from a phone: kept as it came until the worker has made the pictures of it, then only those.

    ``name`` is the master of the pictures (see ``frontend.pictures``). A photo belongs to a product once
    something is listed with it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("photo", "being prepared")
        READY = "ready", pgettext_lazy("photo", "ready")
        REFUSED = "refused", pgettext_lazy("photo", "cannot be used")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    seller = models.ForeignKey("sellers.Seller", on_delete=models.PROTECT, related_name="photos")
    product = models.ForeignKey(
        "catalogue.Product", on_delete=models.SET_NULL, null=True, blank=True, related_name="photos"
    )
    upload = models.FileField(storage=uploads, upload_to="photos", blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    refusal = models.CharField(max_length=24, blank=True)  # a code of listing.errors.REFUSALS
    name = models.CharField(max_length=100, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    uploaded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="photos")
    uploaded_at = models.DateTimeField(_("uploaded"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="ready") & ~Q(name="") | ~Q(state="ready") & Q(name=""),
                name="photo_ready_has_pictures",
            ),
            models.CheckConstraint(
                condition=Q(state="refused") & ~Q(refusal="") | ~Q(state="refused") & Q(refusal=""),
                name="photo_refused_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["uploaded_at"], condition=Q(state="waiting"), name="photo_waiting"),
            models.Index(fields=["product"], name="photo_of_product"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.state}"
