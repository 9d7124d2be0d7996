"""The wallet of a phone with keys: its operator is asked whose it is, and the money goes there from now on.

Only ever the wallet of the very number that asked: a message whose sender is forged can send nobody's money
to the forger.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.joining import services as joining
from marketplace.keypad.facts import Act
from marketplace.keypad.models import WalletQuestion
from marketplace.keypad.selectors import Person
from marketplace.keypad.words import as_dialled, fit, short
from marketplace.messaging import services as messaging
from marketplace.places.text import fold
from marketplace.sellers.models import Seller
from payments import services as payments
from payments.errors import ProviderError
from payments.services.outbox import run_later

TRIES = 5
FIRST_PAUSE = timedelta(seconds=20)  # then twice as long each time: the fifth try comes after five minutes
DUE_AT_ONCE = 20

logger = logging.getLogger(__name__)


def wallet_named(words: str) -> str | None:
    """Return the provider that somebody means by VIETTEL, VNPT or MOBI; "" for no word, None for no such."""
    wanted = fold(words).split()
    if not wanted:
        return ""
    for code, label in payments.payout_wallets():
        if len(wanted[0]) >= 3 and (code.startswith(wanted[0]) or fold(str(label)).startswith(wanted[0])):
            return code
    return None


def wallet_words(seller: Seller) -> str:
    """Return to which wallet the money of a seller goes, "" if to none yet."""
    if not seller.wallet_msisdn:
        return ""
    labels = dict(payments.payout_wallets())
    return _("Your money goes to %(wallet)s, number %(number)s.") % {
        "wallet": labels.get(seller.wallet_provider, seller.wallet_provider),
        "number": as_dialled(str(seller.wallet_msisdn)),
    }


def ask(act: Act, *, person: Person, key: UUID, now: datetime) -> str:
    """Note that ``person`` wants to be paid to the wallet of the phone, at ``act.name`` if it says which.

    The answer comes by SMS. The same ``key`` asks once.
    """
    seller = person.sellers[0]
    if seller.kind != Seller.Kind.HOUSEHOLD:
        return _("The wallet of %(name)s is changed on its page, by a member.") % {
            "name": short(seller.name, 40)
        }
    question, is_new = WalletQuestion.objects.get_or_create(
        id=key,
        defaults={
            "seller": seller,
            "user": person.actor,
            "phone": person.phone,
            "provider": act.name,
            "asked_at": now,
            "next_try_at": now,
        },
    )
    if is_new:
        run_later("marketplace.keypad.tasks.answer_wallet", question_id=str(question.pk))
    words = _("We ask the operator for the wallet of %(number)s. The answer comes by SMS.")
    return words % {"number": as_dialled(person.phone)}


def answer_due(*, now: datetime) -> int:
    """Ask again what got no answer; return how many were answered. Meant for every half minute."""
    due = WalletQuestion.objects.filter(answered_at=None, next_try_at__lte=now).order_by("next_try_at", "pk")
    ids = list(due.values_list("pk", flat=True)[:DUE_AT_ONCE])
    return sum(answer(question_id=question_id, now=now) for question_id in ids)


def answer(*, question_id: UUID, now: datetime) -> bool:
    """Ask the operators about one question, name the wallet to the seller and tell the phone.

    Returns False if it is not due, or an operator did not answer and is asked again later. After the last
    try the phone is told so.
    """
    question = _claim(question_id, now=now)
    if question is None:
        return False
    wallets = payments.payout_wallets()
    asked = [(code, label) for code, label in wallets if question.provider in ("", code)]
    found: dict[str, str] = {}
    is_silent = False
    for code, _label in asked:
        try:
            holder = payments.wallet_holder(provider=code, number=str(question.phone))
        except ProviderError as error:
            logger.warning("Question %s has no answer of %s: %s", question.pk, code, error)
            is_silent = True
            continue
        if holder is not None:
            found[code] = holder
    if is_silent and question.tries < TRIES:
        return False
    with translation.override(settings.LANGUAGE_CODE):
        return _answered(question, found, labels=dict(wallets), is_silent=is_silent, now=now)


@transaction.atomic
def _claim(question_id: UUID, *, now: datetime) -> WalletQuestion | None:
    rows = WalletQuestion.objects.select_for_update(skip_locked=True, of=("self",))
    due = rows.filter(pk=question_id, answered_at=None, next_try_at__lte=now)
    question = due.select_related("seller", "user").first()
    if question is not None:
        question.next_try_at = now + FIRST_PAUSE * 2**question.tries
        question.tries += 1
        question.save(update_fields=["tries", "next_try_at"])
    return question


@transaction.atomic
def _answered(
    question: WalletQuestion, found: dict[str, str], *, labels: dict[str, str], is_silent: bool, now: datetime
) -> bool:
    open_ones = WalletQuestion.objects.filter(pk=question.pk, answered_at=None)
    if not open_ones.update(answered_at=now):
        return False
    phone = str(question.phone)
    if len(found) == 1 and not (is_silent and not question.provider):
        code, holder = next(iter(found.items()))
        joining.change_wallet(seller=question.seller, by=question.user, provider=code, msisdn=phone, now=now)
        text = _(
            "Your money goes to your wallet at %(wallet)s, in the name of %(holder)s. To see it: TIEN"
        ) % {
            "wallet": labels[code],
            "holder": short(holder, 40),
        }
    elif found:
        words = _(" or ").join(f"VI {code.upper()}" for code in found)
        text = _("Where shall your money go? Write %(words)s") % {"words": words}
    elif is_silent:
        text = _("The operator does not answer now. Nothing was changed. Write VI again tomorrow.")
    else:
        text = _(
            "%(number)s has no wallet. Open one at a shop of Viettel, VNPT or MobiFone, then write VI."
        ) % {"number": as_dialled(phone)}
    messaging.send(to=phone, text=fit(text), purpose="wallet", key=f"wallet-answer/{question.pk}", now=now)
    return True
