"""Who gets what, and how it stands. Amounts are whole đồng."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Sum
from django.utils import timezone

from marketplace.sellers.models import Seller, SubOrder
from payments import settled
from payments.models import PaymentByHand, Payout, PayoutRun
from tourism.desk.models import Village

from .models import Dispute, LineSplit, PartClock
from .names import names_of
from .rules import settlement_rule
from .services.booking import CARRIER, left_of, payee_of, shared_out

PAYS_AT = time(16)  # Asia/Ho_Chi_Minh, every day; see CELERY_BEAT_SCHEDULE
SHOWN_PAYOUTS, SHOWN_RUNS = 10, 10


@dataclass(frozen=True)
class PartSplit:
    """Who gets what of one part: ``paid_vnd`` less ``refunded_vnd`` is the sum of the other amounts."""

    part: SubOrder
    clock: PartClock
    paid_vnd: int
    refunded_vnd: int
    commission_vnd: int
    vat_vnd: int
    pit_vnd: int
    seller_vnd: int
    fund_vnd: int  # of the village that hosts
    carrier_vnd: int
    titles: Sequence[str]

    @property
    def tax_vnd(self) -> int:
        return self.vat_vnd + self.pit_vnd

    @property
    def stage(self) -> str:
        """Where the seller's money is: ``held``, ``waiting`` for complaints, ``disputed``, ``released``."""
        if self.clock.frozen_by_id is not None:
            return "disputed"
        if self.clock.released_at is not None:
            return "released"
        return "waiting" if self.clock.delivered_at is not None else "held"


@dataclass(frozen=True)
class OrderSplit:
    """Who gets what of an order, for its page: by part, and altogether."""

    parts: Sequence[PartSplit]

    @property
    def paid_vnd(self) -> int:
        return sum(part.paid_vnd for part in self.parts)

    @property
    def refunded_vnd(self) -> int:
        return sum(part.refunded_vnd for part in self.parts)

    @property
    def commission_vnd(self) -> int:
        return sum(part.commission_vnd for part in self.parts)

    @property
    def tax_vnd(self) -> int:
        return sum(part.tax_vnd for part in self.parts)

    @property
    def seller_vnd(self) -> int:
        return sum(part.seller_vnd for part in self.parts)

    @property
    def fund_vnd(self) -> int:
        return sum(part.fund_vnd for part in self.parts)

    @property
    def carrier_vnd(self) -> int:
        return sum(part.carrier_vnd for part in self.parts)


@dataclass(frozen=True)
class Money:
    """How a seller's money stands."""

    held_vnd: int  # the seller's share of what is paid and not released
    payable_vnd: int
    on_the_way_vnd: int
    paid_vnd: int
    debt_vnd: int
    minimum_vnd: int
    next_payout_at: datetime

    @property
    def earned_vnd(self) -> int:
        """The seller's share of everything that buyers have paid and did not get back, wherever it is now."""
        return self.held_vnd + self.payable_vnd + self.on_the_way_vnd + self.paid_vnd - self.debt_vnd

    @property
    def is_enough(self) -> bool:
        return self.payable_vnd >= self.minimum_vnd


def split_of_order(order: Any) -> OrderSplit:
    """Return who gets what of ``order``, refunds taken off; no parts if it was never shared out. Two queries.

    To the đồng what the ledger says of it, once its parts are released.
    """
    return OrderSplit(splits_of(SubOrder.objects.filter(order=order).order_by("number")))


def splits_of(parts: QuerySet[SubOrder]) -> list[PartSplit]:
    """Return who gets what of each of ``parts``, in their order. Two queries."""
    splits = Prefetch("splits", queryset=LineSplit.objects.select_related("line").order_by("pk"))
    rows = parts.filter(clock__isnull=False).select_related("clock", "seller").prefetch_related(splits)
    return [_split_of_part(part) for part in rows]


