"""How well the market knows a seller, and what that allows in a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext_noop

from marketplace.accounts.models import RoleAssignment, User
from marketplace.accounts.selectors import official_scope, post_office_of
from marketplace.delivery.models import PostOffice
from marketplace.listing.models import Raise
from marketplace.places.models import Commune
from marketplace.sellers.identity import LevelLimit, LevelStep
from marketplace.sellers.limits import limit_of
from marketplace.sellers.models import Act, Mandate, Member, Origin, Seller, SubOrder
from payments.money import to_vnd

from .errors import LimitReached, MayNotConfirm

Level, Grounds = Seller.Level, LevelStep.Grounds
LEVEL_OF = {
    Grounds.KNOWN: Level.CONFIRMED,
    Grounds.PAPERS: Level.PAPERS,
    Grounds.REGISTRATION: Level.PAPERS,
    Grounds.DOUBT: Level.PHONE,
}
NOT_SOLD = (SubOrder.Status.CANCELLED, SubOrder.Status.REFUNDED, SubOrder.Status.REFUNDING)


@dataclass(frozen=True)
class Standing:
    """A seller's level, what it allows this month and what of that is used, VND. No limit: ``limit`` None."""

    level: int
    limit: LevelLimit | None
    listed_vnd: int
    sold_vnd: int


def standing(seller: Seller, *, now: datetime) -> Standing:
    """Return where ``seller`` stands this month. Four queries."""
    limit = limit_of(seller.level, on=timezone.localdate(now))
    return Standing(seller.level, limit, listed_vnd(seller, now=now), sold_vnd(seller, now=now))


def listed_vnd(seller: Seller, *, now: datetime) -> int:
    """Return what the goods listed this month come to, at today's price and stock, VND. Two queries.

    What became more or dearer this month of goods listed earlier counts as well.
    """
    goods = Origin.objects.filter(seller=seller, kind=Origin.Kind.GOODS, listed_at__gte=month_of(now))
    records = F("product__stockrecords__price") * F("product__stockrecords__num_in_stock")
    total = goods.aggregate(total=Sum(records))["total"]
    raised = Raise.objects.filter(seller=seller, at__gte=month_of(now))
    raised_vnd: int = raised.aggregate(vnd=Sum("more_vnd", default=0))["vnd"]
    return (to_vnd(total) if total else 0) + raised_vnd


def sold_vnd(seller: Seller, *, now: datetime) -> int:
    """Return what was ordered of ``seller`` this month and not given back, VND. One query."""
    parts = SubOrder.objects.filter(seller=seller, placed_at__gte=month_of(now)).exclude(status__in=NOT_SOLD)
    return parts.aggregate(total=Sum("lines_vnd"))["total"] or 0


def check_limit(seller: Seller, *, what: str, amount_vnd: int, now: datetime) -> None:
    """Raise LimitReached if ``amount_vnd`` more would be too many this month for the seller's level.

    ``what`` is "listed" (goods put up for sale: price times quantity) or "sold" (lines of an order). The
    limits are the rows of ``sellers.LevelLimit``. Call it in the transaction that sells or lists: where there
    is a limit the seller's row stays locked until its end, and of two at once the second counts the first.
    Whoever asks for several sellers asks in the order of their keys. One query without a limit, else four.
    """
    assert what in ("listed", "sold"), what
    limit = limit_of(seller.level, on=timezone.localdate(now))
    most_vnd = None if limit is None else getattr(limit, f"{what}_vnd")
    if most_vnd is None:
        return
    Seller.objects.select_for_update(no_key=True).get(pk=seller.pk)
    used_vnd = (listed_vnd if what == "listed" else sold_vnd)(seller, now=now)
    if used_vnd + amount_vnd > most_vnd:
        raise LimitReached(
            seller=seller.name, limit_vnd=most_vnd, used_vnd=used_vnd, asked_vnd=amount_vnd, what=what
        )


def may_confirm(user: User, seller: Seller, *, now: datetime) -> bool:
    """Whether ``user`` may say who ``seller`` is: an official of its commune or of the province, or an agent
    whose post point is in its commune or whom it gave leave. Never a member of it."""
    if Member.objects.filter(seller=seller, user=user).exists():
        return False
    here = {seller.unit.code, *_today_codes(seller)}
    scope = official_scope(user)
    if any(scope.sees(code) for code in here):
        return True
    helping = (RoleAssignment.Role.AGENT, RoleAssignment.Role.HELPER)
    if not user.roles.filter(role__in=helping).exists():
        return False
    office = PostOffice.objects.filter(code=post_office_of(user)).select_related("commune").first()
    if office is not None and office.commune.code in here:
        return True
    living = Mandate.objects.filter(seller=seller, agent=user, revoked_at=None).exclude(consented_at=None)
    return living.exists()


@transaction.atomic
def take_step(*, seller: Seller, by: User, grounds: str, note: str = "", now: datetime) -> LevelStep:
    """Set the identity level that ``grounds`` are good for, and write down who said so.

    Doubt takes every level away; other grounds never lower it. Raises MayNotConfirm.
    """
    row = Seller.objects.select_for_update(of=("self",)).select_related("unit").get(pk=seller.pk)
    if grounds not in LEVEL_OF or not may_confirm(by, row, now=now):
        raise MayNotConfirm
    reached = LEVEL_OF[Grounds(grounds)]
    level = reached if grounds == Grounds.DOUBT else max(row.level, reached)
    # The step says what these grounds are good for: level two stands on papers alone.
    step = LevelStep.objects.create(seller=row, level=reached, by=by, grounds=grounds, note=note, at=now)
    row.level = level
    row.save(update_fields=["level"])
    seller.level = level
    what = gettext_noop("Looked at who sells")
    Act.objects.create(seller=row, by=by, what=what, detail=str(step.get_grounds_display())[:200], at=now)
    return step


def _today_codes(seller: Seller) -> list[str]:
    """The codes of the commune of today that a commune of before the merger became."""
    return list(Commune.objects.filter(made_of__old=seller.unit_id).values_list("code", flat=True))


def month_of(now: datetime) -> datetime:
    """Return when the month of ``now`` began, Asia/Ho_Chi_Minh."""
    return timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
