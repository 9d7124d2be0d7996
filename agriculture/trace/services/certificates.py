"""Certificates: a seller sends one in, an official decides."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from agriculture.trace.errors import CertificateInvalid, NotWaiting, OwnCertificate
from agriculture.trace.models import Certificate, Decision, Paper
from marketplace.accounts.models import User
from marketplace.messaging import services as messaging
from marketplace.messaging.acts import note_act
from marketplace.messaging.readers import speaking_to
from marketplace.sellers.models import Member, Seller

State = Certificate.State
NOTE_TOLD = 80  # letters: the whole fits into two SMS


@dataclass(frozen=True)
class Wish:
    """What the paper says. ``product`` is None for all that the seller grows; ``stars`` are OCOP's alone."""

    kind: str
    number: str
    issuer: str
    expires_on: date
    issued_on: date | None = None
    stars: int | None = None
    product: Any | None = None


def ask(
    *,
    certificate_id: uuid.UUID,
    seller: Seller,
    wish: Wish,
    paper: tuple[bytes, str] | None,
    by: User,
    now: datetime,
) -> Certificate:
    """Send a certificate in for an official to verify. Again with the same id: returns the first.

    ``paper`` is what ``papers.readable`` gave. Raises CertificateInvalid, naming the field.
    """
    _check(wish, seller=seller, today=timezone.localdate(now))
    with transaction.atomic():
        certificate, is_new = Certificate.objects.get_or_create(
            pk=certificate_id,
            defaults={
                "seller": seller,
                "product": wish.product,
                "kind": wish.kind,
                "stars": wish.stars if wish.kind == Certificate.Kind.OCOP else None,
                "number": wish.number,
                "issuer": wish.issuer,
                "issued_on": wish.issued_on,
                "expires_on": wish.expires_on,
                "asked_by": by,
                "asked_at": now,
            },
        )
        if is_new:
            if paper is not None:
                content, content_type = paper
                Paper.objects.create(certificate=certificate, content=content, content_type=content_type)
            note_act(
                seller=seller,
                by=by,
                what=gettext_noop("Sent in a certificate"),
                detail=str(certificate),
                now=now,
            )
    return certificate


def verify(*, certificate_id: uuid.UUID, by: User, note: str, now: datetime) -> Certificate:
    """Show its badge from now to its last day. Raises NotWaiting, OwnCertificate, CertificateInvalid."""
    return _decide(certificate_id, State.VERIFIED, since=State.WAITING, by=by, note=note, now=now)


def refuse(*, certificate_id: uuid.UUID, by: User, note: str, now: datetime) -> Certificate:
    """Refuse it; ``note`` tells the seller why. Raises NotWaiting, OwnCertificate, CertificateInvalid."""
    return _decide(certificate_id, State.REFUSED, since=State.WAITING, by=by, note=note, now=now)


def withdraw(*, certificate_id: uuid.UUID, by: User, note: str, now: datetime) -> Certificate:
    """Take the badge off before its last day. Raises NotWaiting, OwnCertificate, CertificateInvalid."""
    return _decide(certificate_id, State.WITHDRAWN, since=State.VERIFIED, by=by, note=note, now=now)


@transaction.atomic
def _decide(
    certificate_id: uuid.UUID, state: State, *, since: State, by: User, note: str, now: datetime
) -> Certificate:
    certificate = (
        Certificate.objects.select_for_update(of=["self"]).select_related("seller").get(pk=certificate_id)
    )
    if certificate.state == state:
        return certificate  # pressed twice
    if certificate.state != since:
        raise NotWaiting(state=str(certificate.get_state_display()))
    if Member.objects.filter(seller=certificate.seller, user=by).exists():
        raise OwnCertificate
    if not note.strip():
        raise CertificateInvalid("note", _("Write what you have checked: the register, the paper, a visit."))
    if state == State.VERIFIED and not (certificate.number and certificate.issuer):
        raise CertificateInvalid(
            "note", _("Its number or its issuer is missing. Ask the seller to send the paper in again.")
        )
    if state == State.VERIFIED and certificate.expires_on < timezone.localdate(now):
        raise CertificateInvalid("note", _("It has expired, so it can no longer be verified. Refuse it."))
    certificate.state = state
    certificate.save(update_fields=["state"])
    Decision.objects.create(certificate=certificate, state=state, note=note.strip()[:300], by=by, at=now)
    _tell(certificate, note=note.strip(), now=now)
    return certificate


def _tell(certificate: Certificate, *, note: str, now: datetime) -> None:
    """Send the seller the decision, once."""
    if not certificate.seller.phone:
        return
    with speaking_to(certificate.seller.phone):
        text = _("Your certificate %(name)s: %(state)s. %(note)s") % {
            "name": certificate.words,
            "state": certificate.get_state_display(),
            "note": note[:NOTE_TOLD],
        }
    key = f"certificate/{certificate.pk}/{certificate.state}"
    messaging.send(to=str(certificate.seller.phone), text=text, purpose="certificate", key=key, now=now)


def _check(wish: Wish, *, seller: Seller, today: date) -> None:
    if wish.kind not in Certificate.Kind.values:
        raise CertificateInvalid("kind", _("Choose which certificate it is."))
    if wish.product is not None and wish.product.origin.seller_id != seller.pk:
        raise CertificateInvalid("product", _("Choose one of your own products."))
    if wish.kind == Certificate.Kind.OCOP:
        if wish.product is None:
            raise CertificateInvalid("product", _("OCOP stars are given to one product: choose which."))
        if wish.stars not in (3, 4, 5):
            raise CertificateInvalid("stars", _("Choose how many stars the paper says: 3, 4 or 5."))
    if not wish.number.strip():
        raise CertificateInvalid("number", _("Type the number of the paper."))
    if not wish.issuer.strip():
        raise CertificateInvalid("issuer", _("Type who gave the paper: the name stands above the stamp."))
    if wish.expires_on < today:
        raise CertificateInvalid("expires_on", _("It has expired. Send the new paper in when you have it."))
    if wish.issued_on is not None and not wish.issued_on <= min(today, wish.expires_on):
        raise CertificateInvalid(
            "issued_on", _("The day it was issued is not yet here. Look at the paper again.")
        )
