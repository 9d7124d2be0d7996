"""What proves where a thing comes from: certificates, codes on packs, and what readers of codes report."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from marketplace.sellers.models import Seller

PAPER_BYTES_MAX = 5_000_000


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def living(self, day: date) -> CertificateQuerySet:
        """Those an official has verified and that hold on ``day`` (Asia/Ho_Chi_Minh)."""
        issued = Q(issued_on=None) | Q(issued_on__lte=day)
        return self.filter(issued, state=Certificate.State.VERIFIED, expires_on__gte=day)


class Certificate(models.Model):
    """A paper by which somebody else vouches for a product, or for all that a seller grows.

    It shows as a badge from the moment an official has verified it until its last day, ``expires_on``.
    """

    class Kind(models.TextChoices):
        OCOP = "ocop", "OCOP"
        VIETGAP = "vietgap", "VietGAP"
        SAFE_CHAIN = "safe-chain", _("safe food chain")
        ORGANIC = "organic", _("organic")

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("certificate", "waits for an official")
        VERIFIED = "verified", pgettext_lazy("certificate", "verified")
        REFUSED = "refused", pgettext_lazy("certificate", "not accepted")
        WITHDRAWN = "withdrawn", pgettext_lazy("certificate", "withdrawn")

    id = models.UUIDField(primary_key=True)  # made with the form: sending twice asks once
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="certificates")
    # None: all the goods of the seller.
    product = models.ForeignKey(
        "catalogue.Product", on_delete=models.PROTECT, null=True, blank=True, related_name="certificates"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    stars = models.PositiveSmallIntegerField(_("stars"), null=True, blank=True)
    number = models.CharField(_("number"), max_length=60, blank=True)
    issuer = models.CharField(_("issued by"), max_length=160, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    expires_on = models.DateField(_("holds until"))
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(_("sent in"))

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="ocop", stars__range=(3, 5), product__isnull=False)
                | (~Q(kind="ocop") & Q(stars=None)),
                name="only_ocop_of_a_product_has_3_to_5_stars",
            ),
            models.CheckConstraint(
                condition=~Q(state="verified") | (~Q(number="") & ~Q(issuer="")),
                name="verified_certificate_has_number_and_issuer",
            ),
            models.CheckConstraint(
                condition=Q(issued_on=None) | Q(expires_on__gte=F("issued_on")),
                name="certificate_ends_after_it_begins",
            ),
        ]
        indexes = [
            # What badges ask: by product, and by seller for what holds for all its goods.
            models.Index(
                fields=["product", "expires_on"],
                condition=Q(state="verified", product__isnull=False),
                name="certificate_of_product",
            ),
            models.Index(fields=["seller", "-asked_at"], name="certificate_of_seller"),
            models.Index(fields=["asked_at"], condition=Q(state="waiting"), name="certificate_to_verify"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    @property
    def words(self) -> str:
        """What stands on its badge: "VietGAP", "OCOP 4 stars"."""
        if self.stars is None:
            return str(self.get_kind_display())
        return gettext("OCOP %(stars)d stars") % {"stars": self.stars}

    def holds_on(self, day: date) -> bool:
        """Whether its badge shows on ``day``."""
        issued = self.issued_on is None or self.issued_on <= day
        return self.state == self.State.VERIFIED and issued and day <= self.expires_on


class Paper(models.Model):
    """The paper itself, as photographed or scanned. For its seller and the officials alone.

    In a table and not among the media, which everybody may read.
    """

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="paper")
    content = models.BinaryField(_("content"), max_length=PAPER_BYTES_MAX)
    content_type = models.CharField(_("type"), max_length=20)

    class Meta:
        verbose_name = _("paper")
        constraints = [
            models.CheckConstraint(
                condition=Q(content_type__in=["application/pdf", "image/webp"]),
                name="paper_is_pdf_or_picture",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.content_type}"


class Decision(models.Model):
    """What an official decided about a certificate, and why. Added to, never changed."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="decisions")
    state = models.CharField(_("decision"), max_length=9, choices=Certificate.State)
    note = models.CharField(_("what was checked"), max_length=300)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = pgettext_lazy("certificate", "decision")
        verbose_name_plural = pgettext_lazy("certificate", "decisions")
        constraints = [
            models.CheckConstraint(condition=~Q(note=""), name="decision_says_why"),
            models.CheckConstraint(condition=~Q(state="waiting"), name="decision_decides"),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.state}"


class Consent(models.Model):
    """Whether a seller lets everybody who reads a pack's code know its hamlet. The newest row holds.

    Without a row nobody is told: Law 91/2025/QH15 on personal data asks for consent that was given, that can
    be proved, and that ends as easily as it began.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="trace_consents")
    shows_hamlet = models.BooleanField(_("shows the hamlet"))
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = [models.Index(fields=["seller", "-at", "-id"], name="consent_newest_of_seller")]

    def __str__(self) -> str:
        return f"{self.seller_id} {self.shows_hamlet}"


class Pack(models.Model):
    """What was packed for one line of an order, under the code on its label."""

    code = models.CharField(_("code"), max_length=12, unique=True)
    line = models.OneToOneField("order.Line", on_delete=models.PROTECT, related_name="pack")
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("pack")
        verbose_name_plural = _("packs")

    def __str__(self) -> str:
        return self.code


class Mistake(models.Model):
    """What a reader of a code says is not true of it. For the officials of the seller's commune."""

    class Kind(models.TextChoices):
        OTHER_FARMER = "farmer", _("it is not from this farmer")
        OTHER_PRODUCT = "product", _("something else is in the pack")
        DATES = "dates", _("the dates are wrong")
        SPOILED = "spoiled", _("it is spoiled")
        OTHER = "other", _("something else")

    id = models.UUIDField(primary_key=True)  # made with the form
    code = models.CharField(_("code"), max_length=12)
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="mistakes")
    product = models.ForeignKey("catalogue.Product", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("what is wrong"), max_length=8, choices=Kind)
    words = models.CharField(_("in words"), max_length=500, blank=True)
    phone = models.CharField(_("phone number"), max_length=20, blank=True)
    reported_at = models.DateTimeField(_("reported"))
    closed_at = models.DateTimeField(_("looked into"), null=True, blank=True)
    closed_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answer = models.CharField(_("what was found"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("reported mistake")
        verbose_name_plural = _("reported mistakes")
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, answer="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(answer="")),
                name="mistake_closed_with_what_was_found",
            ),
        ]
        indexes = [
            models.Index(fields=["reported_at"], condition=Q(closed_at=None), name="mistake_to_look_into")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.kind}"
