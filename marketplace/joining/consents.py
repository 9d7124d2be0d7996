"""Leave to act for a farmer: asked for by code, given, ended."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from marketplace.accounts.models import User
from marketplace.messaging import services as messages
from marketplace.messaging.acts import note_act
from marketplace.messaging.readers import speaking_to
from marketplace.sellers.models import Act, Mandate, Member, Seller

from . import codes
from .errors import AlreadyHelping, AskedTooOften, CodeEnded, JoiningError, NotAsked, OwnShop, WrongCode
from .models import Consent
from .opening import Shop, household_name, name_person, newcomer, open_shop, verify_phone

# Of one agent: more than a long day of visits, and far fewer than whoever tries numbers would need.
ASKED_PER_DAY = 60


def ask_for(*, seller: Seller, agent: User, scopes: Sequence[str], now: datetime) -> Consent:
    """Ask the people of ``seller``, at its number, whether ``agent`` may act for it.

    They answer by telling the agent the code, or on /sell/helpers/. Asking again sends a new code and ends
    the old one. Raises OwnShop, AlreadyHelping, TooManyCodes, AskedTooOften.
    """
    assert scopes, "a mandate allows something"
    if Member.objects.filter(seller=seller, user=agent).exists():
        raise OwnShop
    phone = str(seller.phone) or str(_first_member(seller).phone)
    with transaction.atomic():
        _refuse_too_many(agent=agent, phone=phone, now=now)
        mandate = _open_mandate(seller=seller, agent=agent, scopes=list(scopes), now=now)
        return _send(
            Consent(agent=agent, phone=phone, scopes=list(scopes), mandate=mandate),
            about=seller.name,
            by_call=False,
            now=now,
        )


def ask_to_open(
    *, phone: str, person: str, shop: Shop, agent: User, scopes: Sequence[str], now: datetime
) -> Consent:
    """Ask the farmer at ``phone`` (E.164) whether ``agent`` may open ``shop`` with them and act for it.

    Nothing is opened before they answer. Raises OwnShop for the agent's own number, TooManyCodes,
    AskedTooOften.
    """
    assert scopes, "a mandate allows something"
    if str(agent.phone) == phone:
        raise OwnShop
    with transaction.atomic():
        _refuse_too_many(agent=agent, phone=phone, now=now)
        consent = Consent(
            agent=agent,
            phone=phone,
            scopes=list(scopes),
            name=person,
            kind=shop.kind,
            seller_name=shop.name if shop.kind != Seller.Kind.HOUSEHOLD else "",
            unit=shop.unit,
            hamlet=shop.hamlet,
        )
        return _send(consent, about=shop.name, by_call=False, now=now)


def send_again(*, consent: Consent, by_call: bool, now: datetime) -> None:
    """Send a new code for an open question; the one before ends. Raises NotAsked, TooManyCodes."""
    with transaction.atomic():
        row = _open(consent.pk)
        codes.refuse_too_many(phone=str(row.phone), now=now)
        about = row.mandate.seller.name if row.mandate else row.seller_name or household_name(row.name)
        _send(row, about=about, by_call=by_call, now=now)


def answer(*, consent: Consent, code: str, now: datetime) -> Seller:
    """Take the code the farmer told the agent as the farmer's yes, and return the seller.

    The same right code twice answers twice the same. Raises CodeEnded, WrongCode (which is counted; the
    fifth ends the code) and NotAsked when the question was withdrawn.
    """
    problem: JoiningError | None = None
    with transaction.atomic():
        row = Consent.objects.select_for_update(of=("self",)).get(pk=consent.pk)
        if row.answered_at is not None and row.seller is not None:
            return row.seller
        if row.mandate is not None and row.mandate.revoked_at is not None:
            raise NotAsked
        if now > row.expires_at or row.tries >= codes.WRONG_MOST:
            raise CodeEnded
        if codes.is_right(code, kept=row.digest, salt=str(row.pk)):
            return _agreed(row, now=now)
        row.tries += 1
        row.save(update_fields=["tries"])
        problem = WrongCode(left=codes.WRONG_MOST - row.tries)
    raise problem  # after the commit: the try is counted


@transaction.atomic
def agree_in_person(*, mandate: Mandate, by: User, now: datetime) -> None:
    """Let a member of the seller say yes to a question that waits. Repeats change nothing."""
    row = _mandate_of_member(mandate, by)
    if row.is_living:
        return
    if row.revoked_at is not None:
        raise NotAsked
    _begin(row, by=by, now=now)


@transaction.atomic
def end(*, mandate: Mandate, by: User, now: datetime) -> None:
    """End a mandate, or say no to a question, at once. A member of the seller or the agent may; repeats
    change nothing. Raises NotAsked for anybody else."""
    row = Mandate.objects.select_for_update(of=("self",)).select_related("seller", "agent").get(pk=mandate.pk)
    is_member = Member.objects.filter(seller=row.seller, user=by).exists()
    if not is_member and row.agent_id != by.pk:
        raise NotAsked
    if row.revoked_at is not None:
        return
    was_living = row.is_living
    row.revoked_at = now
    row.save(update_fields=["revoked_at"])
    Consent.objects.filter(mandate=row, answered_at=None).update(expires_at=now)
    what = (
        gettext_noop("Ended the leave to act") if was_living else gettext_noop("Said no to the leave to act")
    )
    Act.objects.create(
        seller=row.seller,
        by=by,
        mandate=None if is_member else row,
        what=what,
        detail=row.agent.get_full_name(),
        at=now,
    )
    if is_member and was_living:
        with speaking_to(row.agent.phone):
            text = _("%(seller)s has ended your leave to act for them.") % {"seller": row.seller.name}
        key = f"mandate-ended/{row.pk}"
        messages.send(to=str(row.agent.phone), text=text, purpose="mandate", key=key, now=now)


def _refuse_too_many(*, agent: User, phone: str, now: datetime) -> None:
    asked = Consent.objects.filter(agent=agent, sent_at__gt=now - timedelta(days=1))
    if asked.count() >= ASKED_PER_DAY:
        raise AskedTooOften
    codes.refuse_too_many(phone=phone, now=now)


def _agreed(row: Consent, *, now: datetime) -> Seller:
    """Do what the farmer agreed to: the shop, if it is a new one, and the mandate."""
    if row.mandate is not None:
        mandate = Mandate.objects.select_for_update(of=("self",)).get(pk=row.mandate.pk)
        farmer = _first_member(mandate.seller)
        if not mandate.is_living:
            _begin(mandate, by=farmer, now=now)
    else:
        farmer = newcomer(phone=str(row.phone))
        if not farmer.name:
            name_person(user=farmer, name=row.name)
        verify_phone(user=farmer, now=now)
        assert row.unit is not None
        name = row.seller_name or household_name(row.name)
        shop = Shop(kind=row.kind, name=name, unit=row.unit, hamlet=row.hamlet)
        seller = open_shop(user=farmer, shop=shop, now=now)
        mandate = _open_mandate(seller=seller, agent=row.agent, scopes=row.scopes, now=now)
        _begin(mandate, by=farmer, now=now)
        row.mandate = mandate
    row.seller, row.answered_at = mandate.seller, now
    row.save(update_fields=["seller", "answered_at", "mandate"])
    return mandate.seller


def _begin(mandate: Mandate, *, by: User, now: datetime) -> None:
    mandate.consented_at = now
    mandate.save(update_fields=["consented_at"])
    note_act(
        seller=mandate.seller,
        by=by,
        what=gettext_noop("Gave leave to act"),
        detail=mandate.agent.get_full_name(),
        now=now,
    )


def _open_mandate(*, seller: Seller, agent: User, scopes: list[str], now: datetime) -> Mandate:
    """Return the question that is open between the two, or a new one. Raises AlreadyHelping."""
    try:
        with transaction.atomic():
            return Mandate.objects.create(seller=seller, agent=agent, scopes=scopes, asked_at=now)
    except IntegrityError:
        row = Mandate.objects.select_for_update(of=("self",)).get(seller=seller, agent=agent, revoked_at=None)
    if row.is_living:
        raise AlreadyHelping(seller=seller.name)
    row.scopes = scopes
    row.save(update_fields=["scopes"])
    return row


def _open(consent_id: uuid.UUID) -> Consent:
    row = Consent.objects.select_for_update(of=("self",)).select_related("mandate__seller").get(pk=consent_id)
    if row.answered_at is not None or (row.mandate is not None and row.mandate.revoked_at is not None):
        raise NotAsked
    return row


def _send(consent: Consent, *, about: str, by_call: bool, now: datetime) -> Consent:
    """Give the question a new code, keep its digest, and have the code sent."""
    code = codes.new_code()
    consent.digest = codes.digest(code, salt=str(consent.pk))
    consent.sent_at, consent.expires_at, consent.tries = now, now + codes.LIVES, 0
    consent.save()
    codes.send_question(
        phone=str(consent.phone),
        code=code,
        agent=consent.agent.get_full_name(),
        about=about,
        by_call=by_call,
        now=now,
    )
    return consent


def _mandate_of_member(mandate: Mandate, by: User) -> Mandate:
    row = Mandate.objects.select_for_update(of=("self",)).select_related("seller", "agent").get(pk=mandate.pk)
    if not Member.objects.filter(seller=row.seller, user=by).exists():
        raise NotAsked
    return row


def _first_member(seller: Seller) -> User:
    """The person who speaks for a seller: who was its member first. Raises NotAsked where nobody is."""
    member = User.objects.filter(memberships__seller=seller).order_by("memberships__pk").first()
    if member is None:
        raise NotAsked
    return member
