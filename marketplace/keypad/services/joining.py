"""Joining, and giving or ending leave, by a phone with keys: the message itself shows whose phone it is."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.joining import services as joining
from marketplace.joining.errors import JoiningError
from marketplace.joining.models import Consent
from marketplace.joining.services import Shop
from marketplace.keypad.facts import Act
from marketplace.keypad.reading import Command, Verb
from marketplace.keypad.selectors import Person
from marketplace.keypad.words import short
from marketplace.places.models import Commune
from marketplace.places.selectors import find_communes
from marketplace.sellers.models import Mandate, Seller

PLACES_SHOWN = 3


def answer_guest(command: Command, *, person: Person, now: datetime) -> str:
    """Answer somebody who sells nothing yet: how to join, joining itself, and leave for a helper."""
    if command.verb == Verb.AGREE:
        return agree(command.code, person=person, now=now)
    if command.verb != Verb.JOIN:
        words = {"code": settings.PHONE_GATEWAY["ussd_code"]}
        return _("This number does not sell yet. To join: DK LO THI MAI, SIN CHAI. Or dial %(code)s") % words
    if sum(letter.isalpha() for letter in command.name) < 2 or not command.place:
        return _("Write your name and your commune: DK LO THI MAI, SIN CHAI")
    places = find_communes(command.place, timezone.localdate(now))
    exact = [place for place in places if short(place.name, 40).lower() == short(command.place, 40).lower()]
    found = exact or places
    if not found:
        words = {"place": short(command.place), "name": short(command.name, 30).upper()}
        return _("We know no commune %(place)s. Write: DK %(name)s, and the commune of today") % words
    if len(found) > 1:
        names = ", ".join(short(place.name) for place in found[:PLACES_SHOWN])
        words = {"places": names, "name": short(command.name, 30).upper()}
        return _("Which commune: %(places)s? Write: DK %(name)s, and its name") % words
    return open_shop(name=command.name, unit=found[0], person=person, now=now)


def join(act: Act, person: Person, now: datetime) -> str:
    """Open the shop that was asked for in the menu."""
    unit = Commune.objects.valid_on(timezone.localdate(now)).get(pk=act.item)
    return open_shop(name=act.name, unit=unit, person=person, now=now)


@transaction.atomic
def open_shop(*, name: str, unit: Commune, person: Person, now: datetime) -> str:
    """Open the household's shop of whoever holds the phone, on the lowest identity level."""
    name = " ".join(name.split())[:80]
    name = name.title() if name.isupper() or name.islower() else name
    user = joining.newcomer(phone=person.phone)
    if not user.name:
        joining.name_person(user=user, name=name)
    if not user.has_usable_password():
        # A message proves less than a code that was sent there: it ends nobody's password.
        joining.verify_phone(user=user, now=now)
    shop = Shop(kind=Seller.Kind.HOUSEHOLD, name=joining.household_name(user.name), unit=unit)
    seller = joining.open_shop(user=user, shop=shop, now=now)
    return _("Welcome, %(name)s of %(place)s! To sell, write: BAN GAO 50KG 18000. All words: GIUP") % {
        "name": short(user.name, 30),
        "place": short(seller.unit.name, 24),
    }


def agree(code: str, *, person: Person, now: datetime) -> str:
    """Take a farmer's own message with the code as the yes to a helper that asked."""
    asked = Consent.objects.filter(phone=person.phone, answered_at=None, expires_at__gt=now)
    consent = asked.select_related("agent").order_by("-sent_at", "-pk").first()
    if consent is None:
        return _("Nobody waits for your yes. If somebody helps you, let them ask for a code again.")
    if not code:
        return _("Write the code that you got: DONG Y 123456. It lets %(agent)s sell for you.") % {
            "agent": short(consent.agent.get_full_name(), 30)
        }
    try:
        joining.answer(consent=consent, code=code, now=now)
    except JoiningError as refusal:
        return str(refusal)
    return _("%(agent)s may sell for you now. We text you all they do. To end it: HUY") % {
        "agent": short(consent.agent.get_full_name(), 30)
    }


def revoke(person: Person, *, now: datetime) -> str:
    """End the leave of everybody who may act for these sellers, or has asked to."""
    mandates = Mandate.objects.filter(seller__in=person.sellers, revoked_at=None).select_related("agent")
    open_ones = list(mandates.order_by("pk"))
    for mandate in open_ones:
        joining.end(mandate=mandate, by=person.actor, now=now)
    if not open_ones:
        return _("Nobody acts for you. Nothing was changed.")
    names = ", ".join(short(mandate.agent.get_full_name(), 24) for mandate in open_ones[:3])
    return _("Ended: %(names)s may no longer act for you.") % {"names": names}
