from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, Count, F, Prefetch, Q, QuerySet, Sum, When
from oscar.core.loading import get_model

from payments.models import Payout

from .models import Mandate, Member, Origin, Seller, SubOrder

Line = get_model("order", "Line")


def sellers_of(user_id: int | None, *, scope: str = "") -> QuerySet[Seller]:
    """The sellers a person acts for: as a member, or with a mandate that lives.

    With ``scope`` (of ``Mandate.Scope``) only the mandates that allow it count; members may all. One query.
    """
    mandates = Mandate.objects.filter(agent=user_id, revoked_at=None).exclude(consented_at=None)
    if scope:
        mandates = mandates.filter(scopes__contains=[scope])
    own = Member.objects.filter(user=user_id)
    acts_for = Q(pk__in=own.values("seller")) | Q(pk__in=mandates.values("seller"))
    return Seller.objects.filter(acts_for).select_related("unit").order_by("name", "pk")


def own_sellers_of(user_id: int | None) -> QuerySet[Seller]:
    """The sellers a person is a member of: for what no mandate reaches, as the wallet and guests' papers."""
    return Seller.objects.filter(members=user_id).select_related("unit").order_by("name", "pk")


def kinds_of(sellers: list[Seller]) -> set[str]:
    """Return what kinds of things these sellers list: goods, nights, seats. One query."""
    return set(Origin.objects.filter(seller__in=sellers).values_list("kind", flat=True).distinct())


def suborders_of(sellers: list[Seller]) -> QuerySet[SubOrder]:
    """The parts of orders of these sellers that are work, newest first, each with its own lines alone.

    Those that are paid, were, or will be on hand-over. An order that waits for its payment is nobody's work
    yet, so it is not among them. Three queries when listed.
    """
    partners = [seller.partner_id for seller in sellers]
    lines = (
        Line.objects.filter(partner_id__in=partners)
        .select_related("product__parent", "booking__room_type", "seats__departure", "catch_weight")
        .order_by("pk")
    )
    return (
        SubOrder.objects.filter(seller__in=sellers)
        .exclude(status__in=[SubOrder.Status.AWAITING_PAYMENT, SubOrder.Status.CANCELLED])
        .select_related(
            "seller", "order__placement", "order__destination__commune", "order__destination__province"
        )
        .select_related("order__destination__post_office")
        .prefetch_related(Prefetch("order__lines", queryset=lines, to_attr="own_lines"))
        .order_by("-placed_at", "-pk")
    )


@dataclass(frozen=True)
class Earned:
    """What buyers have paid: for how many parts of orders, and how much for their goods and nights.

    Parts that were refunded, are being refunded, or will be paid on hand-over are not among them.
    """

    parts: int
    lines_vnd: int


def earned(sellers: list[Seller]) -> Earned:
    """Return what the sellers have earned with their own parts, whatever else the orders hold. One query."""
    paid = SubOrder.objects.filter(seller__in=sellers, status=SubOrder.Status.PAID)
    # Of a stay with a deposit, the rest has not come until it is said to.
    came = Case(When(balance_paid_at=None, then=F("due_now_vnd")), default=F("lines_vnd") - F("waived_vnd"))
    sums = paid.aggregate(parts=Count("pk"), lines_vnd=Sum(came))
    return Earned(sums["parts"], sums["lines_vnd"] or 0)


def bounced(sellers: list[Seller]) -> list[Payout]:
    """Return the last payout of each of the sellers if it came back and was not paid since. One query."""
    payouts = Payout.objects.filter(payee__in=[seller.payee for seller in sellers])
    newest = payouts.order_by("payee", "-created_at", "pk").distinct("payee")
    return [payout for payout in newest if payout.state == Payout.State.FAILED]
