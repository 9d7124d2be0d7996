"""Following a farmer: what is new of theirs is told by SMS, to one person at most once a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.messaging import services as messaging
from marketplace.messaging.readers import speaking_to
from marketplace.regulars.models import Follow
from marketplace.sellers.models import Origin, Seller

NAMED = 2  # of the new listings, so that it is one SMS or two


def follow(*, seller: Seller, user: User, now: datetime) -> Follow:
    """Follow a seller from now on: what was listed before is not told. Repeats change nothing."""
    facts = {"followed_at": now, "told_until": now}
    return Follow.objects.get_or_create(seller=seller, user=user, defaults=facts)[0]


def unfollow(*, seller: Seller, user: User) -> None:
    """Follow a seller no longer. Repeats change nothing."""
    Follow.objects.filter(seller=seller, user=user).delete()


def set_told(*, seller: Seller, user: User, is_told: bool, now: datetime) -> None:
    """Send messages about a followed seller, or none. What was listed without them is not told later."""
    Follow.objects.filter(seller=seller, user=user).exclude(is_told=is_told).update(
        is_told=is_told, told_until=now
    )


def tell_followers(*, now: datetime) -> int:
    """Tell everybody once today what the followed sellers have listed since; return how many were told.

    One transaction a person. Whoever was told today already hears of the rest tomorrow.
    """
    news = Follow.objects.filter(
        is_told=True,
        seller__origins__listed_at__gt=F("told_until"),
        seller__origins__listed_at__lte=now,
        seller__origins__product__is_public=True,
    )
    people = sorted(set(news.values_list("user", flat=True)))
    return sum(_tell(user_id, now=now) for user_id in people)


@transaction.atomic
def _tell(user_id: int, *, now: datetime) -> bool:
    key = f"followed/{user_id}/{timezone.localdate(now)}"
    follows = list(Follow.objects.select_for_update().filter(user=user_id, is_told=True).order_by("pk"))
    if messaging.was_told(key):
        return False
    news = _news(follows, now=now)
    if not news:
        return False
    user = User.objects.get(pk=user_id)
    with speaking_to(user.phone):
        text = _words(news)
    link = reverse("regulars:mine")
    messaging.send(to=str(user.phone), text=text, purpose="followed", key=key, link=link, now=now)
    Follow.objects.filter(pk__in=[each.pk for each in follows]).update(told_until=now)
    return True


def _news(follows: Sequence[Follow], *, now: datetime) -> list[Origin]:
    told_until = {each.seller_id: each.told_until for each in follows}
    rows = (
        Origin.objects.filter(
            seller__in=told_until,
            product__is_public=True,
            listed_at__gt=min(told_until.values()),
            listed_at__lte=now,
        )
        .select_related("product", "seller")
        .order_by("-listed_at", "pk")
    )
    return [row for row in rows if row.listed_at > told_until[row.seller_id]]


def _words(news: Sequence[Origin]) -> str:
    named = "; ".join(f"{row.seller.name}: {row.product.title}" for row in news[:NAMED])
    more = _(" and %(number)d more") % {"number": len(news) - NAMED} if len(news) > NAMED else ""
    return _("New from farmers you follow: %(named)s%(more)s. See or stop: %(link)s") % {
        "named": named[:200],
        "more": more,
        "link": f"{settings.PUBLIC_BASE_URL}{reverse('regulars:mine')}",
    }
