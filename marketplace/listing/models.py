"""How a thing came to be for sale: who listed it, whether it was looked at, and its photos."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.places.dated import DatedRule, ends_after_it_begins, only_one_a_day


def uploads() -> Storage:
    """Where photos and lists lie as they were sent, until the worker has read them."""
    return storages["uploads"]


class Listing(models.Model):
    """What a seller did to put a product up. The product is public if it may be and is not paused.

    ``id`` is made by whoever lists, before the first attempt. Whether it may be shown is what the last
    ``Look`` at it came to; ``words`` are what the seller was told then.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("listing", "waits for a look")
        PASSED = "passed", pgettext_lazy("listing", "may be shown")
        REFUSED = "refused", pgettext_lazy("listing", "refused")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    product = models.OneToOneField("catalogue.Product", on_delete=models.CASCADE, related_name="listing")
    state = models.CharField(_("state"), max_length=8, choices=State)
    words = models.CharField(_("what the seller was told"), max_length=300, blank=True)
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    listed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="listings")
    listed_at = models.DateTimeField(_("listed"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(words=""), name="listing_refused_in_words"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.state}"


class Raise(models.Model):
    """More stock, or a higher price, of goods that were listed in an earlier month: it counts in its own.

    Goods of this month count by their price and stock of now; without this a seller on a low identity level
    could list one kilogram, and say the month after that there are a thousand.
    """

    product = models.ForeignKey("catalogue.Product", on_delete=models.CASCADE, related_name="raises")
    seller = models.ForeignKey("sellers.Seller", on_delete=models.PROTECT, related_name="raises")
    more_vnd = models.PositiveBigIntegerField(_("worth so much more, VND"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("raised stock or price")
        verbose_name_plural = _("raised stocks and prices")
        constraints = [models.CheckConstraint(condition=Q(more_vnd__gt=0), name="raise_is_worth_something")]
        indexes = [models.Index(fields=["seller", "-at"], name="raise_newest_of_seller")]

    def __str__(self) -> str:
        return f"{self.product_id} +{self.more_vnd}"


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


class Draft(models.Model):
    """A listing that is not finished: what its seller answered so far, one question after the other.

    ``id`` becomes the listing's. Kept here so that a page that was closed goes on where it was.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    seller = models.ForeignKey("sellers.Seller", on_delete=models.PROTECT, related_name="drafts")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="drafts")
    photo = models.ForeignKey(Photo, on_delete=models.SET_NULL, null=True, blank=True)
    crop = models.CharField(max_length=20, blank=True)  # a key of agriculture.crops
    name = models.CharField(max_length=120, blank=True)
    category = models.CharField(max_length=40, blank=True)
    quantity = models.PositiveIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=10, blank=True)
    weight_g = models.PositiveIntegerField(null=True, blank=True)
    price_vnd = models.PositiveIntegerField(null=True, blank=True)
    begun_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["by", "-begun_at"], name="draft_newest_of_person")]

    def __str__(self) -> str:
        return f"{self.id} of {self.seller_id}"


class Import(models.Model):
    """A file with many things to sell: first only read, then, when its seller says so, listed row by row.

    ``wrong`` has the first rows that cannot be listed, as ``[row, words]``. The id of a row's listing follows
    from ``id`` and the row, so a row is listed once however often the work is taken up again.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("import", "is being read")
        CHECKED = "checked", pgettext_lazy("import", "read")
        RUNNING = "running", pgettext_lazy("import", "is being listed")
        DONE = "done", pgettext_lazy("import", "listed")
        REFUSED = "refused", pgettext_lazy("import", "cannot be read")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    seller = models.ForeignKey("sellers.Seller", on_delete=models.PROTECT, related_name="imports")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="imports")
    file = models.FileField(storage=uploads, upload_to="imports", blank=True)
    name = models.CharField(max_length=120)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    words = models.CharField(max_length=300, blank=True)  # why it cannot be read
    rows = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    listed = models.PositiveIntegerField(default=0)
    wrong_rows = models.PositiveIntegerField(default=0)
    wrong = models.JSONField(default=list)
    sent_at = models.DateTimeField(_("sent"))
    changed_at = models.DateTimeField()
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(done__lte=models.F("rows")) & Q(listed__lte=models.F("rows")),
                name="import_lists_at_most_its_rows",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-sent_at"], name="import_newest_of_seller"),
            models.Index(
                fields=["changed_at"], condition=Q(state__in=["waiting", "running"]), name="import_at_work"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"


class Look(models.Model):
    """Somebody of the market is to look, or has looked, at a new seller, a listing or a photo. Never deleted.

    ``reasons`` are codes of ``listing.rules``. ``words`` are what the seller was told.
    """

    class Subject(models.TextChoices):
        SELLER = "seller", pgettext_lazy("moderation", "new seller")
        LISTING = "listing", pgettext_lazy("moderation", "listing")
        PHOTO = "photo", pgettext_lazy("moderation", "photo")

    class Verdict(models.TextChoices):
        OPEN = "open", pgettext_lazy("moderation", "to look at")
        PASSED = "passed", pgettext_lazy("moderation", "may stay")
        REFUSED = "refused", pgettext_lazy("moderation", "refused")

    subject = models.CharField(_("what"), max_length=8, choices=Subject)
    seller = models.ForeignKey("sellers.Seller", on_delete=models.PROTECT, related_name="looks")
    product = models.ForeignKey(
        "catalogue.Product", on_delete=models.SET_NULL, null=True, blank=True, related_name="looks"
    )
    photo = models.ForeignKey(Photo, on_delete=models.SET_NULL, null=True, blank=True, related_name="looks")
    reasons: ArrayField = ArrayField(models.CharField(max_length=24), default=list)
    detail = models.CharField(max_length=300, blank=True)
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict, default=Verdict.OPEN)
    words = models.CharField(_("what the seller was told"), max_length=300, blank=True)
    asked_at = models.DateTimeField(_("asked"))
    decided_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="looks"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="open", decided_by=None, decided_at=None)
                | ~Q(verdict="open") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="look_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(verdict="refused") | ~Q(words=""), name="look_refuses_in_words"
            ),
            models.UniqueConstraint(
                fields=["subject", "seller", "product", "photo"],
                condition=Q(verdict="open"),
                nulls_distinct=False,
                name="one_open_look_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "asked_at"], condition=Q(verdict="open"), name="look_open"),
            models.Index(fields=["-decided_at"], name="look_newest_decided"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.seller_id} {self.verdict}"


class LookRule(DatedRule):
    """When somebody looks at a listing before it is public."""

    first_listings = models.PositiveSmallIntegerField(_("first listings of a new seller"))
    over_percent = models.PositiveSmallIntegerField(_("dearer than the median, percent of it"))
    under_percent = models.PositiveSmallIntegerField(_("cheaper than the median, percent of it"))
    sellers_least = models.PositiveSmallIntegerField(_("sellers a median needs"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(over_percent__gt=100, under_percent__lt=100), name="look_rule_leaves_room"
            ),
            ends_after_it_begins("look_rule_ends_after_it_begins"),
            only_one_a_day("one_look_rule_a_day"),
        ]

    def __str__(self) -> str:
        return f"from {self.valid_from}"


class ForbiddenGoods(DatedRule):
    """Words of what nobody may sell, and the law that says so."""

    words: ArrayField = ArrayField(models.CharField(max_length=40), verbose_name=_("words"))
    kind = models.CharField(_("what it is"), max_length=60)
    refuses = models.BooleanField(
        _("refused at once")
    )  # else somebody looks: the words may mean other things

    class Meta:
        verbose_name = _("forbidden goods")
        verbose_name_plural = _("forbidden goods")
        constraints = [ends_after_it_begins("forbidden_goods_end_after_they_begin")]

    def __str__(self) -> str:
        return self.kind