def _split_of_part(part: SubOrder) -> PartSplit:
    splits = list(part.splits.all())
    shares = [shared_out(split, split.net_vnd) for split in splits]
    return PartSplit(
        part=part,
        clock=part.clock,
        paid_vnd=part.total_vnd - part.waived_vnd,
        refunded_vnd=sum(split.refunded_vnd for split in splits) + part.clock.delivery_refunded_vnd,
        commission_vnd=sum(share.commission_vnd for share in shares),
        vat_vnd=sum(share.vat_vnd for share in shares),
        pit_vnd=sum(share.pit_vnd for share in shares),
        seller_vnd=sum(share.seller_vnd for share in shares),
        fund_vnd=sum(share.fund_vnd for share in shares),
        carrier_vnd=part.delivery_vnd - part.clock.delivery_refunded_vnd,
        titles=[split.line.title for split in splits],
    )


def parts_of_seller(seller: Seller) -> QuerySet[SubOrder]:
    """Return the paid parts of a seller, newest first: for splits_of()."""
    paid = [SubOrder.Status.PAID, SubOrder.Status.REFUNDING, SubOrder.Status.REFUNDED]
    return SubOrder.objects.filter(seller=seller, status__in=paid).order_by("-placed_at", "-pk")


def money_of(seller: Seller, *, now: datetime) -> Money:
    """Return how a seller's money stands. Six queries, whatever it sold."""
    payee = payee_of(seller.pk)
    stands = settled.money_of(payee)
    paid = Payout.objects.filter(payee=payee, state__in=[Payout.State.SUCCEEDED, Payout.State.BY_HAND])
    by_hand = PaymentByHand.objects.filter(account=f"payable:{payee}")
    return Money(
        held_vnd=_held_vnd(seller),
        payable_vnd=stands.payable_vnd,
        on_the_way_vnd=stands.on_the_way_vnd,
        paid_vnd=sum(each.aggregate(vnd=Sum("amount_vnd", default=0))["vnd"] for each in (paid, by_hand)),
        debt_vnd=stands.debt_vnd,
        minimum_vnd=settlement_rule(timezone.localdate(now)).minimum_payout_vnd,
        next_payout_at=next_payout_at(now),
    )


@dataclass(frozen=True)
class Fund:
    """How the fund of a village stands: what waits for its next payout, and what was paid to it."""

    name: str
    payable_vnd: int
    paid_vnd: int


def fund_of(seller: Seller) -> Fund | None:
    """Return how the fund of the seller's village stands, None if it has none. One query then, else five."""
    village = Village.objects.filter(seller=seller).first()
    if village is None:
        return None
    stands = settled.money_of(village.payee)
    paid = Payout.objects.filter(
        payee=village.payee, state__in=[Payout.State.SUCCEEDED, Payout.State.BY_HAND]
    )
    by_hand = PaymentByHand.objects.filter(account=f"payable:{village.payee}")
    return Fund(
        name=village.fund_name,
        payable_vnd=stands.payable_vnd + stands.on_the_way_vnd,
        paid_vnd=sum(each.aggregate(vnd=Sum("amount_vnd", default=0))["vnd"] for each in (paid, by_hand)),
    )


def _held_vnd(seller: Seller) -> int:
    splits = LineSplit.objects.annotate(booked_vnd=Sum("bookings__seller_vnd", default=0)).order_by("pk")
    parts = SubOrder.objects.filter(
        seller=seller, status=SubOrder.Status.PAID, clock__released_at=None
    ).prefetch_related(Prefetch("splits", queryset=splits))
    return sum(
        shared_out(split, left_vnd).seller_vnd - split.booked_vnd  # type: ignore[attr-defined]
        for part in parts
        for split, left_vnd in left_of(part, list(part.splits.all())).items()
    )


def next_payout_at(now: datetime) -> datetime:
    """Return when the next run pays the sellers."""
    today = timezone.make_aware(datetime.combine(timezone.localdate(now), PAYS_AT))
    return today if now < today else today + timedelta(days=1)


def payouts_of(seller: Seller) -> list[Payout]:
    """Return the newest payouts of a seller. One query."""
    payouts = Payout.objects.filter(payee=payee_of(seller.pk))
    return list(payouts.order_by("-created_at", "pk")[:SHOWN_PAYOUTS])


def by_hand_of(seller: Seller) -> list[PaymentByHand]:
    """Return the newest payments to a seller that were made past the wallets. One query."""
    made = PaymentByHand.objects.filter(account=f"payable:{payee_of(seller.pk)}")
    return list(made.order_by("-noted_at", "pk")[:SHOWN_PAYOUTS])


