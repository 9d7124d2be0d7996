"""Who sells, where what they sell comes from, and their part of each order."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField


class Seller(models.Model):
    """A farm household (hộ), a co-operative (hợp tác xã) or a company that sells here.

    ``unit`` is the finest administrative unit known: a commune of before 1 July 2025 where it is
    known, so that sales can be shown on both boundaries without estimating.
    """

    class Kind(models.TextChoices):
        HOUSEHOLD = "household", _("household")
        COOPERATIVE = "cooperative", _("co-operative")
        COMPANY = "company", _("company")

    class Level(models.IntegerChoices):
        """How well the market knows who sells; each step stands in ``sellers.LevelStep``."""

        PHONE = 0, _("phone number only")
        CONFIRMED = 1, _("name and commune confirmed")
        PAPERS = 2, _("papers seen")

    partner = models.OneToOneField("partner.Partner", on_delete=models.PROTECT, related_name="seller")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(max_length=140, unique=True)
    unit = models.ForeignKey("places.Commune", on_delete=models.PROTECT, related_name="sellers")
    hamlet = models.ForeignKey(
        "places.Hamlet", on_delete=models.PROTECT, null=True, blank=True, related_name="sellers"
    )
    phone = PhoneNumberField(_("phone number"), blank=True)
    wallet_provider = models.CharField(_("wallet operator"), max_length=20, blank=True)
    wallet_msisdn = PhoneNumberField(_("wallet number"), blank=True)
    introduction = models.TextField(_("introduction"), blank=True)
    is_sample = models.BooleanField(_("sample data"), default=False)
    joined_on = models.DateField(_("joined"))
    level = models.PositiveSmallIntegerField(_("identity level"), choices=Level, default=Level.PHONE)
    members: models.ManyToManyField = models.ManyToManyField(
        "accounts.User", through="sellers.Member", related_name="sellers"
    )

    class Meta:
        verbose_name = _("seller")
        verbose_name_plural = _("sellers")
        constraints = [
            models.CheckConstraint(
                condition=Q(wallet_msisdn="") | ~Q(wallet_provider=""),
                name="seller_wallet_names_its_operator",
            ),
            models.CheckConstraint(condition=Q(level__lte=2), name="seller_level_is_one_of_three"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def payee(self) -> str:
        """The name under which it is paid; the ledger has it behind ``payable:`` and ``debt:``."""
        return f"seller-{self.pk}"


class Member(models.Model):
    """A person who acts for a seller: sees its orders, its money and its products."""

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="memberships")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seller", "user"], name="one_membership_per_person")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.seller_id}"


class Mandate(models.Model):
    """A seller's leave for somebody else (an agent of the post, a young neighbour) to act for it.

    It lives from ``consented_at`` until ``revoked_at``. The farmer consents with a code that goes to the
    farmer's own phone, or in person on ``/sell/helpers/``. It never reaches the wallet.
    """

    class Scope(models.TextChoices):
        LISTING = "listing", _("list produce, change prices and stock")
        ORDERS = "orders", _("accept, prepare and hand over orders")
        MONEY = "money", _("see the money and explain it")

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="mandates")
    agent = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="mandates")
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope), verbose_name=_("what it allows"))
    asked_at = models.DateTimeField(_("asked"))
    consented_at = models.DateTimeField(_("consented"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "agent"], condition=Q(revoked_at=None), name="one_open_mandate_per_agent"
            ),
            models.CheckConstraint(
                condition=Q(consented_at=None) | Q(consented_at__gte=F("asked_at")),
                name="mandate_consented_after_asked",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(revoked_at__gte=F("asked_at")),
                name="mandate_ended_after_asked",
            ),
            models.CheckConstraint(condition=Q(scopes__len__gt=0), name="mandate_allows_something"),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} for {self.seller_id}"

    @property
    def is_living(self) -> bool:
        return self.consented_at is not None and self.revoked_at is None


class Act(models.Model):
    """Something somebody did for a seller: shown to the farmer and to who did it, never changed.

    ``what`` is an English sentence without its subject, marked with ``gettext_noop`` where it is written and
    translated where it is shown. ``mandate`` is empty where a member of the seller did it.
    """

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="acts")
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="acts_for_sellers")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, null=True, blank=True, related_name="acts")
    what = models.CharField(_("what"), max_length=80)
    detail = models.CharField(_("detail"), max_length=200, blank=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        indexes = [
            models.Index(fields=["seller", "-at", "-id"], name="act_newest_of_seller"),
            models.Index(fields=["by", "-at", "-id"], name="act_newest_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.by_id} for {self.seller_id}: {self.what}"


class Origin(models.Model):
    """Who sells an Oscar product, where it comes from, and what kind of thing it is.

    One row per product that can stand in a list: a produce product, or a stay (whose room types are
    Oscar child products). ``search_text`` is folded (see ``places.text.fold``).
    """

    class Kind(models.TextChoices):
        GOODS = "goods", _("goods")
        NIGHTS = "nights", _("nights")
        SEATS = "seats", _("seats")

    product = models.OneToOneField("catalogue.Product", on_delete=models.CASCADE, related_name="origin")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="origins")
    unit = models.ForeignKey("places.Commune", on_delete=models.PROTECT, related_name="origins")
    commune = models.ForeignKey(
        "places.Commune",
        on_delete=models.PROTECT,
        related_name="origins_today",
        verbose_name=_("commune today"),
    )
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    group = models.CharField(_("product group"), max_length=40)  # statistics' product group
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    # The product's own title and description are Vietnamese; without English ones they stand in both.
    description_en = models.TextField(_("English description"), blank=True)
    search_text = models.TextField(blank=True)
    listed_at = models.DateTimeField(_("listed"))

    class Meta:
        indexes = [
            models.Index(fields=["kind", "-listed_at", "id"], name="origin_newest_of_kind"),
            models.Index(fields=["commune", "kind"], name="origin_of_commune"),
            GinIndex(SearchVector("search_text", config="simple"), name="origin_search"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} from {self.unit_id}"


class SubOrder(models.Model):
    """A seller's part of an order: what that seller sees, ships and is paid for.

    ``number`` is the order's number with a suffix; the money of the part stands in the ledger
    account ``escrow:<number>`` (goods and nights) and ``escrow:<number>-D`` (delivery).

    Of ``lines_vnd``, ``due_now_vnd`` is paid with the order; the rest, the balance of a stay that asks for
    a deposit, by ``balance_due_on``. What of that rest was for something cancelled meanwhile is waived.
    """

    class Status(models.TextChoices):
        AWAITING_PAYMENT = "awaiting-payment", _("awaiting payment")
        ON_HANDOVER = "on-handover", _("to be paid on hand-over")
        PAID = "paid", _("paid")
        CANCELLED = "cancelled", _("cancelled")
        REFUNDING = "refunding", _("being refunded")
        REFUNDED = "refunded", _("refunded")

    order = models.ForeignKey("order.Order", on_delete=models.PROTECT, related_name="suborders")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="suborders")
    number = models.CharField(_("number"), max_length=40, unique=True)
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.AWAITING_PAYMENT)
    lines_vnd = models.PositiveBigIntegerField(_("lines, VND"))
    delivery_vnd = models.PositiveBigIntegerField(_("delivery, VND"), default=0)
    due_now_vnd = models.PositiveBigIntegerField(_("of the lines, due with the order, VND"))
    balance_due_on = models.DateField(_("rest due"), null=True, blank=True)
    balance_paid_at = models.DateTimeField(_("rest paid"), null=True, blank=True)
    waived_vnd = models.PositiveBigIntegerField(_("of the rest, no longer asked for, VND"), default=0)
    placed_at = models.DateTimeField(_("placed"))
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "seller"], name="one_part_per_order_and_seller"),
            models.CheckConstraint(
                condition=Q(due_now_vnd=F("lines_vnd"), balance_due_on=None)
                | Q(due_now_vnd__lt=F("lines_vnd"), balance_due_on__isnull=False),
                name="part_with_a_balance_says_when",
            ),
            models.CheckConstraint(
                condition=Q(waived_vnd__lte=F("lines_vnd") - F("due_now_vnd")),
                name="part_waives_only_its_rest",
            ),
            models.CheckConstraint(
                condition=Q(paid_at__isnull=True) | Q(paid_at__gte=F("placed_at")),
                name="part_paid_after_placed",
            ),
        ]
        indexes = [models.Index(fields=["seller", "-placed_at"], name="suborder_newest_of_seller")]

    def __str__(self) -> str:
        return self.number

    @property
    def total_vnd(self) -> int:
        return self.lines_vnd + self.delivery_vnd

    @property
    def balance_vnd(self) -> int:
        """What is still to be paid of it, VND, once the first payment has come."""
        return 0 if self.balance_paid_at else self.lines_vnd - self.due_now_vnd - self.waived_vnd

    @property
    def escrow_account(self) -> str:
        """The payment share of the goods and nights; the ledger account is ``escrow:`` + this."""
        return self.number

    @property
    def delivery_account(self) -> str:
        return f"{self.number}-D"

    @property
    def shares(self) -> dict[str, int]:
        """What of the order's first payment is this part's, by reference. What costs nothing has no share."""
        shares = {self.escrow_account: self.due_now_vnd, self.delivery_account: self.delivery_vnd}
        return {reference: part_vnd for reference, part_vnd in shares.items() if part_vnd}


# Tables of a topic of their own; Django looks for them here.
from .identity import LevelLimit, LevelStep, Share, ShareTable  # noqa: E402, F401
