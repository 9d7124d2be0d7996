"""People who come in by telephone, and the shops they open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from oscar.core.loading import get_model

from marketplace.accounts.models import User
from marketplace.accounts.phones import masked
from marketplace.messaging import services as messages
from marketplace.messaging.acts import NotAllowed, note_act
from marketplace.messaging.readers import speaking_to
from marketplace.places.models import Commune, Hamlet
from marketplace.places.text import fold
from marketplace.sellers.models import Member, Seller

Partner = get_model("partner", "Partner")
FORGOTTEN_AT_ONCE = 1_000


@dataclass(frozen=True)
class Shop:
    """What is asked of somebody who wants to sell. ``name`` is the household's or the co-operative's."""

    kind: str
    name: str
    unit: Commune
    hamlet: str = ""
    wallet_provider: str = ""
    wallet_msisdn: str = ""


def newcomer(*, phone: str) -> User:
    """Return the person with ``phone`` (E.164), made without a password if nobody has it yet."""
    found = User.objects.filter(phone=phone).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return User.objects.create_user(phone)
    except IntegrityError:  # a second tap was faster
        return User.objects.get(phone=phone)


def forget_strangers(*, now: datetime) -> int:
    """Remove the rows of numbers whose code never came back within a day; return how many. Once a day.

    Only those that hold nothing: no name, no password, nobody who ever came in.
    """
    never = User.objects.filter(
        phone_verified_at=None, last_login=None, name="", date_joined__lt=now - timedelta(days=1)
    )
    gone = 0
    for user in never.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX).order_by("pk")[
        :FORGOTTEN_AT_ONCE
    ]:
        try:
            with transaction.atomic():
                user.delete()
        except ProtectedError:  # somebody has written something for them since
            continue
        gone += 1
    return gone


def verify_phone(*, user: User, now: datetime) -> bool:
    """Write down that the number is in the hand of whoever signs in. Repeats change nothing.

    A password set before that may be a stranger's, who wrote somebody else's number: it ends. Returns
    whether one did.
    """
    with transaction.atomic():
        row = User.objects.select_for_update().get(pk=user.pk)
        if row.phone_verified_at is not None:
            user.phone_verified_at = row.phone_verified_at
            return False
        had_password = row.has_usable_password()
        row.phone_verified_at = now
        row.set_unusable_password()
        row.save(update_fields=["phone_verified_at", "password"])
    user.phone_verified_at, user.password = row.phone_verified_at, row.password
    return had_password


def name_person(*, user: User, name: str) -> None:
    """Write down how a person is called."""
    User.objects.filter(pk=user.pk).update(name=name)
    user.name = name


@transaction.atomic
def open_shop(*, user: User, shop: Shop, now: datetime) -> Seller:
    """Open the shop of ``user`` and make them its member.

    One shop a person: calling again returns the first, whatever else is said. It begins on the lowest
    identity level.
    """
    User.objects.select_for_update().get(pk=user.pk)
    own = Seller.objects.filter(members=user).order_by("pk").first()
    if own is not None:
        return own
    hamlet = None
    if shop.hamlet:
        hamlet, _created = Hamlet.objects.get_or_create(commune=shop.unit, name=shop.hamlet)
    slug = _free_slug(shop.name)
    seller = Seller.objects.create(
        partner=Partner.objects.create(name=shop.name, code=slug),
        kind=shop.kind,
        name=shop.name,
        slug=slug,
        unit=shop.unit,
        hamlet=hamlet,
        phone=user.phone,
        wallet_provider=shop.wallet_provider,
        wallet_msisdn=shop.wallet_msisdn,
        joined_on=timezone.localdate(now),
    )
    Member.objects.create(seller=seller, user=user)
    note_act(seller=seller, by=user, what=gettext_noop("Opened the shop"), detail=seller.name, now=now)
    return seller


@transaction.atomic
def change_wallet(*, seller: Seller, by: User, provider: str, msisdn: str, now: datetime) -> None:
    """Have the money of ``seller`` go to another wallet from now on, and tell its number.

    Only a member may; a mandate never reaches the wallet: raises NotAllowed. Repeats change nothing.
    """
    row = Seller.objects.select_for_update(of=("self",)).get(pk=seller.pk)
    if not Member.objects.filter(seller=row, user=by).exists():
        raise NotAllowed(by=by, seller=row)
    if (row.wallet_provider, str(row.wallet_msisdn)) == (provider, msisdn):
        return
    row.wallet_provider, row.wallet_msisdn = provider, msisdn
    row.save(update_fields=["wallet_provider", "wallet_msisdn"])
    act = note_act(seller=row, by=by, what=gettext_noop("Changed the wallet"), detail=masked(msisdn), now=now)
    if row.phone:
        # Who did not do this must hear of it, whoever held the telephone that was signed in.
        with speaking_to(row.phone):
            text = _(
                "The money of %(seller)s goes to the wallet %(wallet)s from now on. Was it not you? Call us."
            ) % {"seller": row.name, "wallet": masked(msisdn)}
        messages.send(to=str(row.phone), text=text, purpose="wallet", key=f"wallet/{act.pk}", now=now)


def household_name(person: str) -> str:
    """Return the name of the household of ``person``, as it is written over the shop."""
    return f"Hộ {person}"


def _free_slug(name: str) -> str:
    """Return an address nobody has; the number comes from how many have the same beginning."""
    base = slugify(fold(name))[:120] or "shop"
    taken = set(Seller.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"