@dataclass(frozen=True)
class Due:
    """What the next run would pay: to how many sellers, and how much."""

    sellers: int
    total_vnd: int


def due_for_payout(*, now: datetime) -> Due:
    """Return what a run started ``now`` would pay, if every wallet takes it. Four queries."""
    minimum_vnd = settlement_rule(timezone.localdate(now)).minimum_payout_vnd
    with_wallet = set(map(payee_of, Seller.objects.exclude(wallet_msisdn="").values_list("pk", flat=True)))
    villages = Village.objects.select_related("seller").order_by("pk")
    with_wallet |= {village.payee for village in villages if village.fund_wallet[1]}
    enough = [
        stands.payable_vnd
        for stands in settled.money_of_all()
        if stands.payee in with_wallet and stands.payable_vnd >= minimum_vnd
    ]
    return Due(len(enough), sum(enough))


def newest_runs() -> list[PayoutRun]:
    """Return the newest runs, each with its payouts as ``payouts``, newest first. Three queries."""
    runs = PayoutRun.objects.order_by("-created_at", "pk").prefetch_related(
        Prefetch("batches__payouts", queryset=Payout.objects.order_by("name", "pk"))
    )
    return list(runs[:SHOWN_RUNS])


def bounced_payouts() -> list[Payout]:
    """Return the payouts that came back and were not paid since, oldest first. One query."""
    later = Payout.objects.filter(payee=OuterRef("payee"), created_at__gt=OuterRef("created_at"))
    came_back = Payout.objects.filter(~Exists(later), state=Payout.State.FAILED)
    return list(came_back.order_by("created_at", "pk"))


def debtors() -> list[tuple[Seller, int]]:
    """Return the sellers that owe us, with how much, most first. Two queries."""
    owing = {stands.payee: stands.debt_vnd for stands in settled.money_of_all() if stands.debt_vnd}
    ids = [payee.removeprefix("seller-") for payee in owing if payee.startswith("seller-")]
    sellers = Seller.objects.filter(pk__in=ids).order_by("name", "pk")
    return sorted(((seller, owing[payee_of(seller.pk)]) for seller in sellers), key=lambda debtor: -debtor[1])


@dataclass(frozen=True)
class Unreachable:
    """Whom no run can pay, for want of a wallet: the post, a seller, or the fund of a seller's village."""

    payee: str
    payable_vnd: int
    seller: Seller | None = None  # None: the post
    village: Village | None = None


def without_wallet() -> list[Unreachable]:
    """Return those to whom something is payable and whom no run can pay: first the post. Three queries."""
    payable = {stands.payee: stands.payable_vnd for stands in settled.money_of_all() if stands.payable_vnd}
    post = [Unreachable(CARRIER, payable[CARRIER])] if CARRIER in payable else []
    ids = [payee.removeprefix("seller-") for payee in payable if payee.startswith("seller-")]
    sellers = Seller.objects.filter(pk__in=ids, wallet_msisdn="").order_by("name", "pk")
    villages = Village.objects.select_related("seller").order_by("name", "pk")
    funds = [
        Unreachable(village.payee, payable[village.payee], village.seller, village)
        for village in villages
        if village.payee in payable and not village.fund_wallet[1]
    ]
    return [
        *post,
        *(Unreachable(payee_of(one.pk), payable[payee_of(one.pk)], one) for one in sellers),
        *funds,
    ]


def paid_by_hand() -> list[tuple[PaymentByHand, str]]:
    """Return the newest payments by hand to the post and to sellers, each with its name. Two queries."""
    made = list(PaymentByHand.objects.filter(account__startswith="payable:").order_by("-noted_at", "pk")[:10])
    names = names_of({payment.account for payment in made})
    return [(payment, names.get(payment.account, payment.reference)) for payment in made]


def open_disputes() -> QuerySet[Dispute]:
    """Return what the staff have to decide, oldest first."""
    return _disputes().filter(state=Dispute.State.OPEN).order_by("opened_at", "pk")


def decided_disputes() -> QuerySet[Dispute]:
    """Return what was decided, newest first."""
    return _disputes().filter(state=Dispute.State.DECIDED).order_by("-decided_at", "-pk")


def _disputes() -> QuerySet[Dispute]:
    return Dispute.objects.select_related("part__seller", "part__order", "part__clock", "line", "decided_by")
