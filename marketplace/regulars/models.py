"""What buyers keep who come again: farmers they follow, boxes, goods bought together, reviews, codes."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Follow(models.Model):
    """A person who wants to hear of what a seller lists. ``is_told`` off: it shows, but no message comes."""

    seller = models.ForeignKey("sellers.Seller", on_delete=models.CASCADE, related_name="follows")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="follows")
    is_told = models.BooleanField(_("told by SMS"), default=True)
    followed_at = models.DateTimeField(_("since"))
    # What was listed until then is known to the follower.
    told_until = models.DateTimeField(_("told of listings until"))

    class Meta:
        verbose_name = _("follower")
        constraints = [models.UniqueConstraint(fields=["seller", "user"], name="one_follow_per_person")]

    def __str__(self) -> str:
        return f"{self.user_id} follows {self.seller_id}"


class RepeatBox(models.Model):
    """Goods that a buyer wants again every one, two or four weeks. Nothing is charged by itself.

    On ``next_on`` the buyer is reminded, fills the basket with one tap and pays as for any other order.
    """

    class Every(models.IntegerChoices):
        WEEK = 1, _("every week")
        TWO_WEEKS = 2, _("every 2 weeks")
        FOUR_WEEKS = 4, _("every 4 weeks")

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="boxes")
    every_weeks = models.PositiveSmallIntegerField(_("how often"), choices=Every)
    next_on = models.DateField(_("next time"))
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    made_at = models.DateTimeField(_("made"))
    # Made with the form: a second tap makes no second box.
    form_id = models.UUIDField(unique=True)

    class Meta:
        verbose_name = _("repeat box")
        verbose_name_plural = _("repeat boxes")
        constraints = [
            models.CheckConstraint(
                condition=Q(every_weeks__in=[1, 2, 4]), name="box_comes_every_1_2_or_4_weeks"
            )
        ]
        indexes = [
            models.Index(fields=["next_on"], condition=Q(paused_at=None), name="box_due"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} of {self.user_id}"


class BoxItem(models.Model):
    """So many packs of a product in a repeat box."""

    box = models.ForeignKey(RepeatBox, on_delete=models.CASCADE, related_name="items")
    product = models.ForeignKey("catalogue.Product", on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveSmallIntegerField(_("quantity"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["box", "product"], name="box_holds_a_product_once"),
            models.CheckConstraint(condition=Q(quantity__range=(1, 1000)), name="box_item_has_a_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.product_id} in {self.box_id}"


class BoxTurn(models.Model):
    """One time a repeat box was due: the buyer was reminded, and filled the basket, or skipped it."""

    box = models.ForeignKey(RepeatBox, on_delete=models.CASCADE, related_name="turns")
    due_on = models.DateField(_("day"))
    filled_at = models.DateTimeField(_("put into the basket"), null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["box", "due_on"], name="one_turn_per_box_and_day")]

    def __str__(self) -> str:
        return f"{self.box_id} on {self.due_on}"


class Pool(models.Model):
    """Goods that go on the road only if enough people order them together until ``closes_at``.

    Buyers order and pay ``product``, which is listed for this pool alone, at the price of the first step.
    If at least ``target_g`` are paid for when it closes, the truck goes and everybody gets back what the
    steps reached are cheaper; if not, everybody gets everything back.
    """

    class State(models.TextChoices):
        OPEN = "open", _("collecting orders")
        CLOSING = "closing", _("being counted")
        FULL = "full", _("full: it goes")
        FAILED = "failed", _("not full: paid back")

    product = models.OneToOneField("catalogue.Product", on_delete=models.PROTECT, related_name="pool")
    base = models.ForeignKey("catalogue.Product", on_delete=models.PROTECT, related_name="pools")
    seller = models.ForeignKey("sellers.Seller", on_delete=models.PROTECT, related_name="pools")
    target_g = models.PositiveBigIntegerField(_("needed, grams"))
    capacity_g = models.PositiveBigIntegerField(_("fits, grams"))
    closes_at = models.DateTimeField(_("closes"))
    leaves_on = models.DateField(_("the truck leaves"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    reached_g = models.PositiveBigIntegerField(_("paid for at the end, grams"), null=True, blank=True)
    final_vnd = models.PositiveBigIntegerField(_("price at the end, VND"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    form_id = models.UUIDField(default=uuid.uuid4, unique=True)
    opened_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("opened"))

    class Meta:
        verbose_name = _("pooled order")
        verbose_name_plural = _("pooled orders")
        constraints = [
            models.CheckConstraint(
                condition=Q(target_g__gt=0, capacity_g__gte=F("target_g")), name="pool_fits_what_it_needs"
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opened_at")), name="pool_closes_after_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "closing"])
                | Q(state="full", final_vnd__isnull=False, reached_g__gte=F("target_g"))
                | Q(state="failed", final_vnd=None, reached_g__lt=F("target_g")),
                name="pool_is_all_or_nothing",
            ),
        ]
        indexes = [
            models.Index(fields=["closes_at"], condition=Q(settled_at=None), name="pool_to_settle"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class PoolStep(models.Model):
    """From ``from_g`` on, one pack of a pool costs ``price_vnd``. The first step begins at 0."""

    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="steps")
    from_g = models.PositiveBigIntegerField(_("from, grams"))
    price_vnd = models.PositiveBigIntegerField(_("price of a pack, VND"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pool", "from_g"], name="one_price_per_pool_and_weight"),
            models.CheckConstraint(condition=Q(price_vnd__gt=0), name="pool_step_costs_something"),
        ]

    def __str__(self) -> str:
        return f"{self.pool_id} from {self.from_g} g: {self.price_vnd}"


class Received(models.Model):
    """The order line that a review is of: who has not received something cannot review it.

    The review itself is Oscar's; the seller may answer it once.
    """

    line = models.OneToOneField("order.Line", on_delete=models.PROTECT, related_name="review")
    review = models.OneToOneField("reviews.ProductReview", on_delete=models.CASCADE, related_name="received")
    answer = models.TextField(_("the seller's answer"), max_length=1000, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("review of goods received")
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="review_answer_says_when",
            )
        ]

    def __str__(self) -> str:
        return f"review of line {self.line_id}"


class SellerVoucher(models.Model):
    """A code of Oscar's that takes something off a seller's own goods, at the seller's own cost."""

    voucher = models.OneToOneField("voucher.Voucher", on_delete=models.PROTECT, related_name="of_seller")
    seller = models.ForeignKey("sellers.Seller", on_delete=models.PROTECT, related_name="vouchers")
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("voucher of a seller")

    def __str__(self) -> str:
        return f"{self.voucher_id} of {self.seller_id}"
